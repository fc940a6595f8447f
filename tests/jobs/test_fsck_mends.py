"""Each mend that `geoward fsck` names is done to the letter, by its own words, and mends: nothing is found after it.

Plan, ledger, landing and publication are the real ones; a run's rows are made by hand, so that no Spark is needed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess

import pytest
import typer
from typer.testing import CliRunner

from jobs.catalog import Catalog
from jobs.cli import commands  # noqa: F401  adds them to the app
from jobs.cli.app import app
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from jobs.plan import plan
from jobs.run_lock import give_run_lock
from tests.jobs.damaged import D1, D2, flip
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import refuse
from tests.jobs.test_withdraw import shown

UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}
ROWS = ("1,a,2024-05-01T08:00:00Z,1,2,x,", "2,b,2024-05-02T08:00:00Z,1,2,x,")


@pytest.fixture
def engineer(home, mapping_file, log_file):
    """A person at an installation where a file of two dates landed and became two versions of raw.pings."""
    person = Engineer(home, mapping_file(), log_file(*ROWS, header="id,who,at,lat,lon,note,extra"))
    person.type("geoward ingest --source tiny --region eu FILE")
    person.type(f"geoward run {TABLE.name}")
    person.type(f"geoward run {TABLE.name} --force --region eu")
    yield person
    give_run_lock(home)


class Engineer:
    def __init__(self, home, mapping, log):
        self.home, self.root, self.runs = home, home.region("eu").root, 0
        self.meant = {"SOURCE": mapping, "tiny": mapping, "FILE": log}

    def found(self):
        return list(fsck(self.home, checked=Checked()))

    def kinds(self):
        return {one.kind for one in self.found()}

    def place(self):
        return Workplace.open(self.home, self.home.region("eu"), refuse)

    def rows(self):
        return set(shown(self.place()))

    def obey(self, kind):
        """Do every command of the mend of that kind, in its order, and return them; the audit log is but read."""
        [mend] = {one.mend for one in self.found() if one.kind == kind}
        done = [text for text in re.findall(r"`([^`]+)`", mend) if text != "geoward audit list"]
        for text in done:
            self.type(text)
        return done

    def type(self, text):
        if text.startswith(("mv ", "rm ")):
            subprocess.run(["bash", "-c", text], cwd=self.root, check=True, env=UTF8)
            return
        words = shlex.split(text)
        if words[1] == "run":
            self._run(words[2:])
        elif words[1:] != ["fsck"]:
            done = CliRunner().invoke(app, [str(each) for word in words[1:] for each in self._meant(word)])
            assert done.exit_code == 0, done.output
            give_run_lock(self.home)

    def _meant(self, word):
        """Return what a person types for a word that stands for something; a path is below the region's root."""
        if word.startswith("landing/"):
            return sorted(self.root.glob(word))
        return [self.meant.get(word, word)]

    def _run(self, words):
        """Publish what the plan says for these words of `geoward run`, read by the command itself."""
        from dagster_project.cli import app as whole

        asked = typer.main.get_command(whole).commands["run"].make_context("run", list(words)).params
        assert set(asked["region"] or ["eu"]) == {"eu"}
        place = self.place()
        undated = [file for file in place.catalog.files() if not file.dated]
        dates = [(f.source, f.file_id, TABLE.name, str(day), 1, 1) for f in undated for day in (D1, D2)]
        place.catalog.set_dates(undated, dates)
        limits = {"tables": asked["jobs"] or (), "first": asked["on"], "last": asked["on"], "force": asked["force"]}
        if days := [one.date for one in plan(place, **limits) if one.table == TABLE.name]:
            self.runs += 1
            publish(place, f"run{self.runs}", *days)


def copied(root, name):
    (root / name).parent.mkdir(exist_ok=True, parents=True)
    shutil.copy(root / "catalog.sqlite", root / name)


def newest(root, pattern):
    return sorted(root.glob(f"raw/pings/{pattern}"))[-1]


HARMS = {
    "file_changed": lambda root: flip(newest(root, "stage-*/*/*.parquet"), 9),
    "file_missing": lambda root: newest(root, "stage-*/*/*.parquet").unlink(),
    "history_changed": lambda root: flip(sorted(root.glob("raw/pings/stage-*/*/*.parquet"))[0], 9),
    "file_added": lambda root: copied(root, "raw/pings/stage-run2/more.parquet"),
    "orphan": lambda root: copied(root, "raw/pings/stage-dead/p.parquet"),
    "log_missing": lambda root: shutil.rmtree(root / "raw/pings/_delta_log"),
    "log_added": lambda root: copied(root, "raw/pings/_delta_log/00000000000000000002.crc"),
    "log_edited": lambda root: flip(newest(root, "_delta_log/*1.json"), 99),
    "manifest_missing": lambda root: newest(root, "_manifest/*.json").unlink(),
    "manifest_edited": lambda root: flip(newest(root, "_manifest/*.json"), 99),
    "manifest_added": lambda root: copied(root, "raw/pings/_manifest/notes.txt"),
    "table_missing": lambda root: shutil.rmtree(root / "raw/pings"),
    "table_rolled_back": lambda root: [newest(root, f"{each}/*.json").unlink() for each in ("_manifest", "_delta_log")],
    "landed_missing": lambda root: next(root.glob("landing/*")).unlink(),
    "landed_changed": lambda root: flip(next(root.glob("landing/*")), 9),
    "catalog_damaged": lambda root: (root / "catalog.sqlite").write_bytes(b"no SQLite"),
    "catalog_gone": lambda root: (root / "catalog.sqlite").unlink(),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMS)
