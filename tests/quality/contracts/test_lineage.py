from __future__ import annotations

from quality.contracts import CONTRACTS
from quality.contracts.lineage import columns_behind, kinds_behind, tables_behind


def test_a_column_is_followed_back_to_what_landed():
    assert columns_behind(("protected.pings", "cell")) == {
        ("clean.pings", "latitude"), ("clean.pings", "longitude"),
        ("raw.pings", "latitude"), ("raw.pings", "longitude"),
    }  # fmt: skip


def test_a_table_is_followed_through_all_between():
    assert tables_behind("curated.place_counts") == {"protected.pings", "clean.pings", "raw.pings"}
    assert tables_behind("raw.pings") == set()


def test_what_is_made_of_both_logs_tells_of_both_and_a_column_of_its_own():
    assert kinds_behind("curated.actor_features") == {"pings", "actions"}
    assert kinds_behind("curated.actor_features", "log_ins") == {"actions"}
    assert kinds_behind("reference.ip_ranges") == kinds_behind("planted.nothing") == set()


def test_every_declared_source_is_a_column_of_a_contract():
    absent = [
        (name, column.name, source)
        for name, contract in CONTRACTS.items()
        for column in contract
        for source in column.source
        if source.rpartition(".")[2] not in CONTRACTS[source.rpartition(".")[0]].column_names
    ]

    assert absent == []
