"""What an auditor sees in the browser of a tiny installation; screenshots are kept in the test's folder."""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dagster_project.assets import checks_of
from dagster_project.materialize import materialize_batches
from jobs import run_ahead
from jobs.batches import Batch
from jobs.catalog import Catalog
from jobs.home import open_home
from jobs.landing_ledger import File
from jobs.nightly import Sessions
from jobs.plan import Stale
from jobs.registry import JOBS
from jobs.report import RunReport
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed

pytestmark = [pytest.mark.e2e, pytest.mark.long]

DAYS = (date(2026, 6, 1), date(2026, 6, 2))
LAYERS = ("raw", "clean", "protected", "curated", "reference")
TABLES = ("raw.pings", "clean.pings", "protected.pings", "curated.mobility")
FAILING = "raw.actions"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
FILE = File("tiny", "f" * 64, "v1", "a.csv", "csv", 1, (), (), datetime(2026, 6, 3, tzinfo=UTC))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An installation with two dates of four tables, and one table whose check failed; no Spark is needed for it."""
    folder = tmp_path_factory.mktemp("ui")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        patch.setattr(run_ahead, "run_table", lambda place, table, dates, run_id: _reports(table, dates))
        tables = (*TABLES, FAILING)
        stale = tuple(Stale(table, day, "never published", "", {}) for table in tables for day in DAYS)
        (folder / "home").mkdir(mode=0o700)
        (folder / "home" / "geoward.yaml").write_text(
            "regions:\n  eu: {root: warehouse/eu, jurisdiction: eu}\n  us: {root: warehouse/us, jurisdiction: us}\n"
            "first_date: '2026-05-20'\n"
        )
        home = open_home(folder / "home")
        catalog = Catalog(home.region("eu"))
        catalog.land(FILE)
        catalog.set_dates([FILE], [(FILE.source, FILE.file_id, "raw.pings", day.isoformat(), 107, 107) for day in DAYS])
        batch = Batch("eu", tables, DAYS, stale)
        (outcome,) = materialize_batches(home, Sessions(home), [batch], lambda table, reports: None)
    assert set(outcome.errors) == {FAILING}
    return home


@pytest.fixture(scope="module")
def ui(home, serving):
    """The address of `geoward ui --read-only`."""
    with serving(home, "--read-only") as server:
        yield server.address


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look(browser, ui, tmp_path_factory):
    """Open a page of the UI, wait for a text on it, keep a screenshot, and return the page."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(45_000)
    folder = Path(os.environ.get("GEOWARD_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))

    def look(path, *texts, name):
        page.goto(f"{ui}{path}", wait_until="domcontentloaded")
        for text in texts:
            page.get_by_text(text).first.wait_for()
        page.wait_for_timeout(1_500)
        page.screenshot(path=folder / f"{name}.png")
        return page

    yield look
    context.close()


def test_nobody_is_asked_to_sign_up(look):
    page = look("/", "Catalog", name="first")

    text = page.inner_text("body").lower()
    assert not any(words in text for words in ("sign up", "newsletter", "your email", "join the dagster community"))
    assert page.get_by_role("dialog").count() == 0


def test_the_lineage_shows_each_layer_with_its_tables(look):
    page = look("/asset-groups", "protected", name="lineage")

    assert all(page.get_by_text(layer, exact=True).count() for layer in LAYERS)


def test_a_release_shows_what_it_is_made_from(look):
    page = look("/assets/curated/mobility?view=lineage", "mobility", name="upstream")

    assert all(page.get_by_text(name, exact=True).count() for name in ("raw", "protected", "curated"))


def test_a_table_tells_what_it_is(look):
    page = look("/assets/curated/mobility?view=overview", "Distinct persons by cell and time slot", name="overview")

    text = page.inner_text("body")
    assert "privacy-engineering" in text
    assert "geoward/legal_basis" in text


def test_a_table_shows_its_partitions_with_row_counts(look):
    page = look("/assets/clean/pings?view=partitions&partition=2026-06-01%7Ceu", "2026-06-01", name="partition")

    page.get_by_text("rows_out").first.wait_for()
    text = page.inner_text("body")
    assert all(name in text for name in ("rows_in", "quarantined", "rejected_by", "why_it_ran"))
    assert "101" in text


def test_a_table_shows_its_checks_and_what_they_mean(look):
    page = look("/assets/curated/mobility?view=checks", "crowds_recounted", name="checks")

    text = page.inner_text("body")
    assert all(check in text for check in checks_of(JOBS["curated.mobility"]))


def test_a_failed_check_shows_its_mend(look):
    page = look(
        f"/assets/{FAILING.replace('.', '/')}?view=checks&checkDetail=expectations", "expectations", name="failed"
    )

    page.get_by_text("Fix the mapping").first.wait_for()
    assert "Failed" in page.inner_text("body")


def test_an_auditor_can_start_nothing(look, ui):
    look("/assets/clean/pings", "pings", name="read-only")
    asked = urllib.request.Request(
        f"{ui}/graphql", b'{"query": "{permissions {permission value}}"}', {"content-type": "application/json"}
    )
    found = json.load(urllib.request.urlopen(asked, timeout=30))["data"]["permissions"]
    assert found
    assert {one["permission"] for one in found if one["value"]} <= {"reload_repository_location", "reload_workspace"}


def test_only_without_read_only_the_daemon_runs_that_starts_schedules(home, serving):
    with serving(home) as server:
        assert urllib.request.urlopen(server.address, timeout=30).status == 200
        assert "daemon" in server.programs()
    with serving(home, "--read-only") as server:
        assert "webserver" in server.programs()
        assert "daemon" not in server.programs()


def _reports(table, dates):
    checks = tuple(
        Verdict(name, True, text, "Nothing to mend.", {"rows": 100}) for name, text in checks_of(JOBS[table]).items()
    )
    if table == FAILING:
        bad = Verdict(
            "expectations", False, "2 rows fail matches_pattern on actor_id.", "Fix the mapping.", {"rows": 2}
        )
        raise AuditFailed(table, "eu", ("expectations",), "Fix the mapping.", verdicts=(checks[0], bad))
    counts = {"quarantined": 2, "quarantined_by": {"out_of_bounds:latitude": 2}, "rejected": {"no_consent": 4}}
    if JOBS[table].kind == "aggregate":
        counts = {"contributing": 95, "suppressed": 12, "suppressed_by": {"below_k": 12}}
    facts = {**counts, "version": 1, "checks": checks, "reason": "never published", "run_id": "run"}
    digests = {"contract": "c0ffee", "policy": "abcdef", "code": "123456"}
    return [RunReport(table, "eu", day, 107, 101, **facts, **digests) for day in sorted(dates)]
