"""`python -m jobs.cli.documents`: write the data dictionary and the JSON schemas into ``docs``."""

from __future__ import annotations

from pathlib import Path

from jobs.cli.app import err
from jobs.documents import write_documents

DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Write what is outdated and say what was written."""
    names = write_documents(DOCS)
    err.print("\n".join(f"docs/{name}" for name in names) or "All derived documents are up to date.", markup=False)


if __name__ == "__main__":
    main()
