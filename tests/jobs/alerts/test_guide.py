"""`docs/alerts.md`: its configuration is accepted, and its payload is what is really posted."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import jobs
from jobs.alerts.config import Channel, Email, Webhook
from jobs.alerts.digest import Digest, Told
from jobs.alerts.message import alert_message
from jobs.home import open_home
from jobs.problem import PROBLEM_KINDS

GUIDE = (Path(jobs.__file__).parents[1] / "docs/alerts.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL).group(1)


def test_its_configuration_is_accepted_as_it_stands(tmp_path):
    (tmp_path / "geoward.yaml").write_text("regions:\n  eu: {root: w, jurisdiction: eu}\n" + block("yaml"))

    labels = [channel.label for channel in open_home(tmp_path).alerts]

    assert labels == ["webhook:GEOWARD_ALERT_URL", "eu-night", "email:mail.example.org:587"]


def test_its_payload_is_what_is_posted_for_such_a_problem(problem):
    since = datetime(2026, 6, 1, 3, tzinfo=UTC)
    gone = Told(problem("late", "us", "raw.pings").key, since, since)
    posted = alert_message(Digest((problem(mend="Run `geoward run clean.pings`."),), (gone,)))

    assert json.loads(block("json")) == posted.model_dump(mode="json")


@pytest.mark.parametrize("model", [Channel, Webhook, Email])
def test_it_explains_every_field_and_kind(model):
    table = " ".join(line for line in GUIDE.splitlines() if line.startswith("| `"))

    assert [name for name, field in model.model_fields.items() if (field.alias or name) not in table] == []
    assert [kind for kind in PROBLEM_KINDS if f"`{kind}`" not in table] == []
