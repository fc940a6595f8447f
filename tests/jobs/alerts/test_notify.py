from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from jobs.alerts import notify as notify_module
from jobs.alerts.memory import Memory, memory_path, recall
from jobs.alerts.notify import notify, try_channels
from jobs.audit_log import read_audit
from jobs.explain_failure import kind_of

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def bodies(hook):
    """Return the JSON that the server got, oldest first."""
    return lambda: [json.loads(request.body) for request in hook.received]


def kinds(body):
    return [p["kind"] for p in body["problems"]], [p["kind"] for p in body["resolved"]]


def test_without_channels_or_problems_nothing_is_sent_or_kept(with_alerts, hooked, hook, problem):
    assert notify(hooked, [], at=AT) == []
    home = with_alerts()
    assert notify(home, [problem()], at=AT) == []
    assert hook.received == []
    assert read_audit(home) == []


def test_all_problems_of_a_night_are_one_message(hooked, bodies, problem):
    (sent,) = notify(hooked, [problem(), problem(day=date(2026, 6, 2)), problem("late", "us")], at=AT)

    assert (sent.ok, sent.problems, sent.resolved) == (True, 3, 0)
    assert [kinds(body) for body in bodies()] == [(["failed", "failed", "late"], [])]


def test_what_was_told_is_not_told_again_but_what_is_new_is(hooked, bodies, problem):
    notify(hooked, [problem()], at=AT)
    assert notify(hooked, [problem(day=date(2026, 6, 2))], at=AT + HOUR) == []
    notify(hooked, [problem(), problem("stuck")], at=AT + 2 * HOUR)

    assert [kinds(body)[0] for body in bodies()] == [["failed"], ["stuck"]]
    assert "Still open, told before: 1." in bodies()[1]["text"]


def test_a_problem_that_stays_is_told_again_once_a_day(hooked, hook, problem):
    told = [len(notify(hooked, [problem()], at=AT + n * HOUR)) for n in range(0, 73, 6)]

    assert told == [1, 0, 0, 0] * 3 + [1]
    assert len({request.headers["Idempotency-Key"] for request in hook.received}) == 4, "none is taken for another"


def test_a_mended_problem_is_told_as_resolved_once_and_as_new_when_it_returns(hooked, bodies, hook, problem):
    for problems in ([problem()], [], [], [problem()]):
        notify(hooked, problems, at=AT)

    assert [kinds(body) for body in bodies()] == [(["failed"], []), ([], ["failed"]), (["failed"], [])]
    assert bodies()[1]["resolved"][0]["since"] == "2026-06-02T03:00:00Z"
    assert len({request.headers["Idempotency-Key"] for request in hook.received}) == 3


@pytest.mark.parametrize("answer", [500, 302, "close", "hang"])
def test_a_failed_delivery_is_tried_again_with_the_same_key(hooked, hook, bodies, problem, answer):
    hook.answer = answer
    (failed,) = notify(hooked, [problem()], at=AT, timeout=0.3)
    hook.answer = 200
    (sent,) = notify(hooked, [problem()], at=AT + HOUR)
    assert notify(hooked, [problem()], at=AT + 2 * HOUR) == []

    assert (failed.ok, sent.ok) == (False, True)
    one, other = hook.received
    assert one.headers["Idempotency-Key"] == other.headers["Idempotency-Key"]


def test_a_resolution_that_failed_is_tried_again(hooked, hook, bodies, problem):
    notify(hooked, [problem()], at=AT)
    hook.answer = 500
    notify(hooked, [], at=AT + HOUR)
    hook.answer = 200
    notify(hooked, [], at=AT + 2 * HOUR)
    assert notify(hooked, [], at=AT + 3 * HOUR) == []

    assert [kinds(body) for body in bodies()] == [(["failed"], []), ([], ["failed"]), ([], ["failed"])]


