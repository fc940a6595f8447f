from __future__ import annotations

import pytest
import yaml

from quality.contracts.errors import ConfigError
from quality.policies.load_law import LAWS
from quality.policies.load_policy import DEFAULT_POLICY, load_policy
from quality.policies.read_yaml import read_yaml

EU = ("jurisdictions", "eu")
ANALYTICS = (*EU, "uses", "analytics")
REDACTION = ("purposes", "risk", "redaction")
REMOVE = object()


def changed(tmp_path, path, value):
    """Write the default policy with one field changed."""
    data = read_yaml(DEFAULT_POLICY, what="policy")
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is REMOVE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(data))
    return file


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param((*EU, "release", "k"), 1, id="k-below-two"),
        pytest.param((*EU, "release", "k"), "planted", id="k-no-number"),
        pytest.param((*EU, "release", "finest_resolution"), 16, id="no-such-resolution"),
        pytest.param((*EU, "release", "tile_residents"), 0, id="tiles-of-nobody"),
        pytest.param((*EU, "release", "window"), "planted", id="unknown-window"),
        pytest.param((*EU, "minor_below"), -1, id="negative-age"),
        pytest.param((*ANALYTICS, "accepts"), ["planted"], id="unknown-legal-basis"),
        pytest.param((*ANALYTICS, "accepts"), [], id="no-legal-basis"),
        pytest.param((*ANALYTICS, "datasets"), ["planted"], id="unknown-dataset"),
        pytest.param((*ANALYTICS, "precision", "min_area_m2"), -1, id="negative-area"),
        pytest.param((*ANALYTICS, "precision", "time_minutes"), 7, id="odd-time-step"),
        pytest.param((*ANALYTICS, "precision", "planted_extra"), 1, id="unknown-field"),
        pytest.param((*ANALYTICS, "precision", "time_minutes"), REMOVE, id="missing-field"),
        pytest.param(("pseudonym_epoch",), "planted", id="unknown-epoch"),
        pytest.param(("retention", "raw", "days"), 0, id="kept-for-no-day"),
        pytest.param(("retention", "raw", "clock"), "planted", id="unknown-clock"),
        pytest.param(("name",), REMOVE, id="no-name"),
        pytest.param((*REDACTION, "operator"), "planted", id="unknown-operator"),
        pytest.param((*REDACTION, "operator"), REMOVE, id="no-operator"),
        pytest.param((*REDACTION, "on_request"), ["planted"], id="unknown-operator-on-request"),
        pytest.param((*REDACTION, "kinds"), ["planted"], id="unknown-kind"),
        pytest.param((*REDACTION, "kinds"), [], id="no-kind"),
    ],
)
def test_a_bad_field_is_named_with_its_path_and_never_its_value(tmp_path, path, value):
    file = changed(tmp_path, path, value)

    with pytest.raises(ConfigError) as refused:
        load_policy(file)

    message = str(refused.value)
    assert str(file) in message
    assert ".".join(path) in message
    if value == "planted" or value == ["planted"]:
        assert "planted" not in message


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        pytest.param(("release_purpose",), "art", "purposes used but not declared: art", id="release-purpose"),
        pytest.param(("pseudonym_purpose",), "art", "purposes used but not declared: art", id="pseudonym-purpose"),
        pytest.param(("purposes", "risk"), REMOVE, "purposes used but not declared: risk", id="purpose-in-use"),
        pytest.param(
            ("purposes", "risk", "links"), ["art"], "purposes used but not declared: art", id="linked-purpose"
        ),
        pytest.param((*ANALYTICS, "precision", "citation"), "", "own limits need a citation", id="no-citation"),
        pytest.param((*EU, "laws"), ["atlantis"], "no law 'atlantis'.*Known: .*ccpa", id="no-such-law"),
        pytest.param((*EU, "laws"), [], "minor_below is stated neither", id="nobody-says-who-is-a-minor"),
        pytest.param((*ANALYTICS, "precision"), {"time_minutes": 60}, "needs a limit of precision", id="no-limit"),
        pytest.param(("retention", "raw"), REMOVE, "retention is not stated for: raw", id="retention"),
        pytest.param((*EU, "release", "coarsest_resolution"), 9, "must not be finer", id="resolutions"),
        pytest.param((*EU, "release", "slot_hours"), [1, 5], "divide the 168 hours", id="slots-that-do-not-divide"),
        pytest.param((*EU, "release", "slot_hours"), [6, 1], "must rise", id="slots-that-fall"),
        pytest.param((*EU, "release", "slot_hours"), [1, 168], "at most 24 hours", id="hourly-slots-of-a-week"),
        pytest.param((*EU, "release", "window"), "month", "window: day", id="hourly-over-a-month"),
        pytest.param((*EU, "budgets", "protected.pings", "epsilon"), 1, "rho or epsilon", id="two-budgets-in-one"),
        pytest.param((*EU, "budgets", "protected.pings", "rho"), REMOVE, "rho or epsilon", id="a-budget-of-nothing"),
        pytest.param((*REDACTION, "operator"), "token", "operator token needs one", id="a-case-for-tables"),
        pytest.param(
            REDACTION,
            {"operator": "drop", "whole_text": True, "kinds": ["URL"]},
            "leave kinds out",
            id="kinds-of-all",
        ),
    ],
)
def test_fields_that_contradict_one_another_are_refused(tmp_path, path, value, said):
    with pytest.raises(ConfigError, match=said):
        load_policy(changed(tmp_path, path, value))


@pytest.mark.parametrize("hours", [pytest.param([], id="none"), pytest.param([0], id="zero")])
def test_slots_of_no_length_are_refused(tmp_path, hours):
    with pytest.raises(ConfigError, match="slot_hours"):
        load_policy(changed(tmp_path, (*EU, "release", "slot_hours"), hours))


def test_a_stated_version_is_replaced_by_the_digest_of_the_file_and_of_its_laws(tmp_path):
    file = changed(tmp_path, ("version",), "mine")
    before = load_policy(file).version
    (tmp_path / "laws").mkdir()
    law = tmp_path / "laws" / "gdpr.yaml"
    law.write_bytes((LAWS / "gdpr.yaml").read_bytes())

    assert load_policy(file).version == before != "mine"
    law.write_text(law.read_text() + "# read again\n")
    assert load_policy(file).version != before


def test_keys_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(ConfigError):
        load_policy(changed(tmp_path, (7,), 1))


def test_an_unknown_kind_or_operator_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(ConfigError, match="'drop', 'mask', 'placeholder'"):
        load_policy(changed(tmp_path, (*REDACTION, "operator"), "hide"))
    with pytest.raises(ConfigError, match="'EMAIL_ADDRESS'"):
        load_policy(changed(tmp_path, (*REDACTION, "kinds"), ["EMAIL"]))


def test_a_purpose_that_states_no_redaction_leaves_nothing_of_a_text(tmp_path):
    rule = load_policy(changed(tmp_path, REDACTION, REMOVE)).purposes["risk"].redaction

    assert (rule.operator, rule.whole_text, rule.allowed) == ("drop", True, ("drop",))
