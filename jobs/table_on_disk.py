"""A table as it lies on disk at one moment: its manifests, commits and file names, and what Delta shows to readers."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jobs import manifest
from jobs.home import Region
from jobs.manifest import FileEntry, Manifest
from jobs.shared_lock import shared_lock
from quality.contracts import DATE

Shown = tuple[str, int, int, str]
"""A file that readers are shown: path, bytes, rows, date."""

_COMMIT = re.compile(r"_delta_log/(\d{20})\.json")
_CHECKPOINT = re.compile(r"_delta_log/(\d{20})\.checkpoint\.parquet")
_MANIFEST = re.compile(r"_manifest/(\d{20})\.json")


@dataclass(frozen=True)
class Commit:
    """One commit: its SHA-256, empty if it cannot be read, and its entries, empty if it is garbled."""

    digest: str
    entries: tuple[Mapping[str, Any], ...]

    def all(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the entries of a kind: add, remove, txn, commitInfo."""
        return [entry[kind] for entry in self.entries if isinstance(entry.get(kind), dict)]

    @property
    def info(self) -> Mapping[str, Any]:
        """What the commit says of itself."""
        return next(iter(self.all("commitInfo")), {})


@dataclass(frozen=True)
class TableOnDisk:
    """A table's small files, read, and the names of all others; ``manifests`` leaves out what is none."""

    path: Path
    names: frozenset[str]
    commits: Mapping[int, Commit]
    checkpoints: Mapping[int, str]
    digests: Mapping[int, str]
    manifests: Mapping[int, Manifest]
    pending: frozenset[str]

    @cached_property
    def history(self) -> dict[str, FileEntry]:
        """Return, by path, every file that a manifest names."""
        return {file.path: file for each in self.manifests.values() for file in each.files}

    @cached_property
    def active(self) -> dict[str, FileEntry]:
        """Return, by path, the files that are published by the last manifest."""
        known = [self.manifests[version] for version in sorted(self.manifests)]
        return {file.path: file for files in manifest.active(known).values() for _, file in files}

    @cached_property
    def committed(self) -> set[str]:
        """Return the paths that any commit names, of now or before."""
        every = [entry for commit in self.commits.values() for kind in ("add", "remove") for entry in commit.all(kind)]
        return {unquote(str(entry.get("path"))) for entry in every}

    def made_by(self, runs: Collection[str]) -> dict[int, str]:
        """Return the versions that any of the runs committed, oldest first, and which run it was."""
        return {
            version: run_id
            for version, commit in sorted(self.commits.items())
            if isinstance(run_id := commit.info.get("run_id"), str) and run_id in runs
        }

    def shown(self, version: int | None = None) -> set[Shown]:
        """Return what Delta shows to readers, by checkpoint and commits; raise ``ValueError`` if it cannot."""
        import pyarrow as pa
        from deltalake import DeltaTable

        try:
            actions = pa.table(DeltaTable(self.path, version=version).get_add_actions(flatten=True)).to_pylist()
            return {
                (unquote(each["path"]), each["size_bytes"], each["num_records"], str(each[f"partition.{DATE}"]))
                for each in actions
            }
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Delta's library is no Exception; its text may hold anything
            raise ValueError(type(error).__name__) from None


def read_table(region: Region, path: Path) -> TableOnDisk:
    """Read a table's small files at one moment, between two publications."""
    with between_publications(region):
        names = frozenset(_names(path))
        manifests, digests = {}, {}
        for version, name in _numbered(_MANIFEST, names):
            digests[version] = _digest(path / name)
            try:
                manifests[version] = manifest.read(path, version)
            except (OSError, ValueError):
                continue
        return TableOnDisk(
            path, names, {version: _commit(path / name) for version, name in _numbered(_COMMIT, names)},
            {version: _digest(path / name) for version, name in _numbered(_CHECKPOINT, names)}, digests, manifests,
            frozenset(_pending(names)),
        )  # fmt: skip


def between_publications(region: Region) -> AbstractContextManager[None]:
    """Keep publications waiting, as they keep each other; before the first there is no lock, and nothing is made."""
    return shared_lock(region.root / "publish.lock")


def _names(path: Path) -> Iterator[str]:
    """Return the files below the folder, and links to folders, which are not followed."""
    for folder, folders, files in os.walk(path):
        here = Path(folder).relative_to(path)
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from ((here / name).as_posix() for name in (*files, *links))


def _numbered(pattern: re.Pattern[str], names: frozenset[str]) -> Iterator[tuple[int, str]]:
    for name in sorted(names):
        if found := pattern.fullmatch(name):
            yield int(found[1]), name


def _pending(names: frozenset[str]) -> Iterator[str]:
    for name in names:
        folder, _, file = name.partition("/")
        if folder == manifest.FOLDER and file.endswith(manifest.PENDING):
            yield file.removesuffix(manifest.PENDING)


def _digest(path: Path) -> str:
    try:
        return manifest.sha256_of(path)
    except OSError:
        return ""


def _commit(path: Path) -> Commit:
    try:
        content = path.read_bytes()
    except OSError:
        return Commit("", ())
    try:
        entries = tuple(json.loads(line) for line in content.decode().split("\n") if line)
        entries = tuple(entry for entry in entries if isinstance(entry, dict))
    except (ValueError, RecursionError):
        entries = ()
    return Commit(hashlib.sha256(content).hexdigest(), entries)
