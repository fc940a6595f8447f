"""What Python workers of Spark refuse, told from the text of Spark's error, which may hold a row's value: not shown.

Only names of keys are taken from it, which have a form that no value is shown in, and phrases that are ours.
"""

from __future__ import annotations

import re

from quality.contracts.errors import EnvironmentFault, KeyUnusable

_UNUSABLE = {
    "it is disabled": "Enable it, if what it protects may be read again.",
    "it is destroyed": "What it protected is gone, as was asked for.",
    "it is not in the keyset": "Restore the newest keyset from your backup.",
    "its keyset is missing or cannot be read": "Restore the keyset from your backup.",
    "its file is missing or cannot be read": "Restore it from your backup.",
    "what it is to unwrap was wrapped by another key, or was changed or moved since": "Restore the newest keyset.",
}
_KEY = re.compile(
    r"^[\w.]+\.KeyUnusable: (?P<name>(?:Key|Key-encryption key) (?P<id>(?:key|kek)-[0-9a-f]{16})) cannot be used: "
    rf"(?P<problem>{'|'.join(map(re.escape, _UNUSABLE))})\.",
    re.MULTILINE,
)
_OTHER_KEY = re.compile(r"^[\w.]+\.KeyUnusable: ", re.MULTILINE)
_FAULTS = {
    r"quality\.contracts\.errors\.EnvironmentFault: The vault has no data key for \d+ of the subjects": (
        "The vault has no data key for some of the subjects, nor a record that they were destroyed.",
        "Restore the vault from a backup that is as new as the rows, unless these were changed.",
    ),
    r"quality\.contracts\.errors\.EnvironmentFault: The vault was made with index key": (
        "The vault was made with another index key.", "Restore keyset and vault from backups that belong together.",
    ),
    r"quality\.contracts\.errors\.EnvironmentFault: Data keys of the vault are wrapped under key": (
        "Data keys of the vault are wrapped under a key that this run does not have.",
        "Run again; if that does not help, run `geoward keys rewrap`.",
    ),
    r"transforms\.privacy\.seal_rows\.RowRefused: ": (
        "A sealed row was changed, or belongs elsewhere.", "Look for damage with `geoward fsck`.",
    ),
    r"jobs\.vault\.rows\.RowRefused: ": (
        "The vault holds a row that was changed outside of it, or belongs elsewhere: refused.",
        "Restore the vault from a backup; let nobody else write to it.",
    ),
}  # fmt: skip


def worker_fault(text: str) -> EnvironmentFault | None:
    """Return what a worker refused, from the text of Spark's error; None if it is nothing of ours."""
    if found := _KEY.search(text):
        return KeyUnusable(found["name"], found["problem"], mend=_UNUSABLE[found["problem"]])
    if _OTHER_KEY.search(text):
        return EnvironmentFault("A key cannot be used.", mend="See `geoward keys list` and `geoward doctor`.")
    for line, (message, mend) in _FAULTS.items():
        if re.search(rf"^{line}", text, re.MULTILINE):
            return EnvironmentFault(message, mend=mend)
    return None
