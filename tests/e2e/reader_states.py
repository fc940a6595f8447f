"""What a reader may see after runs that ended well, failed or were killed: of each, the whole or nothing."""

from __future__ import annotations

from datetime import date

CLEAN = {"AuditFailed", "PublishedMeanwhile", "PublishedBefore"}
"""Errors after which nothing of the run may be seen; after others it may have been published, or not."""


def possible(before, said):
    """Return all that a reader may see after what runs said: of one that failed or was killed, all or nothing.

    Nothing at all if a run ended well over days that another published after it had read its inputs.
    """
    states, alive, late = [before], {}, set()
    for line in said:
        if "began" in line:
            alive[line["began"]] = {date.fromisoformat(day): rows for day, rows in line["rows"].items()}
        elif line.get("ended") in alive:
            run_id, error = line["ended"], line["error"]
            rows = alive.pop(run_id)
            done = [_with(state, rows) for state in states]
            if error == "":
                states = [] if run_id in late else done
                late |= {other for other, theirs in alive.items() if theirs.keys() & rows.keys()}
            elif error not in CLEAN:
                states = states + done
    for rows in alive.values():
        states = states + [_with(state, rows) for state in states]
    return states


def _with(state, rows):
    return {day: marks for day, marks in {**state, **rows}.items() if marks}
