from __future__ import annotations

import pytest

from jobs.alerts.config import is_loopback
from jobs.problem import PROBLEM_KINDS, ProblemKey
from quality.contracts.errors import ConfigError


def test_without_alerts_nobody_is_told(with_alerts):
    assert with_alerts().alerts == ()


def test_a_channel_is_told_of_everything_everywhere_after_a_day_unless_said_otherwise(with_alerts):
    (channel,) = with_alerts("- webhook: {url_env: MY_URL}").alerts

    assert (channel.kinds, channel.regions, channel.remind_after_hours) == (PROBLEM_KINDS, None, 24)
    assert channel.label == "webhook:MY_URL"
    assert all(channel.hears(ProblemKey(kind, region, "")) for kind in PROBLEM_KINDS for region in ("eu", "us", ""))


def test_mail_goes_to_the_local_server_with_starttls_unless_said_otherwise(with_alerts):
    (channel,) = with_alerts("- email: {to: [a@example.org], from: b@example.org}").alerts

    assert (channel.email.host, channel.email.port, channel.email.starttls) == ("localhost", 25, True)
    assert channel.way.target == "a@example.org by localhost:25"
    assert "example.org" not in channel.label, "the audit table keeps it"


@pytest.mark.parametrize(
    ("key", "heard"),
    [
        pytest.param(ProblemKey("failed", "eu", "raw.pings"), True, id="both-fit"),
        pytest.param(ProblemKey("late", "eu", "raw.pings"), False, id="another-kind"),
        pytest.param(ProblemKey("failed", "us", "raw.pings"), False, id="another-region"),
        pytest.param(ProblemKey("failed", "", ""), True, id="the-installation-concerns-every-region"),
    ],
)
def test_a_channel_hears_of_its_kinds_and_regions(with_alerts, key, heard):
    (channel,) = with_alerts("- {webhook: {url_env: MY_URL}, kinds: [failed, stuck], regions: [eu]}").alerts

    assert channel.hears(key) is heard


EMAIL = "to: [a@example.org], from: b@example.org"
HOOK = "webhook: {url_env: MY_URL}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("- webhook: {url: 'https://planted'}", r"alerts\.0\.webhook: .*not one of url_env, url_file",
                     id="the-url-itself"),
        pytest.param("- webhook: {https://planted}", r"alerts\.0\.webhook: .*not one of", id="the-url-as-a-field"),
        pytest.param("- {https://planted}", r"alerts\.0: .*not one of", id="the-url-as-a-channel"),
        pytest.param("- webhook: https://planted", r"alerts\.0\.webhook: ", id="the-url-as-a-webhook"),
        pytest.param("- webhook: {url_env: 'https://planted'}", r"alerts\.0\.webhook\.url_env: ", id="url-as-variable"),
        pytest.param("- webhook: {url_file: 'https://planted'}", r"alerts\.0\.webhook\.url_file: ", id="url-as-file"),
        pytest.param("- webhook: {planted}", r"alerts\.0\.webhook: .*has a field, which", id="a-lower-case-secret"),
        pytest.param("- webhook: {planted-1: x}", r"alerts\.0\.webhook: .*has a field, which", id="no-word"),
        pytest.param(f"- {{{HOOK}, kind: [planted]}}", r"alerts\.0: .*has kind, which is not one", id="typo"),
        pytest.param("- webhook: {}", "url_env or url_file", id="no-url"),
        pytest.param("- webhook: {url_env: A, url_file: b}", "not both", id="two-urls"),
        pytest.param(f"- {{{HOOK}, email: {{{EMAIL}}}}}", "one webhook or one email", id="two-ways"),
        pytest.param("- kinds: [late]", "one webhook or one email", id="no-way"),
        pytest.param(f"- {{{HOOK}, kinds: [planted]}}", r"alerts\.0\.kinds\.0: .*'failed'", id="unknown-kind"),
        pytest.param(f"- {{{HOOK}, kinds: []}}", r"alerts\.0\.kinds: ", id="no-kind"),
        pytest.param(f"- {{{HOOK}, regions: []}}", r"alerts\.0\.regions: ", id="no-region"),
        pytest.param(f"- {{{HOOK}, regions: [planted]}}", r"alerts\.0\.regions: known are eu, us", id="unknown-region"),
        pytest.param(f"- {{{HOOK}, remind_after_hours: 0}}", "remind_after_hours", id="always"),
        pytest.param(f"- {{{HOOK}, name: 'a b'}}", r"alerts\.0\.name", id="name"),
        pytest.param(f"- email: {{{EMAIL}, password: planted}}", r"alerts\.0\.email: .*password_env", id="a-password"),
        pytest.param(f"- email: {{{EMAIL}, user_env: USER}}", "go together", id="user-alone"),
        pytest.param(f"- email: {{{EMAIL}, host: mx.example.org, starttls: false}}", "starttls", id="in-the-clear"),
        pytest.param(f"- email: {{{EMAIL}, port: 0}}", r"email\.port", id="port"),
        pytest.param("- email: {to: [], from: b@example.org}", r"email\.to", id="to-nobody"),
        pytest.param("- email: {to: [planted], from: b@example.org}", r"email\.to\.0", id="no-address"),
        pytest.param('- email: {to: ["a@example.org\\nBcc: planted@x"], from: b@example.org}', r"email\.to\.0",
                     id="header-in-address"),
        pytest.param("- email: {to: [a@example.org]}", r"email\.from", id="from-nobody"),
    ],
)  # fmt: skip
def test_each_mistake_is_refused_by_file_and_field_without_what_was_written(with_alerts, line, said):
    with pytest.raises(ConfigError, match=said) as refused:
        with_alerts(line)

    assert "geoward.yaml" in str(refused.value)
    assert "planted" not in str(refused.value)


def test_two_channels_of_one_name_are_refused_and_names_tell_them_apart(with_alerts):
    with pytest.raises(ConfigError, match="also called webhook:MY_URL; give each a name"):
        with_alerts(f"- {HOOK}", f"- {HOOK}")

    assert [c.label for c in with_alerts(f"- {HOOK}", f"- {{{HOOK}, name: day}}").alerts] == ["webhook:MY_URL", "day"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
     ("localhost.example.org", False), ("127.0.0.1.example.org", False), ("10.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_this_machine_is_told_from_others(host, expected):
    assert is_loopback(host) is expected
