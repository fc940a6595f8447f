from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from jobs.alerts.config import Channel
from jobs.alerts.digest import Digest, Told, digest, told_after

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def channel(**options):
    return Channel.model_validate({"webhook": {"url_env": "MY_URL"}, **options})


def known(*problems, at=AT, since=None):
    return {p.key: Told(p.key, since or at, at) for p in problems}


def test_what_is_new_is_due_in_the_order_of_kind_region_table_and_date(problem):
    problems = [problem("late"), problem(day=date(2026, 6, 2)), problem(day=date(2026, 6, 1)), problem(day=None)]

    assert [(p.kind, str(p.date)) for p in digest(channel(), problems, {}, AT).problems] == [
        ("failed", "None"), ("failed", "2026-06-01"), ("failed", "2026-06-02"), ("late", "2026-06-01"),
    ]  # fmt: skip


def test_what_was_told_is_not_due_and_is_counted_once_for_all_its_dates(problem):
    again = [problem(day=date(2026, 6, 2)), problem(day=date(2026, 6, 3))]

    found = digest(channel(), again, known(problem()), AT + HOUR)

    assert not found
    assert found.still_open == 1


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        pytest.param(23, 0, id="not-yet"),
        pytest.param(23.6, 1, id="a-nightly-run-ends-a-little-earlier-than-yesterday"),
        pytest.param(24, 1, id="a-day"),
        pytest.param(-1, 0, id="a-clock-set-back-a-little"),
        pytest.param(-9000, 1, id="a-clock-set-back-must-not-silence"),
    ],
)
def test_a_problem_is_told_again_after_a_day(problem, hours, due):
    assert len(digest(channel(), [problem()], known(problem()), AT + hours * HOUR).problems) == due


def test_each_channel_has_its_own_time_of_reminder(problem):
    weekly = channel(remind_after_hours=24 * 7)

    assert not digest(weekly, [problem()], known(problem()), AT + 6 * 24 * HOUR)
    assert digest(weekly, [problem()], known(problem()), AT + 7 * 24 * HOUR)


def test_what_is_gone_is_resolved(problem):
    found = digest(channel(), [problem("late")], known(problem(), problem("late")), AT + HOUR)

    assert [told.key.kind for told in found.resolved] == ["failed"]
    assert found.problems == ()


def test_of_a_region_that_cannot_be_looked_at_nothing_else_is_new_or_resolved(problem):
    gone = problem("storage", "us", "", None, hides=True)
    told = known(problem("late", "us", "raw.actions"), problem("late", "eu", "raw.actions"))

    found = digest(channel(), [gone, problem("storage", "us", "raw.pings")], told, AT + HOUR)

    assert (found.problems, [one.key.region for one in found.resolved]) == ((gone,), ["eu"])
    after = told_after(channel(), found, told, AT + HOUR)
    back = digest(channel(), [problem("late", "us", "raw.actions")], after, AT + 2 * HOUR)
    assert ([one.key for one in back.resolved], back.problems) == ([gone.key], ())


def test_what_was_never_told_is_never_resolved(problem):
    assert not digest(channel(kinds=["late"]), [], {}, AT)


@pytest.mark.parametrize("now_wrong", [True, False], ids=["still-wrong", "gone"])
def test_what_a_channel_no_longer_hears_of_is_forgotten_without_a_word(problem, now_wrong):
    quiet, told = channel(kinds=["late"]), known(problem())
    found = digest(quiet, [problem()] if now_wrong else [], told, AT + HOUR)

    assert not found
    assert told_after(quiet, found, told, AT + HOUR) == {}


def test_a_channel_remembers_since_when_a_problem_is_known(problem):
    told = known(problem(), at=AT, since=AT - 24 * HOUR)
    sent = Digest((problem(), problem("late")), ())

    after = told_after(channel(), sent, told, AT + 24 * HOUR)

    assert {key.kind: (one.since, one.at) for key, one in after.items()} == {
        "failed": (AT - 24 * HOUR, AT + 24 * HOUR), "late": (AT + 24 * HOUR, AT + 24 * HOUR),
    }  # fmt: skip


def test_what_was_told_as_resolved_is_forgotten(problem):
    told = known(problem())

    assert told_after(channel(), Digest((), tuple(told.values())), told, AT) == {}


def test_a_second_attempt_has_the_same_id_and_any_other_message_another(problem):
    one = Digest((problem(), problem("late")), ())
    again = Digest((problem("late"), problem(day=date(2026, 6, 9))), ())
    ids = [
        one.identity("salt", "chat", 0), one.identity("other", "chat", 0), one.identity("salt", "mail", 0),
        one.identity("salt", "chat", 1), Digest((problem(),), ()).identity("salt", "chat", 0),
        Digest(one.problems, tuple(known(problem("stuck")).values())).identity("salt", "chat", 0),
    ]  # fmt: skip

    assert again.identity("salt", "chat", 0) == ids[0]
    assert len(set(ids)) == len(ids)
