from __future__ import annotations

import hashlib
import re
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jobs.budget.grant import BudgetExceeded
from quality.contracts.errors import EnvironmentFault, PolicyBreach, UsageError
from tests.audited import audited
from tests.jobs.cli.noisy_builds import DAYS, DECLARED


def test_every_public_partition_has_a_figure_and_the_claim_names_unit_and_lifetime(granted, noisy):
    done, rows = noisy()

    assert [row["place"] for row in rows] == ["museum", "park", "pool"]
    assert "per user-day" in done.document["alone"]["claim"]
    assert "over a lifetime" in done.document["alone"]["claim"]
    assert done.document["left"] == {"city": [0.3, 0.0], "everybody": [0.3, 0.0]}


def test_a_report_of_noisy_figures_states_the_loss_and_the_noise(granted, noisy, tmp_path):
    page = tmp_path / "report.html"

    done, _ = noisy(*DAYS, "--report", page, threshold={"measure": "visits", "at_least": 5})

    told = page.read_text()
    assert hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest() in told
    assert done.document["alone"]["claim"] in told
    assert done.document["in_all"]["claim"] in told
    assert "over a lifetime" in told
    assert "2.236" in told  # sqrt(2) of sensitivity, sqrt(2 * 0.2) of loss
    assert "± 4.383" in told  # 1.96 times that
    assert "rho left" in told and "0.3" in told
    assert "not measured" in told


def test_the_page_of_noisy_figures_hangs_on_no_row_but_for_what_is_published(granted, noisy, tmp_path):
    """Two data sets, one of nobody: but for their files' digests and what is left, the pages are the same."""
    pages = []
    for people, day in ((3, "2026-05-01"), (0, "2026-05-03")):
        page = tmp_path / f"{people}.html"
        noisy("--from", day, "--to", day, "--report", page, people=people, out=f"{people}.csv")
        pages.append(page.read_text())

    less = [
        re.sub(r"<code>[0-9a-f]{64}|\d.csv|Made at.*|days from.*|<td>(?:everybody|city).*", "", one) for one in pages
    ]
    assert less[0] == less[1]


def test_what_is_declared_of_noisy_figures_cannot_become_a_part_of_the_page(granted, noisy, tmp_path):
    bad, page = "<script>alert(1)</script>", tmp_path / "report.html"
    bounds = {**DECLARED["bounds"], "because": bad}

    noisy(*DAYS, "--report", page, description=bad, purpose=bad, bounds=bounds, measures={bad: {"measure": "count"}})

    assert page.read_text().count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert "<script" not in page.read_text()


def test_noisy_figures_are_not_drawn_again_for_a_report(granted, noisy, geoward, tmp_path):
    noisy()

    done = geoward("release", "report", tmp_path / "noisy.yaml", "-o", tmp_path / "report.html")

    assert "drawn once" in str(done.exception)
    assert "--report" in done.exception.mend


def test_the_same_again_is_the_same_figures_and_costs_nothing_more(granted, noisy):
    done, first = noisy()
    again, second = noisy(out="again.csv")

    assert first == second
    assert again.document["left"] == done.document["left"]


def test_other_days_are_paid_for_apart_and_refused_when_the_budget_is_gone(granted, noisy):
    noisy()
    noisy("--from", "2026-05-02", "--to", "2026-05-02", out="second.csv")

    refused, rows = noisy("--from", "2026-05-01", "--to", "2026-05-02", out="third.csv")

    assert rows is None
    assert isinstance(refused.exception, BudgetExceeded)


def test_changed_data_of_days_that_are_out_is_refused(granted, noisy):
    noisy()

    done, rows = noisy(people=4, out="changed.csv")

    assert rows is None
    assert isinstance(done.exception, PolicyBreach)


def test_a_budget_per_month_of_a_user_is_refused_and_no_auditor_is_told(geoward, home):
    geoward("budget", "make")

    done = geoward("budget", "grant", "visits", "--unit", "user", "--rho", "0.1", "--per", "month")

    assert isinstance(done.exception, UsageError)
    assert [e["outcome"] for e in audited(home) if e["subject"] == "privacy budgets"] == ["ledger made"]


