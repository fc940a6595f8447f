"""Whether the audit log can be read, is what was witnessed, holds nothing else, and what it says of publications."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jobs.audit_chain import entry_files
from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path, contradiction, looking
from jobs.damage import ASIDE, Damage
from jobs.explain_failure import explain_failure
from jobs.fsck_strays import right_pointer
from jobs.home import Home
from jobs.landing.file_name import told, typed
from jobs.manifest import log_versions
from jobs.witnesses import Witness, audited

_OF_DELTA = re.compile(
    rf"_delta_log/(?:\d{{20}}\.(?:json|checkpoint\.parquet(?:{ASIDE})?)|_last_checkpoint(?:{ASIDE})?)"
)
_POINTER = "_delta_log/_last_checkpoint"


def check_audit(home: Home) -> tuple[Mapping[tuple[str, str], Witness], list[Damage]]:
    """Return what the audit log says of publications, and every damage of it."""
    try:
        with looking(home):
            wrong, strays = contradiction(home) or _wrong_pointer(audit_path(home)), list(_strays(home))
            said = audited(read_audit(home))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Delta's library is no Exception
        if isinstance(error, Exception) and (fault := explain_failure(error)):
            raise fault from None
        return {}, [audit_damage(home, "", "it cannot be read")]
    return said, [*([audit_damage(home, "", wrong)] if wrong else []), *strays]


def lines_lost(home: Home) -> bool:
    """Return whether a person accepted that entries are lost: what nobody is told of may have been among them."""
    accepted = [entry for entry in read_audit(home) if (entry["kind"], entry["subject"]) == ("config", "audit log")]
    return any(entry["detail"].get("commits_lost", 1) for entry in accepted)


def audit_damage(home: Home, region: str, what: str) -> Damage:
    """Return a damage of the log as a whole."""
    mend = "Restore the audit log from a backup. Never make it anew: it is the witness of what was published. If "
    mend += "entries are lost for good, or none is, tell your auditors, then `geoward audit accept --reason WHY`."
    return Damage("audit_damaged", region, "", audit_path(home).name, what, mend)


def _wrong_pointer(path: Path) -> str:
    if not os.path.lexists(path / _POINTER) or right_pointer(path):
        return ""
    return "no entry is lost, but Delta's pointer to a checkpoint is not what was written"


def _strays(home: Home) -> Iterator[Damage]:
    """Tell of what no commit names; nothing of it is read. It may be what a killed process did not finish."""
    path = audit_path(home)
    known = {file for version in log_versions(path) for file in _entries(path, version)}
    for folder, folders, files in os.walk(path):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for file in sorted(Path(folder) / name for name in (*files, *links)):
            name = file.relative_to(path).as_posix()
            if file not in known and not _OF_DELTA.fullmatch(name):
                yield _stray(f"{path.name}/{name}", file.name)


def _stray(where: str, name: str) -> Damage:
    aside = f"`mv {typed(where)} {typed(f'audit{ASIDE}_{name}')}` in the Geoward home sets it aside"
    what = "no commit of the audit log names it: a killed process left it, or somebody put it there"
    return Damage("file_added", "", "", told(where), what, f"{aside}; nothing reads it.")


def _entries(path: Path, version: int) -> list[Path]:
    try:
        return entry_files(path, version)
    except ValueError:
        return []
