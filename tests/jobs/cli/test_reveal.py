"""`geoward reveal` and `geoward approve`, as people type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from quality.contracts.errors import PolicyBreach, UsageError
from tests.jobs.reveal.conftest import *  # noqa: F403
from tests.jobs.reveal.conftest import WHO, token_of


@pytest.fixture
def reveal(geoward, asked, people):
    """Ask on the command line, by default as ada."""

    def reveal(*arguments, name="ada", **changed):
        what = asked._replace(**changed)
        words = ("--kind", what.kind, "--region", what.region, "--case", what.case, "--reason", what.reason)
        return geoward("reveal", what.token, *words, "--identity", people[name].file, *arguments)

    return reveal


@pytest.fixture
def agree(geoward, people):
    def agree(request, *arguments, name="bob"):
        return geoward("approve", request, "--identity", people[name].file, *arguments)

    return agree


def test_from_a_request_to_the_identifier(geoward, reveal, agree, told, fits):
    first = reveal()
    (one,) = geoward("reveal", "--list", "--json").document["requests"]
    assert first.exit_code == 6 and f"geoward approve {one['id']}" in first.stdout and one["state"] == "waiting"
    approved = agree(one["id"])
    assert approved.exit_code == 0 and "Approved." in approved.stdout and WHO not in approved.output

    assert reveal("--dry-run").exit_code == 0
    shown = reveal()
    assert shown.exit_code == 0 and shown.stdout == f"{WHO}\n"
    assert told() == ["requested", "approved", "revealed"]


def test_each_json_document_fits_its_schema_and_only_the_last_holds_the_identifier(geoward, reveal, agree, fits):
    first = reveal("--json").document
    listed = geoward("reveal", "--list", "--json").document
    approved = agree(first["request"]["id"], "--json").document
    last = reveal("--json").document

    assert fits(first, "reveal") and fits(listed, "reveal-list") and fits(approved, "approve") and fits(last, "reveal")
    assert [one["request"]["state"] for one in (first, approved, last)] == ["waiting", "approved", "used"]
    assert (first["value"], last["value"]) == (None, WHO)
    assert WHO not in json.dumps([first, listed, approved])


def test_a_request_that_waits_ends_with_a_code_of_its_own_which_the_help_and_the_readme_name(geoward, reveal):
    for form in ((), ("--json",), ()):
        assert reveal(*form).exit_code == 6
    assert "6 waits for a second person" in geoward("--help").stdout
    assert "6 a request waits" in Path("README.md").read_text()
    assert "exit code 6" in " ".join(geoward("reveal", "--help").stdout.replace("│", " ").split())


def test_a_request_is_refused_or_taken_back_on_the_command_line(geoward, reveal, agree, told, fits):
    for name, state, said in (("bob", "refused", "request refused"), ("ada", "withdrawn", "request withdrawn")):
        request = reveal("--json").document["request"]["id"]
        assert "you may refuse" in agree(request, "--refuse", "--dry-run", name=name).stdout
        ended = agree(request, "--refuse", "--json", name=name)
        assert fits(ended.document, "approve") and ended.document["request"]["state"] == state
        assert told()[-1] == said and geoward("reveal", "--list", "--json").document["requests"] == []
    request = reveal("--json").document["request"]["id"]
    assert "nobody sees what it asked for" in agree(request, "--refuse").stdout


def test_no_token_is_printed(geoward, reveal, agree, asked):
    first = reveal("--json")
    said = first.output + geoward("reveal", "--list").output + agree(first.document["request"]["id"]).output

    assert asked.token not in said + reveal("--dry-run").output


def test_a_dry_run_says_what_would_be_done(reveal, agree, told):
    assert "would wait for a second person" in reveal("--dry-run").stdout
    request = reveal("--json").document["request"]["id"]
    assert "you may approve" in agree(request, "--dry-run").stdout
    agree(request)
    done = reveal("--dry-run")

    assert "would show the identifier" in done.stdout and WHO not in done.output
    assert told() == ["requested", "approved"]


WORDS = {"--kind": "actor", "--region": "eu", "--case": "C", "--reason": "r", "--identity": "ada"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"--identity": None}, UsageError, id="nobody"),
        pytest.param({"--reason": None}, UsageError, id="no-reason"),
        pytest.param({"--case": None}, UsageError, id="no-case"),
        pytest.param({"--kind": None}, UsageError, id="no-kind"),
        pytest.param({"--identity": "eve"}, PolicyBreach, id="a-stranger"),
    ],
)
def test_what_is_refused_is_told_to_auditors_too(geoward, asked, people, told, changes, error):
    words = [word for option in (WORDS | changes).items() if option[1] for word in option]
    done = geoward("reveal", asked.token, *(people[word].file if word in people else word for word in words))

    assert isinstance(done.exception, error) and done.exception.mend
    assert told() == ["refused"]


def test_a_refused_identity_is_told_to_auditors(people, reveal, agree, told):
    people["ada"].file.chmod(0o644)
    people["bob"].file.chmod(0o644)

    assert "mode 0644" in str(reveal().exception) and "mode 0644" in str(agree("0" * 32).exception)
    assert told() == ["refused", "refused"] and told(whole=True)[1]["subject"] == "0" * 32


def test_a_passphrase_is_asked_for_and_not_shown(geoward, asked, people):
    key, file = people["ada"].identity.key, people["ada"].file
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"horse")))
    words = ["reveal", asked.token, "--kind", "actor", "--region", "eu", "--case", "C", "--reason", "r"]
    from typer.testing import CliRunner

    from jobs.cli.app import app

    done = CliRunner().invoke(app, [*words, "--identity", str(file)], input="horse\n")

    assert done.exit_code == 6, done.exception
    assert "Passphrase" in done.stderr and "horse" not in done.output


def test_the_key_is_taken_from_a_real_pipe(asked, people, told):
    words = ["reveal", asked.token, "--kind", "actor", "--region", "eu", "--case", "C", "--reason", "r", "-i", "-"]
    code = f"import jobs.cli.commands\nfrom jobs.cli.app import app\napp({words!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], input=people["ada"].file.read_bytes(), capture_output=True, check=False
    )

    assert done.returncode == 6, done.stderr
    assert told() == ["requested"] and told(whole=True)[0]["detail"]["principal"] == "ada"


def test_an_identifier_that_a_terminal_obeys_is_shown_escaped_and_whole_in_json(with_policy, reveal, agree):
    token = token_of(with_policy, "\x1b[2Jada")
    for form, expected in (("", "\\x1b[2Jada\n"), ("--json", None)):
        words = [form] if form else []
        agree(reveal("--json", token=token).document["request"]["id"])
        done = reveal(*words, token=token)
        assert done.stdout == expected if expected else done.document["value"] == "\x1b[2Jada"


def test_without_a_section_of_the_policy_nobody_is_let(reveal, policy, told):
    policy(nobody=True)
    done = reveal()

    assert isinstance(done.exception, PolicyBreach) and done.exception.exit_code == 3
    assert "lets nobody" in str(done.exception) and told() == ["refused"]


def test_neither_command_loads_spark(home, asked, people):
    words = [
        ["reveal", asked.token, "--kind", "actor", "--region", "eu", "--case", "C", "--reason", "r", "--identity",
         str(people["ada"].file)],
        ["reveal", "--list"],
    ]  # fmt: skip
    for arguments in words:
        code = (
            "import sys\nfrom typer.testing import CliRunner\nimport jobs.cli.commands\nfrom jobs.cli.app import app\n"
            f"done = CliRunner().invoke(app, {arguments!r})\n"
            "failed = done.exit_code not in (0, 6)\n"
            "sys.exit(str(done.exception) if failed else ', '.join({'pyspark'} & set(sys.modules)) or 0)"
        )
        assert subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE).stderr == b""
