"""The installed wheel on a Spark standalone cluster: it publishes what one process publishes, to the last row."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dagster_project.instance import open_instance
from jobs.fsck import Checked, fsck
from jobs.home import Home, open_home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.region_keys import region_keys
from jobs.sample.land_sample import land_sample
from jobs.sample.write_sample import write_sample
from tests.e2e.spark_cluster import Cluster, ExecutorKiller, command_lines, install_wheel, while_running
from tests.opened import rows_of, undrawn
from tests.secrets import forms, secrets_of

pytestmark = [pytest.mark.e2e, pytest.mark.spark, pytest.mark.long]

OF_THE_RUN = ("run_id", "run", "seconds", "paths")
"""What differs between two runs that make the same rows: more tasks write them into more files."""


@dataclass
class Ran:
    """What was seen of the two runs."""

    here: Home
    cluster: Home
    folder: Path
    secret: str
    killer: ExecutorKiller
    said: dict[str, str] = field(default_factory=dict)
    code: dict[str, int] = field(default_factory=dict)
    executors: set[int] = field(default_factory=set)
    command_lines: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Iterator[Ran]:
    """Two copies of an installation with the same landed files and keys, run in one process and on a cluster."""
    folder = tmp_path_factory.mktemp("cluster")
    python = install_wheel(folder / "wheel")
    here = _landed(folder)
    shutil.copytree(here.path, folder / "there")
    with Cluster(folder / "spark") as cluster:
        with (folder / "there" / "geoward.yaml").open("a") as config:
            config.write(f"spark: {{properties: {cluster.properties}}}\n")
        there = open_home(folder / "there")
        seen = Ran(here, there, folder, cluster.secret, ExecutorKiller(cluster, there.region("us").root))
        for home, each in ((here, lambda: None), (there, _look(seen, cluster))):
            name = home.path.name
            if home is there:  # tokens are random: those that the first run made
                shutil.copytree(here.path / "vault", there.path / "vault", dirs_exist_ok=True)
            with (folder / f"{name}.out").open("w") as out, (folder / f"{name}.err").open("w") as err:
                ended = while_running(
                    [python.with_name("geoward"), "run", "--json"], each, env=_environment(home), cwd=folder,
                    stdout=out, stderr=err,
                )  # fmt: skip
            seen.code[name] = ended.returncode
            seen.said[name] = (folder / f"{name}.err").read_text()
        yield seen


def test_both_runs_succeed_through_dagster_with_an_executor_killed_while_it_writes_a_table(ran):
    assert ran.code == {"here": 0, "there": 0}, ran.said
    assert ran.killer.killed, "no executor was seen with a table's file open"
    assert list((ran.folder / "spark").glob("worker-*/app-*/2")), "another took its place"


def test_every_table_is_equal_by_digest(ran):
    here, there = _digests(ran.here), _digests(ran.cluster)

    assert len(here) > 15 and here == there


def test_reports_and_what_dagster_shows_of_them_are_the_same(ran):
    assert _reports(ran.here) == _reports(ran.cluster)
    assert len(_in_dagster(ran.here)) > 60 and _in_dagster(ran.here) == _in_dagster(ran.cluster)


def test_every_file_and_commit_is_what_was_published(ran):
    checked = Checked()

    assert list(fsck(ran.cluster, checked=checked)) == []
    assert checked.files > 20


def test_the_secret_is_on_no_command_line_and_in_no_file_but_its_own(ran):
    assert len(ran.command_lines) > 5 and all("CoarseGrained" in lines for lines in ran.command_lines)
    assert not any(ran.secret in lines for lines in ran.command_lines)
    assert _files_with(ran.folder, ran.secret) == ["spark/spark.conf"]


def test_no_key_and_no_row_is_in_a_log(ran):
    keys = [form for secrets in secrets_of(ran.cluster).values() for key in secrets for form in forms(key)]
    actors = {row["actor_id"] for row in _rows(ran.cluster, "raw/pings")} - {None}

    logs = [path for path in (ran.folder / "spark").rglob("*") if path.is_file() and path.suffix != ".jar"]
    logs += [ran.folder / "there.err", *ran.cluster.folder("scratch").glob("*.log")]
    said = b"\n".join(path.read_bytes() for path in logs)
    assert len(logs) > 5 and len(actors) > 50
    assert [value for value in (*keys, *map(str.encode, actors)) if value in said] == []


def _landed(folder: Path) -> Home:
    write_sample(folder / "sample", actors=80, days=2, seed=11, regions=("us",))
    (folder / "here").mkdir(mode=0o700)
    (folder / "here" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    home = open_home(folder / "here")
    land_sample(home, folder / "sample")
    region_keys(home, home.region("us"))
    return home


def _environment(home: Home) -> dict[str, str]:
    """The environment without what could lead to the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYSPARK", "SPARK"))}
    return {**kept, "GEOWARD_HOME": str(home.path)}


def _look(seen: Ran, cluster: Cluster):
    def look() -> None:
        running = set(cluster.executors())
        if running - seen.executors:
            seen.command_lines += [command_lines() for _ in range(3)]
            seen.executors |= running
        seen.killer.try_once()

    return look


def _rows(home: Home, table: str) -> list[dict]:
    return rows_of(home, "us", table.replace("/", "."))


def _digests(home: Home) -> dict[str, str]:
    """Return the SHA-256 of every table's rows, sorted."""
    found = {}
    for log in sorted(home.region("us").root.glob("*/*/_delta_log")):
        name = f"{log.parents[1].name}/{log.parent.name}"
        rows = undrawn(name.replace("/", "."), _rows(home, name))
        lines = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
        found[name] = f"{len(lines)} rows {hashlib.sha256(json.dumps(lines).encode()).hexdigest()}"
    return found


def _reports(home: Home) -> dict[str, dict]:
    place = Workplace.open(home, home.region("us"), no_spark)
    found = [report for _, _, report in place.catalog.published().values()]
    return {f"{report['table']} {report['date']}": _same(report) for report in found}


def _same(told):
    """Return what was told without what differs."""
    if isinstance(told, dict):
        return {name: _same(value) for name, value in told.items() if name not in OF_THE_RUN}
    return [_same(each) for each in told] if isinstance(told, list) else told


def _in_dagster(home: Home) -> dict[str, dict]:
    """Return what the auditors' UI shows: each partition's metadata, and each check with what it measured."""
    found: dict[str, dict] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        with open_instance(home) as instance:
            logs = [entry.dagster_event for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
    for event in filter(None, logs):
        if event.is_step_materialization:
            told = event.step_materialization_data.materialization
            found[f"{told.asset_key} {told.partition}"] = _plain(told.metadata)
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            told = event.event_specific_data
            found[f"{told.asset_key} {told.check_name}"] = {"passed": told.passed, **_plain(told.metadata)}
    return found


def _plain(metadata) -> dict[str, str]:
    return {name: str(value.value) for name, value in _same(metadata).items()}


def _files_with(folder: Path, text: str) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.suffix != ".jar" and text.encode() in path.read_bytes()
    )
