"""One person with a home of their own, in which the service's keys are named, sees nothing."""

from __future__ import annotations

import os

import pytest
import yaml

from jobs.audit_log import read_audit
from jobs.home import open_home
from jobs.reveal.desk import Desk
from jobs.reveal.open_token import look_up
from jobs.reveal.told import refusals_told
from quality.contracts.errors import EnvironmentFault
from tests.jobs.reveal.conftest import WHO

EVE = 54321


@pytest.fixture
def of_eve(with_policy, asked, tmp_path, monkeypatch):
    """Make the home of eve, who asks and approves by her own policy, and go to where it is found."""
    real, eves = with_policy.path, tmp_path / "of eve" / ".geoward"
    eves.mkdir(parents=True)
    eves.chmod(0o777)
    (eves / "keys").symlink_to(real / "keys")
    (eves / "policy.yaml").write_bytes((real / "policy.yaml").read_bytes())
    settings = yaml.safe_load((real / "geoward.yaml").read_text()) | {
        "policy": "policy.yaml", "vault": {"folder": str(real / "vault")},
        "keys": {"provider": {"file": str(real / "keys" / "kek")}},
    }  # fmt: skip
    (eves / "geoward.yaml").write_text(yaml.safe_dump(settings))
    for name in ("keys.counter", "vault.counter"):
        if (real / name).exists():
            (eves / name).write_bytes((real / name).read_bytes())
    for path in (eves.parent, eves, *eves.iterdir()):
        if os.geteuid() == 0:
            os.chown(path, EVE, -1, follow_symlinks=False)
    monkeypatch.chdir(eves.parent)
    monkeypatch.delenv("GEOWARD_HOME")


def seen(people, asked):
    """Ask, approve and ask again in the home that is found."""

    def do(name, what):
        with refusals_told(open_home(), dry_run=False) as line:
            return what(Desk(line.home, look_up))(line, people[name].identity)

    first = do("ada", lambda desk: lambda line, who: desk.ask(line, who, asked))
    do("bob", lambda desk: lambda line, who: desk.approve(line, who, first.request.id))
    return do("ada", lambda desk: lambda line, who: desk.ask(line, who, asked)).value


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_whoever_brings_a_home_of_their_own_sees_nothing(with_policy, people, asked, of_eve, monkeypatch):
    with pytest.raises(EnvironmentFault, match="belongs to another user"):
        seen(people, asked)

    for module in ("jobs.keys.trusted_path", "jobs.reveal.rules"):
        monkeypatch.setattr(f"{module}.refuse_foreign_home", lambda *_, **__: None)
    assert seen(people, asked) == WHO, "the control: that is what it is for"
    assert not any(one["kind"] == "reveal" for one in read_audit(with_policy)), "and nobody hears of it"
