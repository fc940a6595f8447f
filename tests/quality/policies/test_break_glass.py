from __future__ import annotations

from base64 import b64encode

import pytest
import yaml

from quality.contracts.errors import ConfigError
from quality.policies.load_policy import DEFAULT_POLICY, load_policy
from quality.policies.read_yaml import read_yaml


def line(seed, algorithm="ssh-ed25519", size=32):
    name = algorithm.encode()
    raw = len(name).to_bytes(4, "big") + name + size.to_bytes(4, "big") + bytes([seed]) * size
    return f"{algorithm} {b64encode(raw).decode()}"


GRANT = {"may_ask": ["ada"], "may_approve": ["ada", "bob"], "kinds": ["actor"], "jurisdictions": ["eu"]}
GOOD = {
    "hours": 8,
    "principals": {name: {"public_key": f"{line(seed)} {name}@desk"} for seed, name in enumerate(("ada", "bob", "cy"))},
    "grants": [GRANT],
}


def load(tmp_path, section):
    file = tmp_path / "policy.yaml"
    glass = {name: part for name, part in section.items() if name != "principals"}
    data = {**read_yaml(DEFAULT_POLICY, what="policy"), "break_glass": glass, "principals": section["principals"]}
    file.write_text(yaml.safe_dump(data))
    return load_policy(file)


def test_the_shipped_policy_lets_nobody():
    assert load_policy().break_glass is None


def test_a_person_is_known_by_key_whatever_the_comment(tmp_path):
    policy = load(tmp_path, GOOD)

    assert [policy.holder(bytes([seed]) * 32) for seed in range(4)] == ["ada", "bob", "cy", None]


@pytest.mark.parametrize(
    ("name", "kind", "where", "may"),
    [
        pytest.param("ada", "actor", "eu", True, id="granted"),
        pytest.param("bob", "actor", "eu", False, id="may-only-approve"),
        pytest.param("cy", "actor", "eu", False, id="known-without-a-grant"),
        pytest.param("dan", "actor", "eu", False, id="unknown"),
        pytest.param("ada", "ip", "eu", False, id="another-kind"),
        pytest.param("ada", "actor", "us", False, id="elsewhere"),
    ],
)
def test_who_may_ask_is_what_is_granted_and_no_more(tmp_path, name, kind, where, may):
    assert load(tmp_path, GOOD).break_glass.may_ask(name, kind, where) is may


@pytest.mark.parametrize(
    ("name", "asker", "kind", "where", "may"),
    [
        pytest.param("bob", "ada", "actor", "eu", True, id="granted"),
        pytest.param("ada", "ada", "actor", "eu", False, id="their-own"),
        pytest.param("cy", "ada", "actor", "eu", False, id="known-without-a-grant"),
        pytest.param("bob", "cy", "actor", "eu", False, id="of-whom-may-not-ask"),
        pytest.param("bob", "ada", "ip", "eu", False, id="another-kind"),
        pytest.param("bob", "ada", "actor", "us", False, id="elsewhere"),
    ],
)
def test_who_may_approve_is_what_is_granted_and_no_more(tmp_path, name, asker, kind, where, may):
    assert load(tmp_path, GOOD).break_glass.may_approve(name, asker, kind, where) is may


def test_two_grants_do_not_add_up_to_a_third(tmp_path):
    other = {"may_ask": ["cy"], "may_approve": ["ada"], "kinds": ["ip"], "jurisdictions": ["us"]}
    glass = load(tmp_path, {**GOOD, "grants": [GRANT, other]}).break_glass

    assert glass.may_approve("ada", "cy", "ip", "us")
    assert not any(glass.may_ask(name, kind, where) for name, kind, where in [("ada", "ip", "us"), ("cy", "ip", "eu")])
    assert not glass.may_approve("ada", "cy", "actor", "eu")


def test_who_may_see_what_makes_no_table_anew_and_every_other_change_does(tmp_path):
    section = {**GOOD, "hours": 4}
    stays = {load(tmp_path, one).of_rows for one in (GOOD, section)} | {load_policy().of_rows}
    policy = load(tmp_path, GOOD)
    other = policy.model_copy(update={"pseudonym_epoch": "month"})

    assert stays == {policy.of_rows} and other.of_rows not in stays


def principal(key):
    return {**GOOD, "principals": {**GOOD["principals"], "cy": {"public_key": key}}}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        pytest.param(principal(f"{line(1)} somebody-else"), "two principals have one public key", id="one-key-twice"),
        pytest.param(principal(line(9, "ssh-rsa")), "begins with ssh-ed25519", id="another-algorithm"),
        pytest.param(principal("ssh-ed25519"), "begins with ssh-ed25519", id="no-key"),
        pytest.param(principal("ssh-ed25519 !!planted"), "not base64", id="no-base64"),
        pytest.param(principal(line(9, size=31)), "no Ed25519 key", id="too-short"),
        pytest.param(
            principal(line(9, "ssh-dss").replace("ssh-dss", "ssh-ed25519")), "no Ed25519 key", id="in-disguise"
        ),
        pytest.param(
            {**GOOD, "grants": [{**GRANT, "may_ask": ["eve"]}]}, "have no public key: eve", id="undeclared-person"
        ),
        pytest.param(
            {**GOOD, "principals": {**GOOD["principals"], "ada": {"os_user": "ada"}}},
            "no public key: ada",
            id="keyless",
        ),
        pytest.param({**GOOD, "grants": [{**GRANT, "jurisdictions": ["mars"]}]}, "not declared: mars", id="nowhere"),
        pytest.param({**GOOD, "grants": [{**GRANT, "may_approve": ["ada"]}]}, "two persons", id="one-person-alone"),
        pytest.param({**GOOD, "grants": [{**GRANT, "kinds": []}]}, "kinds", id="no-kind"),
        pytest.param({**GOOD, "grants": []}, "grants", id="no-grant"),
        pytest.param({**GOOD, "hours": 0}, "hours", id="no-time"),
        pytest.param({**GOOD, "hours": 1000}, "hours", id="for-weeks"),
        pytest.param(
            {**GOOD, "principals": {"ada\n": {"public_key": line(1)}}}, "principals", id="a-name-to-fool-with"
        ),
    ],
)
def test_nonsense_is_refused_when_the_policy_is_read_and_without_its_value(tmp_path, section, said):
    with pytest.raises(ConfigError, match=said) as refused:
        load(tmp_path, section)

    assert "planted" not in str(refused.value)
