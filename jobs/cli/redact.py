"""`geoward redact`: take out of a file's texts what points at a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.audit_log import audit
from jobs.cli.app import Json, app, grid, out
from jobs.cli.remarks import impersonal
from jobs.cli.row_counts import tell_end, tell_progress
from jobs.cli.row_output import rows_to
from jobs.counted import counted
from jobs.home import Home, one_region, open_home
from jobs.listings.redaction import RedactedRow, TextFinding
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.redact_file import Redacted
    from quality.policies.redaction import OperatorName
    from transforms.redaction.finding import Finding
    from transforms.redaction.operators import Operator


@app.command()
def redact(
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV, TSV, plain text (each also .gz) or Parquet.")],
    field: Annotated[str, typer.Option("--field", help="The field that holds the text; plain text has none.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="What the result is for.")] = "",
    wanted: Annotated[str, typer.Option("--operator", help="What stands for a finding; default: by purpose.")] = "",
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind; repeat it. Default: by purpose.")
    ] = None,
    case: Annotated[
        str, typer.Option("--case", help="Within it, `token` is stable and `encrypt` reversible.", callback=impersonal)
    ] = "",
    region: Annotated[str, typer.Option("--region", "-r", help="Whose key `token` and `encrypt` use.")] = "",
    as_json: Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the rows to this file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; write no rows.")] = False,
) -> None:
    """Replace addresses, numbers, links, devices and coordinates in a file's texts.

    Rows go to the output as they are but for the one field; without `--output` they are printed. `--json` prints each
    row's findings instead: start, end, kind and score, never the value. A row that cannot be read is counted and left
    out. The policy states what the purpose redacts: `--kind` may name more kinds than that, fewer only to look. Of
    names and addresses in plain words some are missed: where that matters, let the policy redact whole texts. Auditors
    are told before a row is written with `token` or `encrypt`, which use a key.

    Example: `geoward redact posts.jsonl --field full_text --purpose analytics --output redacted.jsonl`
    """
    from jobs.redact_file import check_input, plan_for, redact_rows

    home = open_home()
    only_look = dry_run or (as_json and output is None)
    plan = plan_for(home.policy, purpose, wanted, kinds or (), written=not only_look)
    check_input(file, field)
    told = _Document(field, purpose, plan.operator, dry_run) if as_json else None
    on_row = told.row if told else _progress
    if only_look:
        done = redact_rows(file, field, plan.look, None, None, on_row)
    else:
        made, key = _operator(home, plan.operator, case, region)
        with rows_to(file, output, field) as write:
            if key:
                facts = {"operator": plan.operator, "case": case, "key": key}
                audit(home, "decision", purpose, "redacted with a key", region=one_region(home, region).name, **facts)
            done = redact_rows(file, field, plan.look, made, write, on_row)
    if told:
        told.end(done)
    elif dry_run:
        _show(done)
    more = f"findings in {counted(done.rows_with_findings, 'row')}"
    tell_end(done.rows_in, done.rows_out, done.rejected, more)


def _operator(home: Home, name: OperatorName, case: str, region: str) -> tuple[Operator, str]:
    """Return the operator and the id of the key that it uses, if it does."""
    from jobs.region_keys import key_for
    from quality.policies.redaction import KEYED
    from transforms.redaction.operators import operator

    if name not in KEYED:
        return operator(name), ""
    if not case:
        raise UsageError(f"Operator {name} needs a case.", mend="Say --case: within one, equal values stay equal.")
    key = key_for(home, "placeholder", one_region(home, region))
    return operator(name, keys=key, case=case), key.key_id


class _Document:
    """Prints the listing piece by piece: a file may have more rows than memory has room."""

    def __init__(self, field: str, purpose: str, operator: str, dry_run: bool) -> None:
        self._head = {"field": field, "purpose": purpose, "operator": operator, "dry_run": dry_run}
        self._begun = False

    def row(self, number: int, found: Sequence[Finding], rejected: str) -> None:
        listed = [TextFinding(start=one.start, end=one.end, kind=one.kind, score=one.score) for one in found]
        self._begin(",\n")
        sys.stdout.write(RedactedRow(row=number, findings=listed, rejected=rejected).model_dump_json())
        _progress(number, found, rejected)

    def end(self, done: Redacted) -> None:
        self._begin("")
        tail = {
            "rows_in": done.rows_in, "rows_out": done.rows_out, "rows_with_findings": done.rows_with_findings,
            "rejected": dict(sorted(done.rejected.items())), "kinds": dict(sorted(done.kinds.items())),
        }  # fmt: skip
        sys.stdout.write(f"\n], {json.dumps(tail)[1:]}\n")

    def _begin(self, between: str) -> None:
        sys.stdout.write(between if self._begun else f'{json.dumps(self._head)[:-1]}, "rows": [\n')
        self._begun = True


def _progress(number: int, found: Sequence[Finding], rejected: str) -> None:
    tell_progress(number)


def _show(done: Redacted) -> None:
    table = grid("kind", "findings#")
    for kind, count in sorted(done.kinds.items()):
        table.add_row(kind, f"{count:,}")
    out.print(table)
