"""Where requests wait: a file each below the Geoward home, for its owner alone, by one process at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.durable import sync, write_whole
from jobs.keys.private_file import alone
from jobs.reveal.request import Request, read_request
from quality.contracts.errors import PolicyBreach, UsageError

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests in a folder, which need not be there yet."""

    folder: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process read or write requests meanwhile."""
        with alone(self.folder / "requests"):
            yield

    def all(self) -> tuple[list[Request], list[str]]:
        """Return all, oldest first, and the names of files that hold none or another than they say."""
        found, changed = list[Request](), list[str]()
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(_read(path))
            except ValueError:
                changed.append(path.stem)
        return sorted(found, key=lambda one: one.at), changed

    def get(self, request_id: str) -> Request:
        """Return one; raise ``UsageError`` if it is not there, ``PolicyBreach`` if its file was changed."""
        path = self.folder / f"{request_id}.json"
        if not _ID.fullmatch(request_id) or not path.exists():
            raise UsageError("There is no such request.", mend="`geoward reveal --list` shows those that wait.")
        try:
            return _read(path)
        except ValueError:
            mend = "Find out who changed its file below reveals/ in the Geoward home, then ask again."
            raise PolicyBreach(f"Request {request_id} was changed after it was entered.", mend=mend) from None

    def put(self, request: Request) -> None:
        """Write one, whole or not at all."""
        write_whole(self._path(request), request.written())

    def remove(self, request: Request) -> None:
        """Take one away for good."""
        self._path(request).unlink(missing_ok=True)
        sync(self.folder)

    def _path(self, request: Request) -> Path:
        return self.folder / f"{request.id}.json"


def _read(path: Path) -> Request:
    try:
        request = read_request(path.read_text(encoding="utf-8"))
    except OSError:
        raise ValueError("this cannot be read") from None
    if request.id != path.stem:
        raise ValueError("this is another request than its name says")
    return request
