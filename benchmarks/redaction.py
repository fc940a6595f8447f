"""Redaction: precision and recall on the labelled set and on generated texts, and throughput beside plain Presidio.

Run: `.venv/bin/python -m benchmarks.redaction [--spark] [--write]`, with the shared data beside the checkout or at
`$GEOWARD_SHARED`; `--spark` measures Spark's scaling alone; `--write` puts the tables into docs/redaction.md. A value
of the sets is never printed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.machine import ROOT, machine
from benchmarks.real_sets import SHARED
from benchmarks.redaction_cases import POSITIVES, look_alikes, positives
from transforms.redaction.engine import KINDS, findings
from transforms.redaction.finding import Finding

PAGE = ROOT / "docs" / "redaction.md"
SIX = ("CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "URL")
OURS = {"DOMAIN_NAME": "URL", "GPE": "LOCATION", "STREET_ADDRESS": "ADDRESS", "ZIP_CODE": "ADDRESS"}
ASKED = (
    "CREDIT_CARD",
    "EMAIL_ADDRESS",
    "URL",
    "PHONE_NUMBER",
    "US_SSN",
    "IBAN_CODE",
    "IP_ADDRESS",
    "PERSON",
    "LOCATION",
    "ADDRESS",
    "LOCATION or ADDRESS",
)
COVERED = 0.9
"""Share of a labelled value that a finding of its kind must cover to count."""

GENERATED = 400
ROUNDS = 5


def main(arguments: Sequence[str]) -> None:
    """Measure and print; with ``--write``, put the tables into the page."""
    print(machine())
    tables = {"spark": in_spark} if "--spark" in arguments else _IN_ONE_PROCESS
    parts = {name: "\n".join(table()) for name, table in tables.items()}
    for name, table in parts.items():
        print(f"\n{name}\n{table}")
    if "--write" in arguments:
        text = PAGE.read_text(encoding="utf-8")
        for name, table in parts.items():
            text = re.sub(
                rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", lambda m, t=table: m[1] + t + m[2], text, flags=re.DOTALL
            )
        PAGE.write_text(text, encoding="utf-8")


def labelled() -> Iterator[str]:
    """Yield a table by entity type, of all templates and of those held back, and what was missed by template."""
    counts: dict[bool, Counter[tuple[str, str]]] = {False: Counter(), True: Counter()}
    missed: Counter[tuple[str, str]] = Counter()
    for row in labelled_rows():
        found, gold = findings(row["full_text"]), spans(row)
        for side in {False, held_back(row)}:
            _count(found, gold, counts[side])
        missed.update((kind, context(row["full_text"], at)) for at, kind in _missed(found, gold))
    yield "| kind | values | recall | precision | held back: values | recall | precision |\n|---|---|---|---|---|---|---|"
    for kind in ASKED:
        yield f"| {kind} | {_cells(counts[False], kind)} | {_cells(counts[True], kind)} |"
    kinds = ASKED[:-1]
    for side, name in ((False, "all templates"), (True, "held back")):
        yield f"\nOverall F2, {name}: {f2(counts[side], kinds):.3f}; of the kinds with a pattern: {f2(counts[side], ASKED[:7]):.3f}."
    yield "\nMissed, by kind and by the words around (values masked): " + (
        "; ".join(f"{kind} {count}× `{words}`" for (kind, words), count in missed.most_common() if kind in ASKED[:7])
        or "none."
    )


def labelled_rows() -> Iterator[dict[str, Any]]:
    """Yield the labelled texts."""
    for name in ("synth_dataset_v2", "generated_large"):
        with gzip.open(SHARED / f"text_pii_presidio/{name}_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def spans(row: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Return start, end and our kind of each labelled value."""
    return [
        (s["start_position"], s["end_position"], OURS.get(s["entity_type"], s["entity_type"])) for s in row["spans"]
    ]


def held_back(row: dict[str, Any]) -> bool:
    """Return whether a row's template is among the three tenths that no rule was made for."""
    template = row["full_text"] if row["template_id"] is None else row["template_id"]
    return int(hashlib.sha256(f"held {template}".encode()).hexdigest(), 16) % 10 < 3


def context(text: str, at: tuple[int, int]) -> str:
    """Return the words around a value, with it and every digit and capitalized word masked."""
    before, after = text[max(0, at[0] - 24) : at[0]], text[at[1] : at[1] + 12]
    plain = re.sub(r"\b[^\W\d_]*[A-ZÀ-Þ]\w*|\d+|[`|]", "_", f"{before}<>{after}")
    return " ".join(plain.split())


def _hit(one: tuple[int, int, str], found: Finding) -> bool:
    start, end, kind = one
    return found.kind == kind and min(end, found.end) - max(start, found.start) >= COVERED * (end - start)


