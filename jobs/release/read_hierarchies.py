"""Read the hierarchies that a release names: files as ARX writes them, beside the declaration."""

from __future__ import annotations

from pathlib import Path

from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease


def hierarchy_texts(release: TableRelease, declared_in: Path) -> dict[str, str]:
    """Return the text of each hierarchy file by column; raise ``UsageError`` for one that cannot be read."""
    named = {name: one.hierarchy for name, one in release.coded.items() if isinstance(one.hierarchy, str)}
    return {name: _text(declared_in.parent / file) for name, file in named.items()}


def _text(path: Path) -> str:
    import gzip

    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError):
        mend = "Hierarchies are CSV files beside the declaration, in UTF-8; check the name."
        raise UsageError(f"Hierarchy {path.name} cannot be read.", mend=mend) from None
