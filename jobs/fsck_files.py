"""Hold a table's files to their manifests: bytes, size and place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zlib import crc32

from jobs.damage import Checked, Damage, DamageKind, TablePlace
from jobs.manifest import FileEntry
from jobs.table_on_disk import TableOnDisk

_CHUNK = 1 << 20
_CRC_BLOCK = 512

_GONE, _CHANGED = "{file.rows:,} rows of {file.date} are gone", "its bytes are not those published for {file.date}"
_OLD = "a file of an earlier version is not what it was; no reader is shown it"
_OLD_MEND = "Restore it from a backup, or remove this one file: readers are not shown it, but `geoward withdraw` could."


def check_files(
    place: TablePlace, disk: TableOnDisk, checked: Checked, progress: Callable[[str], None]
) -> Iterator[Damage]:
    """Read once every file that a manifest names."""
    files = [file for name, file in sorted(disk.history.items()) if name in disk.active or name in disk.names]
    root = disk.path.resolve()
    with ThreadPoolExecutor(4) as pool:
        for n, (file, look) in enumerate(zip(files, pool.map(lambda f: _look(disk, root, f), files), strict=True)):
            if n % 100 == 0:
                progress(f"{place.region.name} {place.name}: {n:,} of {len(files):,} files")
            checked.files += 1
            checked.bytes += look.bytes
            if look.what:
                yield _damage(place, disk, file, look)


def _damage(place: TablePlace, disk: TableOnDisk, file: FileEntry, look: _Look) -> Damage:
    if file.path not in disk.active:
        return place.damage("history_changed", look.name, _OLD, _OLD_MEND)
    kind: DamageKind = "file_missing" if look.what == _GONE else "file_changed"
    return place.damage(kind, look.name, look.what.format(file=file), place.remake(file.date))


class _Look(NamedTuple):
    """What was seen of a file: which one it was, what is wrong with it, and how many bytes were read."""

    name: str
    what: str = ""
    bytes: int = 0


def _look(disk: TableOnDisk, root: Path, file: FileEntry) -> _Look:
    path, sidecar = disk.path / file.path, sidecar_of(file.path)
    if not path.is_file():
        return _Look(file.path, _GONE)
    if path.resolve() != root / file.path:  # a link leads elsewhere
        return _Look(file.path, _CHANGED)
    try:
        said = (disk.path / sidecar).read_bytes() if sidecar in disk.names else None
        digest, size, sums = _read(path, said is not None)
    except OSError:
        return _Look(file.path, _CHANGED)
    if (digest, size) != (file.sha256, file.bytes):
        return _Look(file.path, _CHANGED, size)
    return _Look(file.path, "", size) if said in (None, sums) else _Look(sidecar, _CHANGED, size)


def _read(path: Path, with_sums: bool) -> tuple[str, int, bytes]:
    """Return a file's SHA-256 and size, and what Hadoop's ``.crc`` file beside it should hold, in one reading."""
    digest, size, sums = hashlib.sha256(), 0, bytearray(b"crc\0" + _CRC_BLOCK.to_bytes(4, "big"))
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            for at in range(0, len(chunk), _CRC_BLOCK) if with_sums else ():
                sums += crc32(chunk[at : at + _CRC_BLOCK]).to_bytes(4, "big")
    return digest.hexdigest(), size, bytes(sums)


def sidecar_of(name: str) -> str:
    """Return where Spark keeps the checksums of a file: it reads the file only if they are right."""
    path = PurePosixPath(name)
    return (path.parent / f".{path.name}.crc").as_posix()