def test_a_file_is_not_charged_to_the_budget_of_another_name(granted, noisy, geoward):
    for consumer in ([], ["--consumer", "city"]):
        geoward("budget", "grant", "toy", "--unit", "user_day", "--rho", "50", *consumer)
    noisy()

    done, rows = noisy(reads="toy", out="second.csv")

    assert rows is None
    assert "charged to the budget of visits" in str(done.exception)


@pytest.mark.parametrize(
    ("times", "readable"),
    [
        pytest.param(["2026-05-01T10:00:00", "2026-05-01 10:00", "2026-05-01"], True, id="without-a-zone-is-utc"),
        pytest.param(["2026-05-01T10:00:00Z", "2026-05-01T23:00:00+02:00"], True, id="with-a-zone"),
        pytest.param(["1 May", "2 May"], False, id="no-time"),
        pytest.param(["2026-05-01T10:00:00Z", "yesterday"], True, id="one-that-is-none-is-of-no-day"),
    ],
)
def test_times_are_read_before_anything_is_spent(granted, geoward, tmp_path, times, readable):
    (tmp_path / "t.csv").write_text("who,place,at\n" + "".join(f"p{n},park,{at}\n" for n, at in enumerate(times)))
    (tmp_path / "t.yaml").write_text(yaml.safe_dump(DECLARED))

    done = geoward(
        "release", "build", tmp_path / "t.yaml", "-i", tmp_path / "t.csv", "-o", tmp_path / "o.csv", "--consumer",
        "city", *DAYS,
    )  # fmt: skip

    spent = [one["spends"] for one in geoward("budget", "list", "--json").document["budgets"]]
    assert (spent, done.exit_code) == (([1, 1], 0) if readable else ([0, 0], 1))
    assert readable or "Column at of t.csv holds no time" in str(done.exception)


def test_figures_are_of_the_bytes_whose_digest_is_charged(granted, noisy, monkeypatch):
    """A file that is swapped after its digest was taken is not what is read."""
    from jobs.release import build_noisy

    seen, read = [], build_noisy.read_table
    monkeypatch.setattr(
        build_noisy, "read_table",
        lambda path, *rest: path.write_text("who,place,at\np0,pool,2026-05-01T10:00:00Z\n") and seen.append(
            read(path, *rest)
        ) or seen[-1],
    )  # fmt: skip

    noisy()

    assert seen[0]["place"].unique().to_pylist() == ["park"]


def test_without_a_budget_nothing_is_spent_or_read(geoward, noisy):
    geoward("budget", "make")

    done, rows = noisy()

    assert rows is None
    assert "has no privacy budget" in str(done.exception)


def test_a_ledger_that_is_gone_is_not_begun_anew(granted, geoward, noisy, home):
    (home.path / "budget" / "ledger.sqlite").unlink()

    for done in (geoward("budget", "make"), noisy()[0]):
        assert isinstance(done.exception, EnvironmentFault)
        assert "backup" in str(done.exception)


def test_auditors_are_told_of_each_grant(granted, home):
    told = [entry["outcome"] for entry in audited(home) if entry["subject"] == "privacy budgets"]

    assert told == ["ledger made", "budget granted", "budget granted"]


