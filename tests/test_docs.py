"""The documents that people read: every command in them parses, every command is there, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from itertools import product
from pathlib import Path

import pytest
import typer

from dagster_project.assets import checks_of
from jobs import job, report
from jobs.damage import DAMAGE_KINDS
from jobs.listings.replay import REPLAY_OUTCOMES
from jobs.problem import PROBLEM_KINDS
from jobs.registry import JOBS
from quality import contracts
from quality.checks import verdict
from quality.contracts import CONTRACTS, errors
from quality.policies import policy
from quality.sources import mapping

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
EXAMPLE = re.compile(r"Example: `geoward ([^`]+)`")
LONGEST = 150


def root():
    from dagster_project.cli import app

    return typer.main.get_command(app)


def leaves(group, path: tuple[str, ...] = ()) -> dict:
    """Return every command that does something, by its words."""
    found = {}
    for name, command in group.commands.items():
        inner = leaves(command, (*path, name)) if hasattr(command, "commands") else {(*path, name): command}
        found |= inner
    return found


LEAVES = leaves(root())
TOP = {path[0] for path in LEAVES}


def commands_in(text: str) -> list[str]:
    """Return what follows ``geoward`` in blocks and spans of code; in a table, spans may leave the word out."""
    found = []
    for block, span in CODE.findall(text.replace(r"\|", "|")):
        for line in block.splitlines() or [span]:
            words = line.split("#")[0].strip() if block else span.strip()
            if words.startswith("geoward ") and words != "geoward --version":
                found.append(words.removeprefix("geoward "))
            elif not block and re.split(r"[ |]", words)[0] in TOP and f"`{span}`" in _table_of_commands(text):
                found.append(words)
    return found


def resolve(text: str) -> list[tuple[tuple[str, ...], set[str]]]:
    """Return the commands that a text stands for, ``a|b`` being two, each with the options it names."""
    words = text.split()
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text.split('"')[0] + " ".join(text.split('"')[2::2])))
    paths: list[tuple[str, ...]] = [()]
    for word in words:
        wider = [(*path, each) for path, each in product(paths, word.split("|"))]
        if not any(path[: len(one)] == one for one in wider for path in LEAVES):
            break
        paths = wider
    return [(path, options) for path in paths]


def _table_of_commands(text: str) -> str:
    rows = [line for line in text.replace(r"\|", "|").splitlines() if line.startswith("| `geoward")]
    return "\n".join(row.split(" | ")[0] for row in rows)


CASES = [
    pytest.param(path, text, id=f"{path.name}: {text[:60]}")
    for path in dict.fromkeys(DOCUMENTS)
    for text in dict.fromkeys(commands_in(path.read_text(encoding="utf-8")))
]


BLOCKS = [re.sub(r"(?m)^`[^`]+`|(?<!`)`[^`\n]+`", "", path.read_text(encoding="utf-8")) for path in DOCUMENTS]
EXAMPLES = [text for command in LEAVES.values() for text in EXAMPLE.findall(" ".join((command.help or "").split()))]
TYPED = [*dict.fromkeys(text for block in BLOCKS for text in commands_in(block)), *EXAMPLES]
"""Commands in blocks of code and in the examples of help."""


CODE_NAMES = {
    name: value
    for module in (job, report, contracts, verdict, errors, policy, mapping)
    for name, value in vars(module).items()
}
COLUMNS = {column.name for dataset in CONTRACTS.values() for column in dataset}


def is_ours(word: str) -> bool:
    """Return whether a table, a column, a declaration or ``Declaration.field`` has that name today."""
    head, _, field = word.partition(".")
    owner = CODE_NAMES.get(head)
    fields = {*dir(owner), *getattr(owner, "__annotations__", {})}
    return word in CONTRACTS or word in COLUMNS or (owner is not None and (not field or field in fields))


def our_words(text: str) -> list[str]:
    """Return the code spans in the second column of tables of three, headings left out; commands are judged apart."""
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    spans = [span for row in rows if len(row) == 3 for span in re.findall(r"`([^`]+)`", row[1])]
    return [span for span in dict.fromkeys(spans) if not span.startswith("geoward ")]


COMPARED = our_words((ROOT / "docs" / "compare.md").read_text(encoding="utf-8"))


def test_there_are_commands_to_judge():
    assert len(CASES) > 12
    assert len(TYPED) > 10
    assert len(EXAMPLES) > 8


@pytest.mark.parametrize(("path", "text"), CASES)
def test_every_command_in_the_documents_exists_with_its_options(path, text):
    for words, options in resolve(text):
        assert words in LEAVES, f"geoward {text}"
        params = LEAVES[words].params
        assert options <= {option for param in params for option in (*param.opts, *param.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("text", TYPED)
def test_every_command_that_can_be_typed_as_it_stands_is_understood(text):
    ((words, _),) = resolve(text)
    LEAVES[words].make_context(words[-1], shlex.split(text)[len(words) :])


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_is_in_the_readme(words):
    named = {
        path for text in commands_in((ROOT / "README.md").read_text(encoding="utf-8")) for path, _ in resolve(text)
    }

    assert words in named


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_says_what_it_does_and_what_its_options_are_for(words):
    command = LEAVES[words]

    assert command.help
    assert [param.name for param in command.params if param.param_type_name == "option" and not param.help] == []


def test_there_are_words_to_compare():
    assert len(COMPARED) > 30


@pytest.mark.parametrize("word", COMPARED)
def test_every_word_that_is_compared_is_in_the_code(word):
    assert is_ours(word)


@pytest.mark.parametrize("word", ["curated.moods", "Release.epsilon", "Appeal", "FeatureView.ttl", "strike"])
def test_a_word_that_the_code_does_not_have_is_found_out(word):
    assert our_words(f"| theirs | `{word}` | differs |") == [word]
    assert not is_ours(word)


@pytest.mark.parametrize("path", dict.fromkeys(DOCUMENTS), ids=lambda path: path.name)
def test_every_link_leads_to_a_file(path):
    links = [link.partition("#")[0] for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if link and not (path.parent / link).exists()] == []


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("tables list|show NAME", [("tables", "list"), ("tables", "show")], id="alternatives"),
        pytest.param("run --dry-run", [("run",)], id="option"),
        pytest.param("places import FILE", [("places", "import")], id="argument"),
        pytest.param("ponder --deeply", [()], id="nonsense"),
    ],
)
def test_the_words_of_a_command_are_told_from_its_arguments(text, expected):
    assert [path for path, _ in resolve(text)] == expected


@pytest.mark.parametrize("kind", PROBLEM_KINDS)
def test_the_runbook_has_an_entry_for_each_kind_of_problem(kind):
    assert f"\n## {kind}\n" in (ROOT / "docs" / "runbook.md").read_text()


def damages_of(row: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", row.split(" | ")[0])


@pytest.mark.parametrize("kind", DAMAGE_KINDS)
def test_the_runbook_names_each_kind_of_damage_with_its_mend_and_no_other(kind):
    entry = (ROOT / "docs" / "runbook.md").read_text().split("\n## storage\n")[1].split("\n## ")[0]
    named = [name for row in entry.splitlines() if row.startswith("| `") for name in damages_of(row)]

    assert named.count(kind) == 1
    assert set(named) == set(DAMAGE_KINDS)


@pytest.mark.parametrize("check", sorted({name for job in JOBS.values() for name in checks_of(job)}))
def test_the_runbook_has_an_entry_for_each_check_that_can_stop_a_publication(check):
    assert f"\n### {check}\n" in (ROOT / "docs" / "runbook.md").read_text()


@pytest.mark.parametrize("outcome", REPLAY_OUTCOMES)
def test_the_runbook_says_what_to_do_after_each_outcome_of_a_replay(outcome):
    entry = (ROOT / "docs" / "runbook.md").read_text().partition("\n## quarantine\n")[2].partition("\n## ")[0]

    assert any(f"`{outcome}`" in line.split(" | ")[0] for line in entry.splitlines() if line.startswith("| "))
