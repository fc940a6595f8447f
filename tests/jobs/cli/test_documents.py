from __future__ import annotations

from jobs.cli import documents
from jobs.documents import outdated


def test_documents_are_written_once_and_are_then_up_to_date(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(documents, "DOCS", tmp_path)

    documents.main()

    assert outdated(tmp_path) == []
