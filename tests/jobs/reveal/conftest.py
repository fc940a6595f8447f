"""People with keys, a policy that knows them, and a token of one of them that the real keys and vault made."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from jobs.audit_log import read_audit
from jobs.home import open_home
from jobs.make_tokens import token_maker
from jobs.region_keys import key_for
from jobs.reveal.desk import Desk
from jobs.reveal.identity import Identity
from jobs.reveal.open_token import look_up
from jobs.reveal.request import Asked
from jobs.reveal.told import refusals_told
from quality.policies.load_policy import DEFAULT_POLICY
from quality.policies.read_yaml import read_yaml
from transforms.privacy.identifiers import Domain

NAMES = ("ada", "bob", "cy", "dan", "eve")
WHO = "ada@example.org"
GRANT = {"may_ask": ["ada", "dan"], "may_approve": ["ada", "bob"], "kinds": ["actor"], "jurisdictions": ["eu"]}
"""cy may do nothing, and the policy does not know eve."""


@dataclass(frozen=True)
class Person:
    """Somebody with a key, and the file that it is in."""

    file: object
    identity: Identity

    @property
    def line(self):
        public = self.identity.key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return f"{public.decode()} somebody@desk"


@pytest.fixture
def people(tmp_path):
    found = {}
    for name in NAMES:
        key = Ed25519PrivateKey.generate()
        file = tmp_path / f"{name} key"
        file.touch(0o600)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        found[name] = Person(file, Identity(key))
    return found


@pytest.fixture
def policy(home, people):
    """Write the policy: GRANT, with what a test changes; return the home that it is in force in."""

    def policy(keys=None, nobody=False, only=NAMES[:-1], **changed):
        known = {name: {"public_key": people[name].line} for name in only}
        known |= {name: {"public_key": people[other].line} for name, other in (keys or {}).items()}
        section = {"hours": 8, "grants": [GRANT], **changed}
        granted = {} if nobody else {"break_glass": section, "principals": known}
        data = read_yaml(DEFAULT_POLICY, what="policy") | granted
        (home.path / "policy.yaml").write_text(yaml.safe_dump(data))
        file = home.path / "geoward.yaml"
        if "\npolicy:" not in file.read_text():
            file.write_text(file.read_text() + "\npolicy: policy.yaml\n")
        return open_home()

    return policy


@pytest.fixture
def with_policy(policy):
    """The home with its policy in force, for commands."""
    return policy()


def token_of(home, identifier=WHO, kind="actor", region="eu", purpose="risk"):
    """Make a token as `geoward pseudonymize --reversible` does."""
    make = token_maker(home, key_for(home, "token", home.region(region)), Domain(region, purpose, "none"), kind)
    return make(pa.array([identifier]))[0].as_py()


@pytest.fixture
def asked(with_policy):
    return Asked(token_of(with_policy), "actor", "eu", "C-17", "account taken over")


@pytest.fixture
def ask(people, asked):
    """Ask as somebody, by default as ada, with the policy that is in force now; return the answer."""

    def ask(name="ada", what=asked, *, look=look_up, dry_run=False):
        with refusals_told(open_home(), dry_run=dry_run) as line:
            return Desk(line.home, look, dry_run).ask(line, people[name].identity, what)

    return ask


def _deciding(people, decide):
    def decided(request, name="bob", *, dry_run=False):
        with refusals_told(open_home(), dry_run=dry_run) as line:
            return decide(Desk(line.home, look_up, dry_run), line, people[name].identity, request.id)

    return decided


@pytest.fixture
def approve(people):
    """Approve as somebody, by default as bob."""
    return _deciding(people, Desk.approve)


@pytest.fixture
def refuse(people):
    """Refuse as somebody, by default as bob."""
    return _deciding(people, Desk.refuse)


@pytest.fixture
def told(home):
    """Return the outcomes that auditors were told, or whole lines."""

    def told(whole=False):
        found = [one for one in read_audit(home) if one["kind"] == "reveal"]
        return found if whole else [one["outcome"] for one in found]

    return told


@pytest.fixture
def clock(monkeypatch):
    """Set the time of the desk to hours from now."""
    from datetime import UTC, datetime, timedelta

    def clock(hours):
        moment = datetime.now(UTC) + timedelta(hours=hours)
        for module in ("desk", "list_requests"):
            monkeypatch.setattr(f"jobs.reveal.{module}.now", lambda: moment)

    return clock
