"""Each mend that `geoward fsck` names is done to the letter, by its own words, and mends: nothing is found after it."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest
import typer
from typer.testing import CliRunner

from jobs.batches import batches
from jobs.catalog import Catalog
from jobs.cli import commands  # noqa: F401  adds them to the app
from jobs.cli.app import app
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.home import open_home
from jobs.land_files import LANDING
from jobs.nightly import Scope, open_places, plan_all
from jobs.run_ahead import run_here
from jobs.run_lock import give_run_lock

pytestmark = pytest.mark.spark

MAPPING = """\
name: tiny
description: Positions for tests.
format: csv
legal_basis: {risk: Legitimate interests}
evidence: a test
emits:
  - to: raw.pings
    columns:
      event_id: {from: id}
      actor_id: {from: who}
      event_time: {from: at, iso: true}
      latitude: {from: lat}
      longitude: {from: lon}
"""
ROWS = "id,who,at,lat,lon\n1,a,2024-05-01T08:00:00Z,1,2\n2,a,2024-05-02T08:00:00Z,91,2\n3,b,2024-05-02T08:00:00Z,1,2\n"


@pytest.fixture(scope="module")
def published(spark, tmp_path_factory):
    """A home where one file landed and became raw.pings, one row of which is in quarantine."""
    folder = tmp_path_factory.mktemp("mends")
    (folder / "tiny.yaml").write_text(MAPPING)
    (folder / "log.csv").write_text(ROWS)
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "geoward.yaml").write_text("regions:\n  eu: {root: warehouse/eu, jurisdiction: eu}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOWARD_HOME", str(folder / "home"))
        invoke("ingest", "--source", folder / "tiny.yaml", "--region", "eu", folder / "log.csv")
        run(spark, Scope(("raw.pings",)))
    return folder


@pytest.fixture
def engineer(published, spark, tmp_path, monkeypatch):
    """A person with a copy of that home, who does what a mend says."""
    shutil.copytree(published / "home", tmp_path / "home")
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / "home"))
    yield Engineer(spark, published)
    give_run_lock(open_home())


class Engineer:
    def __init__(self, spark, folder):
        self.spark, self.folder, self.root = spark, folder, open_home().region("eu").root

    def found(self):
        return list(fsck(open_home(), checked=Checked()))

    def kinds(self):
        return {one.kind for one in self.found()}

    def obey(self, kind):
        """Do every command of the mend of that kind, in its order; return the commands."""
        [mend] = {one.mend for one in self.found() if one.kind == kind}
        done = [text for text in re.findall(r"`([^`]+)`", mend) if "audit list" not in text]
        for text in done:
            self._type(shlex.split(text))
        return done

    def _type(self, words):
        if words[0] == "mv":
            (self.root / words[1]).rename(self.root / words[2])
        elif words[:2] == ["geoward", "run"]:
            run(self.spark, scope_of(words[2:]))
        elif words != ["geoward", "fsck"]:
            invoke(*[each for word in words[1:] for each in self._meant(word)])

    def _meant(self, word):
        """Put in what a person would for the words that stand for something."""
        if word.endswith("/*"):
            return sorted(self.root.glob(word))
        mapping = self.folder / "tiny.yaml"
        files = {"SOURCE": mapping, "tiny": mapping, "FILE": self.folder / "log.csv"}
        return [files.get(word, self.root / word if word.startswith(LANDING) else word)]

    def rows(self):
        place = open_places(open_home(), Scope(), lambda: self.spark)[0]
        return {str(day): rows for name in ("raw.pings", "quarantine.raw_pings") for day, rows in
                sorted(place.lake.rows(name).items()) if rows}  # fmt: skip

    def some(self, pattern):
        return sorted(self.root.glob(pattern))[-1]


def invoke(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output


def scope_of(words):
    """Return what `geoward run` makes of its words, read by the command itself."""
    from dagster_project.cli import app as whole

    params = typer.main.get_command(whole).commands["run"].make_context("run", list(words)).params
    day = params["on"]
    tables = tuple(params["jobs"] or ()) or ("raw.pings",)  # a run of all tables would only take longer
    return Scope(tables, tuple(params["region"] or ()), day, day, params["force"])


def run(spark, scope):
    home = open_home()
    places = open_places(home, scope, lambda: spark)
    for region, stale in plan_all(places, scope, lambda text: None).items():
        [place] = [place for place in places if place.region.name == region]
        for batch in batches(place, stale):
            assert run_here(place, batch, lambda table, reports, error: None)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def copy(path, name):
    path.with_name(name).parent.mkdir(exist_ok=True, parents=True)
    shutil.copy(path, path.with_name(name))


HARMS = {
    "file_changed": lambda root: flip(sorted(root.glob("raw/pings/stage-*/*/*.parquet"))[-1]),
    "file_missing": lambda root: sorted(root.glob("raw/pings/stage-*/*/*.parquet"))[-1].unlink(),
    "file_added": lambda root: copy(sorted(root.glob("raw/pings/stage-*/*/*.parquet"))[-1], "more.parquet"),
    "orphan": lambda root: copy(root / "catalog.sqlite", "raw/pings/stage-dead/p.parquet"),
    "log_edited": lambda root: flip(root / "raw/pings/_delta_log/00000000000000000001.json"),
    "log_missing": lambda root: shutil.rmtree(root / "raw/pings/_delta_log"),
    "manifest_missing": lambda root: sorted(root.glob("raw/pings/_manifest/*.json"))[-1].unlink(),
    "manifest_edited": lambda root: flip(root / "raw/pings/_manifest/00000000000000000001.json"),
    "table_missing": lambda root: shutil.rmtree(root / "raw/pings"),
    "landed_missing": lambda root: next(root.glob("landing/*")).unlink(),
    "landed_changed": lambda root: flip(next(root.glob("landing/*"))),
    "catalog_damaged": lambda root: (root / "catalog.sqlite").write_bytes(b"no SQLite"),
}


def test_what_a_night_left_is_as_it_was_published(engineer):
    assert engineer.found() == []
    assert sorted(engineer.rows()) == ["2024-05-01", "2024-05-02"]
    assert Catalog(open_home().region("eu")).publications()[-1].report["quarantined"] == 1


@pytest.mark.parametrize("kind", HARMS)
def test_the_mend_of_a_damage_mends_it(engineer, kind):
    rows = engineer.rows()
    HARMS[kind](engineer.root)
    assert kind in engineer.kinds()

    done = engineer.obey(kind)

    left = engineer.found()
    assert {one.kind for one in left} <= {"set_aside", "history_changed"}, f"after {done}"
    for one in left:  # no reader is shown these: delete them, as the mends say
        assert "delete" in one.mend
        path = engineer.root / one.path
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert engineer.found() == []
    assert engineer.rows() == rows


def test_the_mend_of_a_quarantine_table_is_a_run_of_the_table_whose_rows_it_holds(engineer):
    rows = engineer.rows()
    flip(engineer.some("quarantine/raw_pings/stage-*/*/*.parquet"))
    assert engineer.kinds() == {"file_changed"}

    assert engineer.obey("file_changed") == ["geoward run raw.pings --date 2024-05-02 --force --region eu"]

    assert (engineer.kinds(), engineer.rows()) == ({"history_changed"}, rows)


def test_a_quarantine_table_that_is_set_aside_is_made_again_by_its_mend(engineer):
    rows = engineer.rows()
    shutil.rmtree(engineer.root / "quarantine/raw_pings/_delta_log")

    engineer.obey("log_missing")

    assert (engineer.kinds(), engineer.rows()) == ({"set_aside"}, rows)


def test_after_a_table_was_made_again_the_plan_goes_by_what_is_there_now(engineer):
    for _ in range(3):  # so that the versions of the new table are lower than those of the old
        run(engineer.spark, Scope(("raw.pings",), force=True))
    shutil.rmtree(engineer.root / "raw/pings")
    engineer.obey("table_missing")

    place = open_places(open_home(), Scope(), lambda: engineer.spark)[0]
    assert plan_all([place], Scope(("raw.pings",)), lambda text: None) == {"eu": []}
    assert engineer.found() == []
