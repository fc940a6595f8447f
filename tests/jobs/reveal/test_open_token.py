from __future__ import annotations

import pytest

from jobs.keys.config import keyset_of
from jobs.keys.keyset import KeyDomain
from jobs.region_keys import key_for
from jobs.reveal.open_token import look_up
from jobs.reveal.request import Asked
from quality.contracts.errors import PolicyBreach
from tests.jobs.reveal.conftest import GRANT, WHO
from transforms.privacy.tokens import TokenRefused
from transforms.redaction.engine import findings
from transforms.redaction.operators import operator, redact

MAIL = {**GRANT, "kinds": ["EMAIL_ADDRESS"]}


@pytest.fixture
def encrypted(with_policy, policy):
    """What `geoward redact --operator encrypt --case C-17` leaves in a text, once the policy grants its kind."""
    home = policy(grants=[MAIL])
    encrypt = operator("encrypt", keys=key_for(home, "placeholder", home.region("eu")), case="C-17")
    return redact(WHO, findings(WHO), encrypt)


def mail(token):
    return Asked(token, "EMAIL_ADDRESS", "eu", "C-17", "account taken over")


def test_what_was_encrypted_in_a_text_is_shown_once_a_second_person_agreed(encrypted, ask, approve, told):
    waiting = ask(what=mail(encrypted))
    assert waiting.value is None
    approve(waiting.request)

    assert ask(what=mail(encrypted)).value == WHO
    assert told() == ["requested", "approved", "revealed"]
    assert not any(WHO in str(line) or encrypted in str(line) for line in told(whole=True))


def test_a_key_that_was_rotated_still_opens_what_it_encrypted(encrypted, home):
    keyset_of(home).rotate(KeyDomain("placeholder", "eu", "none"))

    assert look_up(home, mail(encrypted))() == WHO


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"case": "C-18"}, id="of-another-case"),
        pytest.param({"kind": "URL"}, id="of-another-kind"),
        pytest.param({"region": "us"}, id="of-another-region"),
        pytest.param({"token": "[EMAIL_ADDRESS:AAAA]"}, id="altered"),
        pytest.param({"token": "[EMAIL_ADDRESS]"}, id="a-placeholder"),
        pytest.param({"token": "5f0c"}, id="a-token"),
    ],
)
def test_what_was_not_encrypted_so_is_refused(encrypted, home, changed):
    key_for(home, "placeholder", home.region("us"))

    with pytest.raises(TokenRefused) as refused:
        look_up(home, mail(encrypted)._replace(**changed))

    assert encrypted not in str(refused.value)


def test_nobody_sees_a_kind_that_the_policy_does_not_grant(encrypted, ask, policy, told):
    policy()

    with pytest.raises(PolicyBreach, match="of kind EMAIL_ADDRESS"):
        ask(what=mail(encrypted))
    assert told() == ["refused"]
