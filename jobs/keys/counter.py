"""What is remembered of a keyset's counter, better not beside it: an older copy put back is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from jobs.durable import write_whole
from jobs.keys.keyset import Keyset
from quality.contracts.errors import KeyUnusable

_PUT_BACK = "Restore the newest copy. If that is lost for good, remove the memory of the counter and look at every key."


def counters_in(memory: Path) -> dict[str, int]:
    """Return the counters in a file by their names; raise ``ValueError`` if it is garbled, ``OSError`` if not read."""
    try:
        return {str(name): int(counter) for name, counter in json.loads(memory.read_text()).items()}
    except (AttributeError, TypeError):
        raise ValueError("no counters") from None


def remembered(memory: Path | None) -> dict[str, int]:
    """Return the counters of keysets by their ids; raise ``KeyUnusable`` if what is remembered is garbled."""
    if memory is None or not memory.exists():
        return {}
    try:
        return counters_in(memory)
    except (OSError, ValueError):
        name = f"The memory {memory.name} of a keyset's counter"
        raise KeyUnusable(name, "it is garbled or cannot be read", mend=_PUT_BACK) from None


def remember(memory: Path | None, keyset: Keyset) -> None:
    """Remember the counter; a process that is killed before leaves a memory that is behind, which is no harm."""
    if memory is not None:
        write_whole(memory, json.dumps({keyset.id: keyset.counter}))


def refuse_older(
    keyset: Keyset, known: dict[str, int], least: int, unusable: Callable[[str, str], KeyUnusable]
) -> None:
    """Raise what ``unusable`` makes if the keyset is another than is known, or an older copy of it."""
    if known and keyset.id not in known:
        raise unusable("it is another than the one that was used here", _PUT_BACK)
    if keyset.counter < max(least, known.get(keyset.id, 0)):
        raise unusable("it is an older copy that was put back", _PUT_BACK)
