"""`geoward link`: pseudonyms of two domains are joined where the policy lets, and nowhere else; auditors know first."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jobs import link_file
from jobs.audit_log import read_audit
from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.region_keys import region_keys
from jobs.vault.rows import RowRefused
from jobs.vault_keys import destroy_subjects
from quality.contracts.errors import EnvironmentFault, KeyUnusable, PolicyBreach, UsageError
from quality.policies.load_policy import DEFAULT_POLICY
from transforms.privacy.identifiers import SUBJECTS, Domain
from transforms.privacy.pseudonymize_columns import subject_pseudonyms

OCTOBER, NOVEMBER = "analytics:2026-10", "analytics:2026-11"
OF_MONTHS = ("--from", OCTOBER, "--to", NOVEMBER, "--purpose", "analytics", "--case", "1", "--reason", "x")


def pseudonym(value, end="risk", kind="actor", region="eu"):
    """Return what the nightly run and `geoward pseudonymize` make of an identifier."""
    home = open_home()
    purpose, _, period = end.partition(":")
    keys, domain = region_keys(home, home.region(region)), Domain(region, purpose, "month" if period else "none")
    key = keys.pseudonym.open()
    made = subject_pseudonyms(key, pa.array([value]), keys.subjects, domain=domain, kind=kind, epoch=period)
    return made[0].as_py()


@pytest.fixture
def policy(home):
    """Put a policy in place whose purposes may link what is given by name."""

    def policy(**links):
        data = yaml.safe_load(DEFAULT_POLICY.read_text())
        for name, purpose in data["purposes"].items():
            purpose["links"] = links.get(name, [])
        (home.path / "policy.yaml").write_text(yaml.safe_dump(data))
        config = home.path / "geoward.yaml"
        config.write_text(config.read_text().split("\npolicy:")[0] + "\npolicy: policy.yaml\n")

    return policy


@pytest.fixture
def path(tmp_path):
    return tmp_path / "in.jsonl"


@pytest.fixture
def run(geoward, path, tmp_path):
    """Link the column `who` of rows; return the result and the rows of the output, None if there is none."""

    def run(names, *more, old=OCTOBER, new=NOVEMBER, purpose="analytics", kind="actor", case="4711", reason="x"):
        out = tmp_path / "out.jsonl"
        path.write_text("".join(json.dumps({"id": at, "who": who}) + "\n" for at, who in enumerate(names)))
        done = geoward("link", path, "--column", "who", "--kind", kind, "--region", "eu", "--from", old, "--to", new,
                       "--purpose", purpose, "--case", case, "--reason", reason, "--output", out, *more)  # fmt: skip
        rows = [json.loads(line)["who"] for line in out.read_text().splitlines()] if out.exists() else None
        assert not list(tmp_path.glob(".out*")), "no part is left"
        return done, rows

    return run


def told(home, outcome):
    return [entry for entry in read_audit(home) if entry["outcome"] == outcome]


def test_a_join_across_epochs_works_where_the_policy_allows_it(policy, run):
    policy(analytics=["analytics"])
    ada, bob = (pseudonym(name, OCTOBER) for name in ("ada", "bob"))

    done, rows = run([ada, bob, ada])

    assert done.exit_code == 0, done.output
    assert rows == [pseudonym(name, NOVEMBER) for name in ("ada", "bob", "ada")]
    assert "3 rows in = 3 out + 0 rejected; 3 linked, 0 unknown, 0 rows of nobody" in done.stderr


def test_a_join_across_purposes_works_where_the_policy_names_both(policy, run):
    policy(risk=["analytics", "risk"])

    _, rows = run([pseudonym("ada")], old="risk", new=OCTOBER, purpose="risk")

    assert rows == [pseudonym("ada", OCTOBER)]


@pytest.mark.parametrize("kind", SUBJECTS)
def test_each_kind_of_subject_is_joined_as_what_it_is(policy, run, kind):
    policy(analytics=["analytics"])

    _, rows = run([pseudonym("one", OCTOBER, kind)], kind=kind)

    assert rows == [pseudonym("one", NOVEMBER, kind)]


@pytest.mark.parametrize(
    ("links", "purpose", "old", "new"),
    [
        pytest.param({}, "analytics", OCTOBER, NOVEMBER, id="nothing-is-named"),
        pytest.param({}, "risk", "risk", "risk", id="not-even-its-own-unless-it-is-named"),
        pytest.param({"risk": ["risk"]}, "risk", "risk", OCTOBER, id="one-end-is-not-named"),
        pytest.param({"risk": ["risk"]}, "risk", OCTOBER, "risk", id="the-other-end-is-not"),
        pytest.param({"risk": ["analytics"]}, "analytics", OCTOBER, NOVEMBER, id="only-another-purpose-may"),
    ],
)
def test_where_the_policy_does_not_allow_it_a_join_fails_closed_and_is_audited(
    home, policy, run, links, purpose, old, new
):
    policy(**links)

    done, rows = run([pseudonym("ada", old)], purpose=purpose, old=old, new=new)

    assert isinstance(done.exception, PolicyBreach) and done.exception.exit_code == 3
    assert rows is None and not told(home, "link granted")
    (entry,) = told(home, "link refused")
    assert (entry["kind"], entry["subject"], entry["region"]) == ("decision", purpose, "eu")
    assert (entry["detail"]["from"], entry["detail"]["to"], entry["detail"]["case"]) == (old, new, "4711")


def test_a_purpose_that_is_not_in_use_in_the_region_links_nothing_there(home, geoward, path):
    path.write_text("{}")

    done = geoward("link", path, "--column", "who", "--kind", "actor", "--region", "cn", "--from", "risk",
                   "--to", "risk", "--purpose", "risk", "--case", "1", "--reason", "x")  # fmt: skip

    assert isinstance(done.exception, PolicyBreach) and told(home, "link refused")


def key_of_pseudonyms(home):
    return next(key for key in keyset_of(home).read().keys if key.domain.purpose == "pseudonym")


@pytest.mark.parametrize(
    ("purpose", "old", "new"),
    [("analytics", OCTOBER, NOVEMBER), ("risk", OCTOBER, "risk"), ("risk", "risk", NOVEMBER)],
)
def test_the_shipped_policy_joins_no_months_and_not_risk_with_analytics(run, purpose, old, new):
    done, rows = run([pseudonym("ada", old)], purpose=purpose, old=old, new=new)

    assert isinstance(done.exception, PolicyBreach) and rows is None


def test_the_shipped_policy_lets_risk_join_what_it_had_before_its_key_was_rotated(home, run):
    old = pseudonym("ada")
    keyset_of(home).rotate(key_of_pseudonyms(home).domain)
    new = pseudonym("ada")

    _, rows = run([old, new], old="risk", new="risk", purpose="risk")

    assert old != new and rows == [new, new]


def test_under_a_key_that_is_disabled_nothing_is_found(home, run):
    old, key = pseudonym("ada"), key_of_pseudonyms(home)
    for _ in range(2):
        keyset_of(home).rotate(key.domain)
    keyset_of(home).disable(key.id)

    _, rows = run([old], old="risk", new="risk", purpose="risk")

    assert rows == [None]


def test_a_link_of_a_domain_with_itself_is_refused(home, run):
    done, rows = run([pseudonym("ada")], old="risk", new="risk", purpose="risk")

    assert isinstance(done.exception, UsageError) and rows is None and not told(home, "link granted")


def test_a_grant_says_who_links_what_and_why_and_no_pseudonym(home, policy, run):
    policy(analytics=["analytics"])
    ada = pseudonym("ada", OCTOBER)

    done, rows = run([ada, ada, "f" * 32, "not a pseudonym", None], reason=" of the court ")

    (entry,) = told(home, "link granted")
    assert (entry["kind"], entry["subject"], entry["region"]) == ("decision", "analytics", "eu")
    assert entry["detail"] == {
        "kind_of_subject": "actor", "from": OCTOBER, "to": NOVEMBER, "case": "4711", "reason": "of the court",
        "pseudonyms": 2,
    }  # fmt: skip
    for secret in (ada, rows[0], "f" * 32, "not a pseudonym"):
        assert secret not in json.dumps(read_audit(home)) + done.output


def test_without_the_auditors_nothing_is_opened_nor_written(policy, run, monkeypatch):
    policy(analytics=["analytics"])
    some = [pseudonym("ada", OCTOBER)]

    def full(*_, **__):
        raise OSError("no space is left")

    monkeypatch.setattr(link_file, "audit", full)
    monkeypatch.setattr(link_file, "link_pseudonyms", lambda *_, **__: pytest.fail("went through the vault"))
    done, rows = run(some)

    assert isinstance(done.exception, OSError) and rows is None


def test_at_the_first_row_the_auditors_know(home, policy, run, monkeypatch):
    policy(analytics=["analytics"])
    known = []
    rows = link_file.link_rows
    monkeypatch.setattr(link_file, "link_rows", lambda *all: known.extend(told(home, "link granted")) or rows(*all))

    run([pseudonym("ada", OCTOBER)])

    assert len(known) == 1


def test_a_destroyed_subject_cannot_be_linked(home, policy, run):
    policy(analytics=["analytics"])
    some = [pseudonym(name, OCTOBER) for name in ("ada", "bob")]
    bob = pseudonym("bob", NOVEMBER)
    destroy_subjects(home, home.region("eu"), "actor", ["ada"], dry_run=False)

    done, rows = run(some)

    assert rows == [None, bob]
    assert "1 linked, 1 unknown" in done.stderr


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"region": "us"}, id="region"),
        pytest.param({"kind": "device"}, id="kind"),
        pytest.param({"end": "analytics:2026-09"}, id="epoch"),
        pytest.param({"end": "risk"}, id="purpose"),
    ],
)
def test_pseudonyms_of_another_domain_are_unknown(policy, run, other):
    policy(analytics=["analytics"])
    pseudonym("ada", OCTOBER)

    _, rows = run([pseudonym("ada", **{"end": OCTOBER, **other})])

    assert rows == [None]


def test_what_is_no_pseudonym_is_unknown_and_what_names_nobody_stays(policy, run):
    policy(analytics=["analytics"])
    ada = pseudonym("ada", OCTOBER)

    done, rows = run(["ada", ada.upper(), ada + "0", None, ""])

    assert rows == [None, None, None, None, ""]
    assert "0 linked, 3 unknown, 2 rows of nobody" in done.stderr


@pytest.mark.parametrize("column", ["token", "seal"])
def test_a_token_that_was_changed_outside_of_the_vault_is_refused(home, policy, run, column):
    policy(analytics=["analytics"])
    some = [pseudonym(name, OCTOBER) for name in ("ada", "bob")]
    with region_keys(home, home.region("eu")).vault.database.alone() as rows:
        ((index, value),) = rows.ask(f"SELECT idx, {column} FROM vault_tokens LIMIT 1")
        changed = bytes([value[0] ^ 1]) + value[1:]
        rows.change(f"UPDATE vault_tokens SET {column} = ? WHERE idx = ?", [(changed, index)])

    done, out = run(some)

    assert isinstance(done.exception, RowRefused) and out is None


@pytest.mark.parametrize("kind", ["ip", "event", "nickname"])
def test_only_subjects_can_be_linked(home, policy, run, kind):
    policy(analytics=["analytics"])
    done, rows = run(["f" * 32], kind=kind)

    assert isinstance(done.exception, UsageError) and "actor" in done.exception.mend
    assert rows is None


@pytest.mark.parametrize("left_out", [{"case": " "}, {"reason": ""}], ids=["case", "reason"])
def test_nothing_is_linked_by_nobodys_order(home, policy, run, left_out):
    policy(analytics=["analytics"])
    done, rows = run([pseudonym("ada", OCTOBER)], **left_out)

    assert isinstance(done.exception, UsageError) and "case and a reason" in done.exception.message
    assert rows is None


@pytest.mark.parametrize(
    "end", ["analytics", "analytics:none", "analytics:2026-13", "risk:2026-10", "marketing", ""], ids=repr
)
def test_an_end_that_is_no_domain_is_wrong_use(run, end):
    for ends in ({"old": end}, {"new": end}):
        done, rows = run(["f" * 32], **ends)

        assert isinstance(done.exception, UsageError) and "PURPOSE:2026-11" in done.exception.mend
        assert rows is None


def test_an_unknown_purpose_is_wrong_use_and_not_audited(home, run):
    done, _ = run(["f" * 32], purpose="marketing")

    assert isinstance(done.exception, UsageError) and read_audit(home) == []


def test_without_keys_and_vault_none_are_made(home, policy, run):
    policy(analytics=["analytics"])
    keyless, _ = run(["f" * 32])
    pseudonym("ada", OCTOBER)
    vault = home.path / "vault" / "eu.sqlite"
    for file in vault.parent.glob("eu.sqlite*"):
        file.unlink()
    vaultless, _ = run(["f" * 32])

    assert isinstance(keyless.exception, EnvironmentFault) and "keyset is missing" in keyless.exception.message
    assert isinstance(vaultless.exception, EnvironmentFault) and "vault of region eu" in vaultless.exception.message
    assert not vault.exists() and not told(home, "link granted")


def test_a_dry_run_asks_the_policy_counts_and_changes_nothing(home, policy, run, monkeypatch, fits):
    policy(analytics=["analytics"])
    some = [pseudonym("ada", OCTOBER), "f" * 32, None]
    monkeypatch.setattr(link_file, "links_of", lambda *_: pytest.fail("went through the vault"))

    done, rows = run(some, "--dry-run", "--json")
    refused, _ = run(some, "--dry-run", new="risk")

    assert fits(done.document, "link")
    assert (done.document["pseudonyms"], done.document["linked"], done.document["rows_out"]) == (2, None, 3)
    assert isinstance(refused.exception, PolicyBreach)
    assert rows is None and {one["outcome"] for one in read_audit(home)} == {"made"}


def test_json_tells_both_domains_and_the_counts(policy, run, fits):
    policy(analytics=["analytics"])

    done, _ = run([pseudonym("ada", OCTOBER), "f" * 32, None], "--json")

    assert fits(done.document, "link")
    assert done.document == {
        "column": "who", "region": "eu", "kind": "actor", "from_purpose": "analytics", "from_epoch": "2026-10",
        "to_purpose": "analytics", "to_epoch": "2026-11", "purpose": "analytics", "case": "4711", "dry_run": False,
        "pseudonyms": 2, "rows_in": 3, "rows_out": 3, "linked": 1, "unknown": 1, "nobody": 1, "rejected": {},
    }  # fmt: skip


def test_a_file_that_changes_between_its_two_readings_is_refused(policy, path, run, monkeypatch):
    policy(analytics=["analytics"])
    some, links_of = [pseudonym("ada", OCTOBER)], link_file.links_of

    def changed(*all):
        path.write_text(json.dumps({"who": "f" * 32}) + "\n")
        return links_of(*all)

    monkeypatch.setattr(link_file, "links_of", changed)
    done, rows = run(some)

    assert isinstance(done.exception, UsageError) and "changed meanwhile" in done.exception.message
    assert rows is None


def test_csv_and_parquet_are_read_and_written_too(policy, geoward, tmp_path):
    policy(analytics=["analytics"])
    ada, new = pseudonym("ada", OCTOBER), pseudonym("ada", NOVEMBER)
    (tmp_path / "in.csv").write_text(f"id,who\n1,{ada}\n2,\n3,x\n4\n")
    pq.write_table(pa.table({"who": [ada, None], "x": [1.5, 2.5]}), tmp_path / "in.parquet")

    for ending in ("csv", "parquet"):
        done = geoward("link", tmp_path / f"in.{ending}", "--column", "who", "--kind", "actor", "--region", "eu",
                       *OF_MONTHS, "--output", tmp_path / f"out.{ending}")  # fmt: skip
        assert done.exit_code == 0, done.output

    assert list(csv.reader((tmp_path / "out.csv").open())) == [["id", "who"], ["1", new], ["2", ""], ["3", ""]]
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [{"who": new, "x": 1.5}, {"who": None, "x": 2.5}]


def test_without_a_place_for_them_rows_are_printed_but_not_beside_the_counts(home, policy, geoward, path):
    policy(analytics=["analytics"])
    path.write_text(json.dumps({"who": pseudonym("ada", OCTOBER)}) + "\n")
    command = ("link", path, "--column", "who", "--kind", "actor", "--region", "eu", *OF_MONTHS)

    refused, done = geoward(*command, "--json"), geoward(*command)

    assert isinstance(refused.exception, UsageError) and "--output" in refused.exception.mend
    assert done.document == {"who": pseudonym("ada", NOVEMBER)}
    assert len(told(home, "link granted")) == 1


def test_a_place_that_cannot_be_written_is_told_before_the_auditors_are(home, policy, run, path):
    policy(analytics=["analytics"])
    done, _ = run([pseudonym("ada", OCTOBER)], "--output", path)

    assert isinstance(done.exception, UsageError) and not told(home, "link granted")


def test_a_key_that_is_gone_is_named(home, policy, run):
    policy(analytics=["analytics"])
    some = [pseudonym("ada", OCTOBER)]
    keyset_of(home).destroy(key_of_pseudonyms(home).id)

    done, rows = run(some)

    assert isinstance(done.exception, KeyUnusable) and rows is None
