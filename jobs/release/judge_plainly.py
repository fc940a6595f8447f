"""Whether a measured file is anonymous, in one plain sentence."""

from __future__ import annotations

from jobs.release.verify_file import Verified
from quality.checks.anonymity.measurement import Measurement


def judge_plainly(found: Verified) -> str:
    """Return the sentence: of the models that were asked for, else of k, and of secrets that a whole class shares.

    Who is alone in a class is not anonymous, whatever was asked for.
    """
    measured = found.measured
    if measured.k <= 1:
        return f"Not anonymous: {_people(measured, measured.alone)} alone in their class (k = 1)."
    if failed := [verdict.check for verdict in found.verdicts if verdict.stops]:
        return f"Not as anonymous as you require: {', '.join(dict.fromkeys(failed))} not kept (k = {measured.k:,})."
    who = "of" if measured.roles.subject else "any of"
    crowd = f"Each row could be {who} at least {measured.k:,} {_noun(measured)} (k = {measured.k:,})"
    asked = ", as you require" if found.judged else "; say --k to require more"
    return f"{crowd}{_shared(measured)}{asked}."


def _shared(measured: Measurement) -> str:
    alike = [str(one.column) for one in measured.parameters if one.name == "l_distinct" and one.value <= 1]
    return f", but some classes tell the {' and the '.join(alike)} of all in them (l = 1)" if alike else ""


def _people(measured: Measurement, count: int) -> str:
    one = {"people": "person", "rows": "row"}[noun] if (noun := _noun(measured)) and count == 1 else noun
    return f"{count:,} {one} {'is' if count == 1 else 'are'}"


def _noun(measured: Measurement) -> str:
    """Return who is counted: people only if it was said whom a row is about."""
    return "people" if measured.roles.subject else "rows"
