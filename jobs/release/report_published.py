"""Build a release again, to report a file that was published of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jobs.manifest import sha256_of
from jobs.release.build_file import Built, Tell, build_file
from jobs.release.build_places import BuiltPlaces, build_places
from jobs.release.verify_file import existing
from quality.contracts.errors import GeowardError
from quality.releases.declaration import TableRelease
from quality.releases.places import PlacesRelease

if TYPE_CHECKING:
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

    The digest that was compared is that of ``Built``: another file may lie there by the time of the report. A build
    does not depend on time or chance, so the same source, declaration and versions give the same bytes.
    """

    def build(target: Path | None) -> Built:
        return build_file(release, declared_in, source, target, tell)

    return _same(build, published, release.name, source)


def build_published_places(
    release: PlacesRelease, declared_in: Path, source: Path, tiling: Path, published: Path | None, tell: Tell, *,
    noise: NoiseSource | None = None,
) -> BuiltPlaces:  # fmt: skip
    """Build ``release`` of ``source`` in the tiles of its epoch; raise as ``build_published`` does."""

    def build(target: Path | None) -> BuiltPlaces:
        return build_places(release, declared_in, source, tiling, target, tell, noise=noise)

    return _same(build, published, release.name, source)


def _same(build: Callable[[Path | None], Made], published: Path | None, name: str, source: Path) -> Made:
    """Return what was built, if it was written as ``published`` was."""
    if published is None:
        return build(None)
    theirs = sha256_of(existing(published))
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch:
        again = Path(scratch) / f"comparison{published.suffix.lower()}"
        built = build(again)
        if built.sha256 != theirs:
            raise NotThatFile(published.name, name, source.name)
    return built
