"""`python -m jobs.cli.documents`: write contracts of declared releases, the data dictionary and the JSON schemas."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jobs.cli.app import err
from jobs.documents import write_contracts, write_documents

DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Write what is outdated and say what was written; contracts first, since all else is read of them."""
    if written := write_contracts():
        err.print("\n".join(written), markup=False)
        os.execv(sys.executable, [sys.executable, "-m", "jobs.cli.documents"])
    names = write_documents(DOCS)
    err.print("\n".join(f"docs/{name}" for name in names) or "All derived documents are up to date.", markup=False)


if __name__ == "__main__":
    main()
