from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from jobs.alerts.notify import notify
from jobs.home import open_home
from jobs.problem import Problem

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


@pytest.fixture
def configured(home, hook, monkeypatch):
    """Configure a channel whose URL is that of the HTTP server, and what else is said."""
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)

    def configured(*lines):
        text = "".join(f"  {line}\n" for line in ("- webhook: {url_env: GEOWARD_ALERT_URL}", *lines))
        (home.path / "geoward.yaml").write_text("regions:\n  eu: {root: w, jurisdiction: eu}\nalerts:\n" + text)
        return open_home(home.path)

    return configured


def test_without_a_channel_a_test_is_wrong_use_and_the_list_says_what_to_read(geoward, fits):
    done = geoward("alerts", "test")

    assert done.exception.exit_code == 2
    assert "docs/alerts.md" in str(done.exception)
    assert "docs/alerts.md" in " ".join(geoward("alerts", "list").stdout.split())
    assert geoward("alerts", "list", "--json").document == {"channels": []}


def test_a_test_reaches_every_channel(geoward, configured, hook, fits):
    configured()

    done = geoward("alerts", "test", "--json")

    assert (done.exit_code, fits(done.document, "alerts-test")) == (0, True)
    assert done.document["deliveries"] == [
        {"channel": "webhook:GEOWARD_ALERT_URL", "ok": True, "said": "Sent.", "refused": 0}
    ]
    assert len(hook.received) == 1
    assert "Sent." in geoward("alerts", "test").stdout


def test_a_channel_that_is_not_reached_ends_in_exit_code_1(geoward, configured, hook):
    configured("- {name: unset, webhook: {url_env: NOT_SET}}")

    done = geoward("alerts", "test")
    assert done.exit_code == 1
    assert "NOT_SET is not set" in " ".join(done.stdout.split())
    assert geoward("alerts", "test", "--dry-run").exit_code == 1
    configured()
    hook.answer = 500
    assert geoward("alerts", "test", "--json").document["ok"] is False


def test_a_dry_run_sends_nothing(geoward, configured, hook):
    configured()

    done = geoward("alerts", "test", "--dry-run", "--json")

    assert (done.exit_code, done.document["dry_run"]) == (0, True)
    assert hook.received == []


def test_the_list_shows_what_each_channel_was_told_and_when(geoward, configured, hook, fits):
    home = configured("- {name: late-ones, kinds: [late], webhook: {url_env: NOT_SET}}")
    notify(home, [Problem("failed", "eu", "clean.pings", date(2026, 6, 1), "It failed.", "Mend it.")], at=AT)

    listed = geoward("alerts", "list", "--json")

    told, silent = listed.document["channels"]
    assert fits(listed.document, "alerts-list")
    assert (told["last_at"], told["last_ok"], told["last_said"]) == ("2026-06-02T03:00:00Z", True, "Sent.")
    assert [(p["kind"], p["table"], p["since"]) for p in told["told"]] == [
        ("failed", "clean.pings", "2026-06-02T03:00:00Z")
    ]
    assert (silent["last_at"], silent["last_ok"], silent["told"], silent["kinds"]) == (None, None, [], ["late"])
    shown = geoward("alerts", "list").stdout
    assert "none yet" in shown
    assert "planted" not in shown + listed.stdout
