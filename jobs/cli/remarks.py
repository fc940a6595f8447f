"""What people say for auditors, `--case` and `--reason`: kept as it is for good, so nobody's data may be in it."""

from __future__ import annotations

import typer

from quality.contracts.errors import UsageError

CASE = "The case that needs it; auditors read it. No personal data, please."
WHY = "Why; auditors read it. No personal data, please."


def impersonal(param: typer.CallbackParam, value: str) -> str:
    """Return what was said; raise ``UsageError`` if it surely holds somebody's data, naming the kind and no value."""
    from transforms.redaction.sure_kinds import sure_kinds

    if kinds := sure_kinds(value):
        said = f"--{param.name} holds what is somebody's, or may be: {', '.join(kinds)}."
        mend = "Say it without: the audit log keeps it for good, also when that person was erased. Nothing was done."
        raise UsageError(said, mend=mend)
    return value