def _count(found: Sequence[Finding], gold: Sequence[tuple[int, int, str]], into: Counter[tuple[str, str]]) -> None:
    _tally(found, gold, into)
    both = "LOCATION or ADDRESS"  # the set labels an address's town apart, we do not
    places = [Finding(one.start, one.end, both, one.score) for one in found if one.kind in both.split()]
    _tally(places, [(start, end, both) for start, end, kind in gold if kind in both.split()], into)


def _tally(found: Sequence[Finding], gold: Sequence[tuple[int, int, str]], into: Counter[tuple[str, str]]) -> None:
    for one in gold:
        into[one[2], "hit" if any(_hit(one, each) for each in found) else "missed"] += 1
    for each in found:
        into[each.kind, "false"] += not any(_hit(one, each) for one in gold)


def _missed(found: Sequence[Finding], gold: Sequence[tuple[int, int, str]]) -> list[tuple[tuple[int, int], str]]:
    return [(one[:2], one[2]) for one in gold if not any(_hit(one, each) for each in found)]


def _cells(counts: Counter[tuple[str, str]], kind: str) -> str:
    hit, missed, false = (counts[kind, what] for what in ("hit", "missed", "false"))
    recall = f"{hit / (hit + missed):.3f}" if hit + missed else "-"
    return f"{hit + missed} | {recall} | {f'{hit / (hit + false):.3f}' if hit + false else '-'}"


def f2(counts: Counter[tuple[str, str]], kinds: Sequence[str]) -> float:
    """Return F2 over all values of ``kinds`` together."""
    hit, missed, false = (sum(counts[kind, what] for kind in kinds) for what in ("hit", "missed", "false"))
    return 5 * hit / (5 * hit + 4 * missed + false)


def generated() -> Iterator[str]:
    """Yield a table by kind, over generated texts that hold it and look-alikes that do not."""
    yield f"| kind | recall of {GENERATED} | precision beside {GENERATED} look-alikes |\n|---|---|---|"
    for kind in POSITIVES:
        name, hits, false = kind.split()[0], 0, 0
        for text, value in positives(kind, GENERATED):
            at = text.index(value)
            found = [one for one in findings(text) if one.kind == name]
            right = [one for one in found if _hit((at, at + len(value), name), one)]
            hits, false = hits + bool(right), false + len(found) - len(right)
        false += sum(one.kind == name for text, _ in look_alikes(kind, GENERATED) for one in findings(text))
        yield f"| {kind} | {hits / GENERATED:.3f} | {hits / (hits + false):.3f} |"


def in_spark() -> Iterator[str]:
    """Yield rows per second in Spark, with one core and with two."""
    from benchmarks.redaction_spark import scaling

    texts = texts_of()
    yield from scaling([*texts["text_spam_sms"], *texts["text_hate_davidson"]])


def texts_of() -> dict[str, list[str]]:
    """Return the texts of each set."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(SHARED / "text_spam_sms/SMSSpamCollection_dev.tsv.gz", "rt", encoding="utf-8") as lines:
        found["text_spam_sms"] = [line.rstrip("\n").partition("\t")[2] for line in lines]
    with gzip.open(SHARED / "text_hate_davidson/labeled_data_dev.csv.gz", "rt", encoding="utf-8") as lines:
        found["text_hate_davidson"] = [row["tweet"] for row in csv.DictReader(lines)][::3]
    found["text_pii_presidio"] = [row["full_text"] for row in labelled_rows()]
    return found


def throughput() -> Iterator[str]:
    """Yield texts per second of CPU, ours and Presidio's analyzer's in turn, with the same recognizers."""
    yield "| set | texts | kinds | ours, texts/s | Presidio, texts/s | ratio | findings |\n|---|---|---|---|---|---|---|"
    for name, texts in texts_of().items():
        for kinds in (SIX, KINDS):
            ours, theirs, same = _race(texts, kinds)
            number = f"{len(kinds)}" if kinds is SIX else f"all {len(kinds)}"
            alike = "identical" if same else "DIFFER"
            yield f"| {name} | {len(texts):,} | {number} | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.1f} | {alike} |"


def _race(texts: Sequence[str], kinds: Sequence[str]) -> tuple[float, float, bool]:
    short: list[float] = []
    full: list[float] = []
    same = True
    for _ in range(ROUNDS):
        first, seconds = _timed(lambda: [findings(text, kinds=kinds) for text in texts])
        short.append(seconds)
        second, seconds = _timed(lambda: [findings(text, kinds=kinds, gated=False) for text in texts])
        full.append(seconds)
        same = same and first == second
    return len(texts) / median(short), len(texts) / median(full), same


def _timed(work: Callable[[], list[list[Finding]]]) -> tuple[list[list[Finding]], float]:
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


_IN_ONE_PROCESS = {"labelled": labelled, "generated": generated, "throughput": throughput}

if __name__ == "__main__":
    main(sys.argv[1:])