def test_the_mend_of_a_damage_mends_it(engineer, kind):
    assert (engineer.found(), engineer.rows()) == ([], {D1, D2})
    HARMS[kind](engineer.root)
    kind = kind.replace("_gone", "_damaged")
    assert kind in engineer.kinds()

    done = engineer.obey(kind) if kind != "history_changed" else []

    left = engineer.found()
    assert {one.kind for one in left} <= {"set_aside", "history_changed"}, f"after {done}"
    for one in left:  # no reader is shown these: they are to be deleted, as their mends say
        path = engineer.root / one.path
        assert "delete" in one.mend or "remove this one file" in one.mend
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert (engineer.found(), engineer.rows()) == ([], {D1, D2})
    assert not [one for one in plan(engineer.place()) if one.table == TABLE.name], "and nothing is stale"


def test_the_mend_of_a_lost_catalog_gives_each_kept_file_back_to_its_own_source(engineer, tmp_path, log_file):
    other = tmp_path / "other.yaml"
    other.write_text(engineer.meant["SOURCE"].read_text().replace("name: tiny", "name: other"))
    engineer.meant |= {"other": other, "LATE": log_file("3,c,2024-05-01T08:00:00Z,1,2,x,", name="late.csv")}
    engineer.type("geoward ingest --source other --region eu LATE")
    before = [(file.source, file.name, file.landed_at) for file in Catalog(engineer.home.region("eu")).files()]
    assert [source for source, *_ in before] == ["other", "tiny"]
    HARMS["catalog_damaged"](engineer.root)

    engineer.obey("catalog_damaged")

    assert [(file.source, file.name, file.landed_at) for file in engineer.place().catalog.files()] == before


def test_a_landed_file_that_the_catalog_does_not_know_is_entered_by_its_mend(engineer):
    with Catalog(engineer.home.region("eu")).open() as db:
        db.execute("DELETE FROM files"), db.execute("DELETE FROM dates")
    assert engineer.kinds() == {"landed_added"}

    assert engineer.obey("landed_added") == ["geoward landed restore --region eu"]

    assert engineer.found() == []


def test_one_that_landed_before_files_said_their_source_is_entered_when_a_person_says_it(engineer):
    with Catalog(engineer.home.region("eu")).open() as db:
        db.execute("DELETE FROM files"), db.execute("DELETE FROM dates")
    shutil.rmtree(engineer.root / "entries")
    [found] = engineer.found()
    assert "does not say of which source it is" in found.what and "who delivered it" in found.mend

    [done] = engineer.obey("landed_added")

    assert done.startswith("geoward ingest --source SOURCE --region eu landing/")
    assert engineer.found() == []


def test_one_whose_name_says_that_it_is_packed_though_it_is_not_is_kept_once_after_its_mend(engineer):
    with Catalog(engineer.home.region("eu")).open() as db:
        db.execute("DELETE FROM files"), db.execute("DELETE FROM dates")
    shutil.rmtree(engineer.root / "entries")
    [kept] = engineer.root.glob("landing/*")
    kept.rename(kept.with_name(kept.name + ".gz"))

    engineer.obey("landed_added")

    assert engineer.found() == []


def strange(name):
    def put(root):
        (root / "landing" / name).write_bytes(b"planted")

    return put


def old(name):
    def put(root):
        strange(name)(root)
        os.utime(root / "landing" / name, (0, 0))

    return put


def copy_as(extension):
    def put(root):
        [kept] = root.glob("landing/*")
        shutil.copy(kept, kept.with_name(f"{kept.name[:64]}.{extension}"))

    return put


@pytest.mark.parametrize(
    "put",
    [
        pytest.param(strange("other.csv"), id="another-name"),
        pytest.param(strange("-rf it's `here`.csv"), id="a-name-that-is-hard-to-type"),
        pytest.param(strange("\x1b[2J\udcff'.csv"), id="a-hostile-name"),
        pytest.param(strange("f" * 64 + ".csv"), id="not-the-bytes-of-its-name"),
        pytest.param(lambda root: (root / "landing" / "folder").mkdir(), id="a-folder"),
        pytest.param(lambda root: (root / "landing" / "link").symlink_to("nowhere"), id="a-link"),
        pytest.param(old("incoming-1-ab.part"), id="never-finished"),
        pytest.param(copy_as("tsv"), id="a-second-copy-of-another-format"),
        pytest.param(copy_as("csv.gz"), id="a-second-copy-said-to-be-packed"),
    ],
)
def test_what_lies_among_landed_files_is_found_once_and_not_again_after_its_mend(engineer, put):
    put(engineer.root)
    assert engineer.kinds() == {"landed_added"}
    assert all(one.path.isprintable() and one.mend.isprintable() for one in engineer.found())

    done = engineer.obey("landed_added")

    assert engineer.kinds() <= {"set_aside"}, f"after {done}"
    assert engineer.rows() == {D1, D2}
