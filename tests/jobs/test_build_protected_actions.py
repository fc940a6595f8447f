from __future__ import annotations

from types import SimpleNamespace

import pytest

from jobs.build_protected_actions import build_protected_actions
from quality.policies.load_policy import load_policy
from quality.policies.redaction import NOTHING_LEFT, Redaction
from transforms.privacy import pseudonymize_columns

pytestmark = pytest.mark.spark

TEXT = "mail ada@example.org or 1.2.3.4"


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        pytest.param(load_policy().purposes["risk"].redaction, "mail [EMAIL_ADDRESS] or [IP_ADDRESS]", id="shipped"),
        pytest.param(Redaction(operator="mask"), "mail **** or ****", id="operator"),
        pytest.param(Redaction(operator="drop", kinds=("IP_ADDRESS",)), "mail ada@example.org or ", id="kinds"),
        pytest.param(Redaction(operator="placeholder", whole_text=True), "[TEXT]", id="whole"),
        pytest.param(NOTHING_LEFT, "", id="unstated"),
    ],
)
def test_text_is_redacted_as_the_policy_states_for_the_purpose_of_pseudonyms(spark, monkeypatch, rule, left):
    monkeypatch.setattr(pseudonymize_columns, "pseudonymize_columns", lambda df, **_: df)
    policy = load_policy()
    risk = policy.purposes["risk"].model_copy(update={"redaction": rule})
    policy = policy.model_copy(update={"purposes": {**policy.purposes, "risk": risk}})
    actions = spark.createDataFrame([(TEXT,), (None,)], "text string")
    region = SimpleNamespace(name="eu")

    built = build_protected_actions(
        SimpleNamespace(region=region, policy=policy, keys=None, tables={"clean.actions": actions})
    )

    assert [row.text for row in built.frame.collect()] == [left, None]
