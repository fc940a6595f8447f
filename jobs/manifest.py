"""What each version of a table is made of: a chain of small files beside it, kept apart from Delta's own log.

Delta's checksums cover the state of its log, not the bytes of data files (a changed byte can be read without an error),
and its log can be edited. A manifest names the SHA-256 of every data file that a commit added and of the commit itself,
and the SHA-256 of the manifest before it, so that any change shows. Delta leaves folders that begin with ``_`` alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, TypeAdapter, ValidationError

from jobs.durable import PART, sync_all, write_whole

FOLDER = "_manifest"
PENDING = ".pending"
Kind = Literal["publish", "withdraw", "append"]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Log = Annotated[str, StringConstraints(pattern=r"^\d+(\.checkpoint)?$")]
"""A commit by its version, or Delta's checkpoint after it."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One Parquet file: its path below the table's folder, size in bytes, SHA-256 in hex, rows and date."""

    path: str
    bytes: int
    sha256: Sha256
    rows: int
    date: Day


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one commit did: ``dates`` were replaced by ``files``. ``logs`` are the SHA-256 of the commits it covers.

    ``previous`` is the SHA-256 of the manifest before it, empty for the first.
    """

    version: int
    run_id: str
    kind: Kind
    dates: tuple[Day, ...]
    files: tuple[FileEntry, ...]
    logs: dict[Log, Sha256]
    previous: Sha256 | Literal[""]

    def text(self) -> str:
        """Return the manifest as it is written."""
        return json.dumps(asdict(self), sort_keys=True)


_STRICT = TypeAdapter(Manifest)


def log_file(table: Path, version: int) -> Path:
    """Return Delta's commit file of that version."""
    return table / "_delta_log" / f"{version:020}.json"


def checkpoint_file(table: Path, version: int) -> Path:
    """Return Delta's checkpoint after that version; there is one for some versions only."""
    return table / "_delta_log" / f"{version:020}.checkpoint.parquet"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def log_versions(table: Path, after: int = -1) -> list[int]:
    """Return the versions after ``after`` that have a commit file, oldest first."""
    found = [int(path.stem) for path in (table / "_delta_log").glob("*.json") if path.stem.isdigit()]
    return sorted(version for version in found if version > after)


def begin(table: Path, run_id: str) -> None:
    """Say that a run stages files here: what a killed run left can so be told from what is published."""
    intend(table, run_id, "publish", (), ())


def pending(root: Path) -> Iterator[tuple[Path, str]]:
    """Return (table folder, run id) of what was begun below ``root`` and neither ended nor given up."""
    for folder in sorted(root.glob(f"*/*/{FOLDER}")):
        for run_id in begun(folder.parent):
            yield folder.parent, run_id


def begun(table: Path) -> list[str]:
    """Return the runs that began something at this table and neither ended it nor gave it up."""
    return sorted(path.name.removesuffix(PENDING) for path in (table / FOLDER).glob(f"*{PENDING}"))


def drop_leftovers(root: Path) -> None:
    """Remove what killed processes left half-written among manifests below ``root``; no run may be alive."""
    for part in root.glob(f"*/*/{FOLDER}/*{PART}"):
        part.unlink(missing_ok=True)


def give_up(table: Path, run_id: str) -> None:
    """Forget what was begun."""
    _pending(table, run_id).unlink(missing_ok=True)


def intend(table: Path, run_id: str, kind: Kind, dates: tuple[str, ...], files: tuple[FileEntry, ...]) -> None:
    """Write what a commit is about to do, so that it can be told even if the process dies right after it.

    ``version`` of what is written is the newest version before: the commit can only be a later one.
    """
    before = max(log_versions(table), default=-1)
    write_whole(_pending(table, run_id), Manifest(before, run_id, kind, dates, files, {}, "").text())


def intended(table: Path, run_id: str) -> Manifest:
    """Return what was begun or intended; ``version`` is the newest one before it."""
    try:
        return _parse(_pending(table, run_id).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # nothing is known of it: each version may be its commit
        return Manifest(-1, run_id, "publish", (), (), {}, "")


def complete(table: Path, run_id: str, version: int) -> str:
    """Write the manifest of the commit that was intended and return its SHA-256; the commit is on the disk by then."""
    meant = intended(table, run_id)
    last = newest(table)
    covered = range((last.version if last else -1) + 1, version + 1)
    points = {f"{each}.checkpoint": checkpoint_file(table, each) for each in covered}
    files = {str(each): log_file(table, each) for each in covered}
    files |= {name: path for name, path in points.items() if path.is_file()}
    sync_all(files.values(), table)
    logs = {name: sha256_of(path) for name, path in files.items()}
    previous = sha256_of(manifest_file(table, last.version)) if last else ""
    done = Manifest(version, run_id, meant.kind, meant.dates, meant.files, logs, previous)
    write_whole(manifest_file(table, version), done.text())
    give_up(table, run_id)
    return hashlib.sha256(done.text().encode()).hexdigest()


def manifest_file(table: Path, version: int) -> Path:
    """Return the path of a version's manifest."""
    return table / FOLDER / f"{version:020}.json"


def versions(table: Path) -> list[int]:
    """Return the versions that have a manifest, oldest first."""
    names = [path.stem for path in (table / FOLDER).glob("*.json")]
    return sorted(int(name) for name in names if re.fullmatch(r"\d{20}", name))


def newest(table: Path) -> Manifest | None:
    """Return the last manifest, None before the first."""
    known = versions(table)
    return read(table, known[-1]) if known else None


def read(table: Path, version: int) -> Manifest:
    """Return one manifest; raise ``ValueError`` if it is not one, or that of another version."""
    found = _parse(manifest_file(table, version).read_text(encoding="utf-8"))
    if found.version != version:
        raise ValueError("not the manifest of that version")
    return found


def history(table: Path) -> list[Manifest]:
    """Return all manifests, oldest first."""
    return [read(table, version) for version in versions(table)]


def active(manifests: list[Manifest]) -> dict[str, list[tuple[int, FileEntry]]]:
    """Return, by date, the files that are published after the last manifest, each with the version that added it."""
    found: dict[str, list[tuple[int, FileEntry]]] = {}
    for manifest in manifests:
        for day in manifest.dates:
            found.pop(day, None)
        for file in manifest.files:
            found.setdefault(file.date, []).append((manifest.version, file))
    return found


def sources(manifests: list[Manifest]) -> dict[str, int]:
    """Return, by date, the version that first published what is shown; an emptied date shows the one that did so."""
    first: dict[str, int] = {}
    shown: dict[str, int] = {}
    for each in manifests:
        for file in each.files:
            first.setdefault(file.path, each.version)
        for day in each.dates:
            shown[day] = max((first[file.path] for file in each.files if file.date == day), default=each.version)
    return shown


def _pending(table: Path, run_id: str) -> Path:
    return table / FOLDER / f"{run_id}{PENDING}"


def _parse(text: str) -> Manifest:
    """Return the manifest of which this is the very text; anything else is refused, even if it means the same."""
    try:
        found = _STRICT.validate_json(text, strict=True)
    except ValidationError:
        raise ValueError("not a manifest") from None
    if found.text() != text:
        raise ValueError("not a manifest")
    return found
