"""Whether a path leads where its owner says: whoever else can change a step of it could put another place there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from quality.contracts.errors import EnvironmentFault

if TYPE_CHECKING:
    from jobs.home import Home

_MOST_LINKS = 40
_ELSEWHERE = "run as its owner, or name a home of your own with GEOWARD_HOME"


def refuse_foreign_home(home: Home, *files: Path, above: bool = False) -> None:
    """Raise ``EnvironmentFault`` if another user can say what a home is: its settings, policy, keys, vaults, ``files``.

    The home may be a folder of the caller's choice. With settings of their own, beside keys that are not theirs, one
    person could grant themselves all, and auditors would be told in a log that nobody reads. With ``above`` every
    folder and link on the way counts, too: whoever has one can swap the home between a look and the next. A project's
    folder that its group can write is common, and of no harm until one person acts as another.
    """
    from quality.policies.load_policy import DEFAULT_POLICY

    vaults = home.path / home.vault.folder.expanduser()
    policy = [] if home.policy_path == DEFAULT_POLICY else [home.policy_path]
    refuse_foreign([home.path, home.path / "geoward.yaml", *policy, home.path / "keys", vaults, *files], above=above)


def refuse_foreign(paths: Iterable[Path], *, above: bool = True) -> None:
    """Raise ``EnvironmentFault`` unless only this user and root can change the paths, and what is ``above`` them.

    That is every step that leads there; links are steps, too. In a folder with the sticky bit, such as /tmp, nobody
    replaces what is another's.
    """
    for path in paths:
        for step, is_end in _steps(path):
            if is_end or above:
                _refuse(step, is_end=is_end)


def _steps(path: Path) -> Iterator[tuple[Path, bool]]:
    """Go down a path as the system does, through links, as far as it is there; tell of each step if it is the end."""
    at, links = Path("/"), 0
    left = list(reversed(path.absolute().parts[1:]))
    yield at, not left
    while left:
        at = at.parent if (part := left.pop()) == ".." else at / part
        if not os.path.lexists(at):
            return
        is_link = at.is_symlink()
        yield at, not left and not is_link
        if is_link:
            if (links := links + 1) > _MOST_LINKS:
                raise EnvironmentFault("A link of the Geoward home leads to itself.", mend="Remove it.")
            target = at.readlink()
            left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
            at = Path("/") if target.is_absolute() else at.parent


def _refuse(step: Path, *, is_end: bool) -> None:
    from jobs.landing.file_name import told

    found, name = step.lstat(), told(str(step))
    if found.st_uid not in (0, os.geteuid()):
        said = f"{name} belongs to another user, who could change what the Geoward home says."
        raise EnvironmentFault(said, mend=f"Run `chown` on it, {_ELSEWHERE}.")
    if stat.S_ISLNK(found.st_mode) or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return
    if is_end or not found.st_mode & stat.S_ISVTX:
        said = f"Others than its owner can write {name}, and so change what the Geoward home says."
        raise EnvironmentFault(said, mend=f"Run `chmod go-w {name}`, and look whether somebody changed what is there.")
