"""Build a release again, to report a file that was published of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jobs.manifest import sha256_of
from jobs.release.build_file import Built, Tell, build_file
from jobs.release.build_places import BuiltPlaces, build_places
from jobs.release.verify_file import existing
from jobs.release.write_table import check_output, write_table
from quality.contracts.errors import GeowardError
from quality.releases.declaration import TableRelease
from quality.releases.places import PlacesRelease

if TYPE_CHECKING:
    import pyarrow as pa

    from jobs.release.build_file import Seen
    from transforms.location.planar_laplace import NoiseSource

Made = TypeVar("Made", Built, BuiltPlaces)


class NotThatFile(GeowardError):
    """A published file is not what its declaration makes of the source."""

    def __init__(self, published: str, release: str, source: str) -> None:
        """Name the three."""
        super().__init__(
            f"{published} is not what release {release} makes of {source}, so nothing measured here is true of it.",
            mend="Name the source and the declaration as they were, or build the file again.",
        )


def build_published(
    release: TableRelease, declared_in: Path, source: Path, published: Path | None, tell: Tell
) -> Built:
    """Build ``release`` of ``source``; raise ``NotThatFile`` unless that gives ``published``, byte for byte.

    They are compared before anything is measured. The digest that was compared is that of ``Built``: another file may
    lie there by the time of the report. A build does not depend on time or chance, so the same source, declaration and
    versions give the same bytes.
    """

    def build(seen: Seen) -> Built:
        return build_file(release, declared_in, source, None, tell, seen=seen)

    return _same(build, published, release.name, source, tell)


def build_published_places(
    release: PlacesRelease, declared_in: Path, source: Path, tiling: Path, published: Path | None, tell: Tell, *,
    noise: NoiseSource | None = None,
) -> BuiltPlaces:  # fmt: skip
    """Build ``release`` of ``source`` in the tiles of its epoch; raise as ``build_published`` does."""

    def build(seen: Seen) -> BuiltPlaces:
        return build_places(release, declared_in, source, tiling, None, tell, noise=noise, seen=seen)

    return _same(build, published, release.name, source, tell)


def _same(build: Callable[[Seen], Made], published: Path | None, name: str, source: Path, tell: Tell) -> Made:
    """Return what was built, if it is written as ``published`` was, and would be published."""
    if published is None:
        return build(lambda table: None)
    theirs, none = sha256_of(existing(published)), NotThatFile(published.name, name, source.name)
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch:
        again = Path(scratch) / f"again{published.suffix.lower()}"
        check_output(source, again)

        def compare(table: pa.Table) -> None:
            tell(f"Comparing with {published.name}")
            if write_table(table, again) != theirs:
                raise none

        built = build(compare)
    if built.failed:
        raise none
    return replace(built, sha256=theirs)
