"""Tell what lies in a table's folder and no version names."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobs import manifest
from jobs.damage import Damage, TablePlace
from jobs.fsck_files import sidecar_of
from jobs.table_on_disk import TableOnDisk
from jobs.witnesses import Witness

_LEFTOVER = re.compile(r"_manifest/.*\.part|_delta_log/(?:.*#\d+|_commit_[0-9a-f-]+\.json\.tmp)")
"""What Geoward and Delta's library write before they give a file its name, and leave behind when they are killed."""


def check_strays(place: TablePlace, disk: TableOnDisk, witness: Witness, alive: bool) -> Iterator[Damage]:
    """Tell what lies in the table's folder and no version names: what a dead run left, and what was put there."""
    known = disk.history.keys() | disk.committed
    known |= {sidecar_of(name) for name in known}
    stages: dict[str, list[str]] = defaultdict(list)
    for name in sorted(disk.names - known):
        top = name.partition("/")[0]
        if top.startswith("stage-"):
            stages[top].append(name)
        elif _LEFTOVER.fullmatch(name):
            if not alive:
                yield place.damage("orphan", name, "a run that was killed did not finish writing it", _orphans(place))
        elif top == manifest.FOLDER:
            if not re.fullmatch(rf"{manifest.FOLDER}/(?:\d{{20}}\.json|[^/]+{re.escape(manifest.PENDING)})", name):
                yield place.damage("manifest_added", name, "it is no manifest")
        elif top == "_delta_log":
            yield from _in_the_log(place, disk, name)
        else:
            yield place.damage("file_added", name, "no version ever named it")
    published = {name.partition("/")[0] for name in known}
    for top, names in stages.items():
        yield from _staged(place, witness, top, names, published, disk.pending)
    for run_id in () if alive else sorted(disk.pending):
        staged = len(stages.get(f"stage-{run_id}", ()))
        what = f"a run began here and did not end; {staged} files are staged"
        mend = "`geoward run` completes or removes what it left."
        yield place.damage("unfinished", f"{manifest.FOLDER}/{run_id}{manifest.PENDING}", what, mend)


def _staged(
    place: TablePlace, witness: Witness, top: str, names: Sequence[str], published: set[str], pending: frozenset[str]
) -> Iterator[Damage]:
    """Tell what a stage's folder holds that no version names; a whole stage of a run that published was taken back."""
    run_id = top.removeprefix("stage-")
    if run_id in pending:
        return
    if top in published:
        for name in names:
            yield place.damage("file_added", name, "it lies beside published files; no version ever named it")
    elif run_id in witness.runs:
        yield place.damage(
            "table_rolled_back", top, "its run published these files, and no version names them any more"
        )
    else:
        what = f"{len(names)} files that no living run staged; no version names one"
        yield place.damage("orphan", top, what, _orphans(place))


def _in_the_log(place: TablePlace, disk: TableOnDisk, name: str) -> Iterator[Damage]:
    if name == "_delta_log/_last_checkpoint":
        if not right_pointer(disk.path):
            yield place.damage("log_edited", name, "it does not describe a checkpoint that is there")
    elif not re.fullmatch(r"_delta_log/\d{20}\.(?:json|checkpoint\.parquet)", name):
        yield place.damage("log_added", name, "it is no commit and no checkpoint")


def right_pointer(table: Path) -> bool:
    """Return whether Delta's pointer to the last checkpoint is the very text that it wrote of one that is there."""
    import pyarrow.parquet as pq

    try:
        text = (table / "_delta_log" / "_last_checkpoint").read_text(encoding="utf-8")
        said = json.loads(text)
        path = manifest.checkpoint_file(table, said["version"])
        rows = pq.read_table(path, columns=["add"])
        adds = rows.num_rows - rows.column("add").null_count
        right = {"version": said["version"], "size": rows.num_rows, "sizeInBytes": path.stat().st_size,
                 "numOfAddFiles": adds}  # fmt: skip
        return bool(text == json.dumps(right, separators=(",", ":")) + "\n")
    except Exception:  # whatever Parquet makes of a damaged file
        return False


def _orphans(place: TablePlace) -> str:
    return f"`geoward fsck {place.name} --remove-orphans --region {place.region.name}` removes it."