def test_each_channel_is_told_of_its_kinds_and_regions_and_remembers_for_itself(
    with_alerts, hook, start_mail, monkeypatch, problem
):
    box = start_mail()
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)
    home = with_alerts(
        "- {name: chat, webhook: {url_env: GEOWARD_ALERT_URL}, kinds: [late, storage], regions: [eu]}",
        "- {name: mail, kinds: [failed], email: {to: [a@example.org], from: b@example.org, host: 127.0.0.1, "
        f"port: {box.port}, starttls: false}}}}",
    )
    night = [problem("late"), problem("late", "us"), problem("storage", ""), problem("failed", "us"), problem("stale")]
    hook.answer = 500

    assert [(one.channel, one.ok, one.problems) for one in notify(home, night, at=AT)] == [
        ("chat", False, 2), ("mail", True, 1),
    ]  # fmt: skip
    hook.answer = 200
    assert [one.channel for one in notify(home, night, at=AT + HOUR)] == ["chat"], "the mail has its message"

    assert [(p["kind"], p["region"]) for p in json.loads(hook.received[-1].body)["problems"]] == [
        ("late", "eu"), ("storage", ""),
    ]  # fmt: skip
    ((message, _, _),) = box.received
    assert message["Subject"] == "Geoward: 1 failed"
    assert message.get_content().splitlines()[:3] == [
        "failed: clean.pings in us, 2026-06-01", "  What: 3 runs failed.", "  Mend: Run `geoward run`.",
    ]  # fmt: skip


def test_a_channel_that_is_no_longer_configured_is_forgotten(with_alerts, hooked, problem):
    notify(hooked, [problem()], at=AT)
    other = with_alerts("- {name: other, kinds: [late], webhook: {url_env: GEOWARD_ALERT_URL}}")

    notify(other, [problem()], at=AT)

    assert set(recall(other)) == {"other"}