def test_budgets_are_listed_with_what_was_paid_of_them(granted, noisy, geoward, fits):
    noisy()

    document = geoward("budget", "list", "--json").document

    assert fits(document, "budget-list")
    assert [(one["consumer"], one["granted"], one["spends"]) for one in document["budgets"]] == [
        ("", [0.5, 0.0], 1), ("city", [0.5, 0.0], 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--rho", "1", "--epsilon", "1"], "in one accounting", id="both"),
        pytest.param([], "in one accounting", id="neither"),
        pytest.param(["--rho", "much"], "no privacy loss", id="no-number"),
        pytest.param(["--epsilon", "-1"], "no privacy loss", id="below-nothing"),
    ],
)
def test_a_grant_that_is_no_loss_is_refused(geoward, arguments, told):
    geoward("budget", "make")

    done = geoward("budget", "grant", "visits", "--unit", "user", *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_figures_need_days_and_somebody_who_pays(granted, noisy, geoward, tmp_path):
    days, _ = noisy("--from", "May")
    who, _ = noisy(consumer="")
    dry = geoward("release", "build", tmp_path / "noisy.yaml", "--dry-run")

    none, _ = noisy("--to", "2026-05-01")
    assert "--from 'May' is no day" in str(days.exception)
    assert "Of which days" in str(none.exception)
    assert "--consumer" in str(who.exception)
    assert "no dry run" in str(dry.exception)


KINDS = {
    "a-number-for-a-text": {"who": ["a"], "place": [1]},
    "a-struct-for-a-text": {"who": ["a"], "place": [{"x": 1}]},
    "a-list-of-users": {"who": [["a"]], "place": ["park"]},
    "bytes-that-are-no-text": {"who": [b"\xff\xfe"], "place": ["park"]},
}


@pytest.mark.parametrize("columns", KINDS.values(), ids=KINDS)
def test_kinds_are_looked_at_before_anything_is_spent_and_bind_no_file(granted, geoward, tmp_path, columns):
    at = pa.array([datetime(2026, 5, 1, 8)], pa.timestamp("us"))
    pq.write_table(pa.table({**columns, "at": at}), tmp_path / "t.parquet")
    (tmp_path / "t.yaml").write_text(yaml.safe_dump(DECLARED))

    done = geoward(
        "release", "build", tmp_path / "t.yaml", "-i", tmp_path / "t.parquet", "-o", tmp_path / "o.csv", "--consumer",
        "city", *DAYS,
    )  # fmt: skip

    planned = geoward("release", "plan", tmp_path / "t.yaml", "-i", tmp_path / "t.parquet", "--json")
    assert isinstance(done.exception, UsageError)
    assert planned.document["problems"] == [str(done.exception)]
    assert {one["spends"] for one in geoward("budget", "list", "--json").document["budgets"]} == {0}


UNDRAWABLE = {
    "no-loss": {"loss": {"accounting": "zcdp", "rho": "1e-400"}},
    "hardly-a-loss": {"loss": {"accounting": "zcdp", "rho": 1e-30}},
    "hardly-an-epsilon": {"loss": {"accounting": "approximate", "epsilon": 1e-300}},
    "hardly-a-share": {"measures": {
        "visits": {"measure": "count"}, "users": {"measure": "distinct_actors", "share": 1e-300},
    }},
    "a-quantiles-share": {"measures": {
        "visits": {"measure": "count"},
        "size": {"measure": "quantile", "column": "size", "minimum": 0, "maximum": 9, "at": 0.5, "share": 1e-300},
    }},
    "bounds-beyond-64-bits": {"bounds": {**DECLARED["bounds"], "l0": 10**12, "linf": 10**12}},
    "bounds-beyond-floats": {"bounds": {**DECLARED["bounds"], "l0": 10**200, "linf": 10**200}},
    "a-lifetime-without-privacy": {
        "loss": {"accounting": "approximate", "epsilon": 0.2, "delta": 0.2}, "partitions": {"are": "private"},
    },
    "a-threshold-that-is-no-number": {"threshold": {"measure": "visits", "at_least": float("nan")}},
}  # fmt: skip


@pytest.mark.parametrize("declared", UNDRAWABLE.values(), ids=UNDRAWABLE)
def test_what_cannot_be_drawn_is_refused_before_anything_is_spent(geoward, noisy, declared):
    accounting = declared.get("loss", DECLARED["loss"])["accounting"]
    geoward("budget", "make")
    for consumer in ([], ["--consumer", "city"]):
        many = ("--rho", "9") if accounting == "zcdp" else ("--epsilon", "9", "--delta", "0.9")
        geoward("budget", "grant", "visits", "--unit", "user_day", *many, *consumer)

    done, rows = noisy(**declared)

    assert rows is None
    assert isinstance(done.exception, UsageError), done.exception
    assert {one["spends"] for one in geoward("budget", "list", "--json").document["budgets"]} == {0}


def test_the_size_of_the_noise_is_told_with_the_figures(granted, noisy):
    done, _ = noisy()

    (one,) = done.document["noise"]
    assert (one["figure"], round(one["half_width"], 2)) == ("visits", 4.38)  # 1.96 * sqrt(2) / sqrt(2 * 0.2)


def test_days_without_a_row_are_told_to_who_builds_and_published_all_the_same(granted, noisy):
    """To refuse them would tell whoever waits for the figures that nobody was there."""
    empty, rows = noisy("--from", "2025-05-01", "--to", "2025-05-01")
    full, _ = noisy(out="full.csv")

    assert len(rows) == 3
    assert "No row of visits.csv lies in the days" in empty.stderr
    assert "No row" not in full.stderr


def test_a_file_that_is_missing_makes_no_home(geoward, tmp_path, monkeypatch):
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / "new"))
    (tmp_path / "n.yaml").write_text(yaml.safe_dump(DECLARED))

    done = geoward(
        "release", "build", tmp_path / "n.yaml", "-i", tmp_path / "no.csv", "-o", tmp_path / "o.csv", "--consumer",
        "city", *DAYS,
    )  # fmt: skip

    assert isinstance(done.exception, UsageError)
    assert not (tmp_path / "new").exists()


