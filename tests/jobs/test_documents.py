from __future__ import annotations

import json
from pathlib import Path

import jobs
from jobs.documents import (
    data_dictionary,
    documents,
    outdated,
    outdated_contracts,
    write_contracts,
    write_documents,
)
from jobs.listings import LISTINGS
from quality.contracts import CONTRACTS

DOCS = Path(jobs.__file__).parents[1] / "docs"


def test_the_documents_of_this_checkout_are_up_to_date():
    assert outdated(DOCS) == [], "run `python -m jobs.cli.documents`"


def test_a_changed_a_missing_and_a_left_over_document_are_noticed_and_mended(tmp_path):
    write_documents(tmp_path)
    assert outdated(tmp_path) == []

    (tmp_path / "data-dictionary.md").write_text("edited")
    (tmp_path / "schemas" / "run.json").unlink()
    (tmp_path / "schemas" / "old.json").write_text("{}")

    assert outdated(tmp_path) == ["data-dictionary.md", "schemas/old.json", "schemas/run.json"]
    write_documents(tmp_path)
    assert outdated(tmp_path) == []


def test_the_contracts_of_declared_releases_are_up_to_date():
    assert outdated_contracts() == {}, "run `python -m jobs.cli.documents`"


def test_a_changed_a_missing_and_a_left_over_contract_are_noticed_and_mended(tmp_path, monkeypatch):
    made = {tmp_path / "one.json": "1\n", tmp_path / "two.json": "2\n"}
    monkeypatch.setattr("jobs.documents.declared_contracts", lambda: made)
    monkeypatch.setattr("jobs.documents.CONTRACTS_OF_RELEASES", tmp_path)
    (tmp_path / "one.json").write_text("edited")
    (tmp_path / "old.json").write_text("{}")

    assert sorted(path.name for path in outdated_contracts()) == ["old.json", "one.json", "two.json"]
    write_contracts()
    assert outdated_contracts() == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "two.json"]


def test_the_dictionary_has_every_column_of_every_table():
    text = data_dictionary()

    for contract in CONTRACTS.values():
        section = text.split(f"## {contract.name}\n")[1].split("\n## ")[0]
        assert [line.split()[1] for line in section.splitlines() if line.startswith("| ")][1:] == list(
            contract.column_names
        )


def test_every_listing_and_what_a_webhook_is_posted_have_their_schema():
    assert {name for name in documents() if name.startswith("schemas/")} == {
        f"schemas/{name}.json" for name in [*LISTINGS, "alert"]
    }
    assert "schemas/check.json" in documents()


def test_a_schema_refuses_what_its_listing_does_not_have():
    schema = json.loads(documents()["schemas/run.json"])

    assert schema["additionalProperties"] is False
    assert schema["$schema"].endswith("2020-12/schema")