def test_two_runs_that_end_together_tell_once(hooked, hook, problem):
    together = threading.Barrier(2)
    sent = []

    def run():
        together.wait()
        sent.extend(notify(hooked, [problem()]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one.ok for one in sent] == [True]
    assert len(hook.received) == 1


def test_a_memory_that_cannot_be_used_does_not_silence(hooked, hook, problem):
    memory_path(hooked).write_text("not a database" * 100)

    first, again = (notify(hooked, [problem()], at=AT)[0] for _ in range(2))

    assert first.ok
    assert "could not be remembered, so it will be told again" in again.said
    assert len(hook.received) == 2


def test_a_run_that_waits_too_long_for_another_says_so_and_goes_on(hooked, hook, problem, monkeypatch):
    other = Memory(hooked)
    monkeypatch.setattr(notify_module, "Memory", partial(Memory, wait=0.05))

    (failed,) = notify(hooked, [problem()], at=AT)
    other.close()

    assert (failed.ok, "Another process is telling" in failed.said) == (False, True)
    assert hook.received == []
    assert [one.ok for one in notify(hooked, [problem()], at=AT)] == [True]


def test_a_process_killed_while_it_sends_is_followed_by_one_with_the_same_key(hooked, hook, problem):
    code = (
        "import jobs.home, jobs.problem, jobs.alerts.notify as n, pathlib, datetime;"
        f"home = jobs.home.open_home(pathlib.Path({str(hooked.path)!r}));"
        "p = jobs.problem.Problem('failed', 'eu', 'clean.pings', None, 'It failed.', 'Mend it.');"
        "n.notify(home, [p])"
    )
    hook.answer = "hang"
    process = subprocess.Popen([sys.executable, "-c", code])
    while not hook.received:
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    hook.answer = 200

    assert [one.ok for one in notify(hooked, [problem()])] == [True]
    assert len({request.headers["Idempotency-Key"] for request in hook.received}) == 1


def test_nothing_is_raised_into_the_run_when_no_thread_starts(hooked, problem, monkeypatch):
    error = RuntimeError("can't start new thread planted")

    def no_thread(_):
        raise error

    monkeypatch.setattr(threading.Thread, "start", no_thread)

    (failed,) = notify(hooked, [problem()], at=AT)

    assert (failed.ok, failed.said) == (False, f"This failed unexpectedly with {kind_of(error)}.")


def test_an_audit_table_that_cannot_be_written_does_not_stop_the_message(hooked, hook, problem):
    (hooked.path / "audit").write_text("in the way")

    assert [one.ok for one in notify(hooked, [problem()], at=AT)] == [True]
    assert len(hook.received) == 1


def test_each_delivery_is_audited_with_counts_only(hooked, hook, problem):
    notify(hooked, [problem(), problem("late")], at=AT)
    hook.answer = 500
    notify(hooked, [], at=AT + HOUR)

    assert [(e["kind"], e["subject"], e["outcome"], e["detail"]) for e in read_audit(hooked)] == [
        ("alert", "webhook:GEOWARD_ALERT_URL", "sent", {"problems": 2, "resolved": 0, "refused": 0, "test": False}),
        ("alert", "webhook:GEOWARD_ALERT_URL", "failed", {"problems": 0, "resolved": 2, "refused": 0, "test": False}),
    ]


def test_a_test_message_holds_no_problem_and_changes_nothing_that_is_remembered(hooked, bodies, problem):
    (sent,) = try_channels(hooked)

    assert sent.ok
    assert (bodies()[0]["problems"], "a test" in bodies()[0]["text"]) == ([], True)
    assert recall(hooked) == {}
    assert [entry["detail"]["test"] for entry in read_audit(hooked)] == [True]


def test_a_dry_run_of_the_test_sends_and_audits_nothing(hooked, hook):
    assert [one.ok for one in try_channels(hooked, dry_run=True)] == [True]
    assert hook.received == []
    assert read_audit(hooked) == []


def test_no_secret_is_in_a_file_a_log_a_delivery_or_the_home(
    with_alerts, hook, start_mail, server_tls, trusted, monkeypatch, caplog, capfd, problem
):
    caplog.set_level(logging.DEBUG)
    box = start_mail(tls_context=server_tls, login=True)
    for name, value in {"URL": hook.url, "USER": "planted-user", "PASSWORD": "planted-password"}.items():
        monkeypatch.setenv(f"GEOWARD_{name}", value)
    home = with_alerts(
        "- webhook: {url_env: GEOWARD_URL}",
        f"- email: {{to: [a@example.org], from: b@example.org, port: {box.port}, "
        "user_env: GEOWARD_USER, password_env: GEOWARD_PASSWORD}",
    )
    said = []
    for answer in (500, 302, "close", 200):
        hook.answer, hook.location = answer, "http://127.0.0.1:1/planted"
        said += [*notify(home, [problem()], at=AT), *try_channels(home)]
    monkeypatch.setenv("GEOWARD_PASSWORD", "planted-wrong")
    said += [*notify(home, [], at=AT + HOUR), *try_channels(home, dry_run=True)]

    assert [one.ok for one in said].count(True) > 5
    assert any("refused the user or the password" in one.said for one in said)
    assert box.logins[0] == ("planted-user", "planted-password", True), "it was really used"
    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert {memory_path(home), home.path / "geoward.yaml"} <= set(files)
    kept = b"".join(Path(path).read_bytes() for path in files).decode("latin-1")
    told = "".join((kept, caplog.text, *capfd.readouterr(), repr(said), repr(home), repr(read_audit(home))))
    assert not [secret for secret in ("planted", "services/T0") if secret in told]


def test_the_time_is_that_of_the_jobs_unless_given(hooked, problem, monkeypatch):
    monkeypatch.setattr(notify_module, "now", lambda: AT + 9 * HOUR)

    notify(hooked, [problem()])

    assert recall(hooked)["webhook:GEOWARD_ALERT_URL"].at == AT + 9 * HOUR