def test_a_delta_that_is_granted_is_told_and_one_that_is_missing_named(geoward, noisy):
    geoward("budget", "make")
    for consumer in ([], ["--consumer", "city"]):
        given = geoward(
            "budget", "grant", "visits", "--unit", "user_day", "--rho", "5", "--delta", "1e-7", *consumer
        )  # fmt: skip
    listed = " ".join(geoward("budget", "list").stdout.split())

    done, _ = noisy(loss={"accounting": "zcdp", "rho": 1, "delta": 1e-5}, partitions={"are": "private"})

    assert "Granted rho 5, delta 1e-7 per user_day of visits" in given.stderr
    assert "delta 1e-07" in listed
    assert "delta = 1E-7 left" in str(done.exception)
    assert "`geoward budget grant` again with `--delta`" in str(done.exception)


def test_the_last_day_there_is_can_be_asked_for(granted, noisy):
    done, rows = noisy("--from", "9999-12-31", "--to", "9999-12-31")

    assert (done.exit_code, len(rows)) == (0, 3)


@pytest.mark.parametrize(
    ("reads", "consumer"),
    [pytest.param("eu/protected.pings", "city", id="a-table"), pytest.param("visits", "curated", id="its-readers")],
)
def test_what_is_the_lakes_is_neither_granted_nor_spent_by_hand(granted, geoward, tmp_path, reads, consumer):
    given = geoward("budget", "grant", reads, "--unit", "user_day", "--rho", "1", "--consumer", consumer)
    assert "are the lake's" in str(given.exception)

    (tmp_path / "t.csv").write_text("who,place,at\nann,park,2026-05-01\n")
    (tmp_path / "t.yaml").write_text(yaml.safe_dump({**DECLARED, "reads": reads}))
    done = geoward(
        "release", "build", tmp_path / "t.yaml", "-i", tmp_path / "t.csv", "-o", tmp_path / "o.csv", "--consumer",
        consumer, *DAYS,
    )  # fmt: skip
    assert "are the lake's" in str(done.exception)


def test_a_release_of_users_takes_the_days_only_where_rows_have_a_time(granted, geoward, tmp_path):
    (tmp_path / "t.csv").write_text("who,place\nann,park\n")
    (tmp_path / "t.yaml").write_text(
        yaml.safe_dump({**DECLARED, "unit": {"per": "user", "user": "who"}, "lifetime": {"units": 1}})
    )

    done = geoward(
        "release", "build", tmp_path / "t.yaml", "-i", tmp_path / "t.csv", "-o", tmp_path / "o.csv", "--consumer",
        "city", *DAYS,
    )  # fmt: skip

    assert "knows no time of a row" in str(done.exception)
