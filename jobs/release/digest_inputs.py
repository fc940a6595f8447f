"""The SHA-256 of all that a release is made of, taken before it is made: what a signed page is bound to."""

from __future__ import annotations

from pathlib import Path

from jobs.release.write_table import digest_of
from quality.releases.declaration import TableRelease
from quality.releases.places import PlacesRelease


def digest_inputs(
    release: TableRelease | PlacesRelease, declared_in: Path, source: Path, tiling: Path | None = None
) -> dict[str, str]:
    """Return digests by what they are of: the source, and files beside it or beside the declaration that it names.

    A file that is not there has none; the build refuses it. Noisy figures are not bound so: a digest of their rows
    would tell of people without paying for it.
    """
    files = {"source file": source}
    if tiling is not None:
        files["tiling"] = tiling
    if isinstance(release, TableRelease):
        if release.population is not None:
            files["population"] = declared_in.parent / release.population
        named = {name: one.hierarchy for name, one in release.coded.items() if isinstance(one.hierarchy, str)}
        files |= {f"hierarchy of {name}": declared_in.parent / file for name, file in named.items()}
    elif release.sensitive_places is not None:
        files["sensitive places"] = declared_in.parent / release.sensitive_places.reads
    return {name: digest_of(file) for name, file in files.items() if file.exists()}
