"""Bad tables for the functions of `transforms` that encode a table to be made anonymous, and cut it into boxes."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from quality.releases.declaration import TableRelease
from tests.transforms.planted import NUMBER, PLANTED, Case
from transforms.anonymity import (
    box_rows,
    dates,
    domains,
    encode_table,
    join_population,
    order_rows,
    publish_rows,
    reach_models,
    split_tree,
    unite_subjects,
)

RELEASE = TableRelease(
    name="t", description="d", purpose="p", reads="f", subject="who",
    quasi_ids={"age": {"kind": "numeric"}, "place": {"kind": "categorical"}},
    models=({"model": "k_anonymity", "k": 2},),
)  # fmt: skip
GOOD = pa.table({"age": [1, 2], "place": ["a", "b"], "who": ["x", "y"]})
BAD = pa.table({"age": [PLANTED, "1"], "place": [PLANTED, PLANTED], "who": [PLANTED, PLANTED]})
LISTS = pa.table({"age": [[NUMBER]], "place": [[PLANTED]], "who": [[PLANTED]]})
DOMAINS = domains.unite_domains([domains.survey_columns(GOOD, RELEASE.coded)])
UNKNOWN = pa.table({"age": [1], "place": [PLANTED], "who": [PLANTED]})
PLAN = box_rows.plan_boxes([box_rows.survey_part(GOOD.to_batches(), RELEASE, 1)], RELEASE, rows_in_box=1, texts={})
CLOSE = TableRelease(
    name="t", description="d", purpose="p", reads="f", quasi_ids={"age": {"kind": "numeric"}},
    models=({"model": "t_closeness", "column": "place", "t": 0.5},),
)  # fmt: skip
CLOSE_PLAN = box_rows.plan_boxes([box_rows.survey_part(GOOD.to_batches(), CLOSE, 1)], CLOSE, rows_in_box=1, texts={})
DATES = pa.chunked_array([["2026-01-02"]])
PIECE = pa.RecordBatch.from_pydict({"box": [1], "payload": [PLANTED.encode()]})


def _survey(table):
    return domains.survey_columns(table, RELEASE.coded)


TABLES = [
    *[
        Case(f"anonymity.{of}", what, partial(do, table))
        for what, table in (("a-text-for-a-number", BAD), ("lists", LISTS))
        for of, do in (
            ("domains.survey_columns", _survey),
            ("domains.survey_table", lambda table: domains.survey_table(table, RELEASE.coded, {})),
            ("domains.as_declared", lambda table: domains.as_declared(table, "age", RELEASE.quasi_ids["age"])),
            ("publish_rows.publish_rows", lambda table: publish_rows.publish_rows(table, RELEASE, DOMAINS)),
            ("encode_table.encode_table", lambda table: encode_table.encode_table(table, RELEASE, DOMAINS)),
            ("box_rows.survey_part", lambda table: box_rows.survey_part(table.to_batches(), RELEASE, 1)),
            ("box_rows.numbers_of", lambda table: box_rows.numbers_of(table, DOMAINS, np.zeros(1))),
            ("box_rows.pack_boxes", lambda table: list(box_rows.pack_boxes(table.to_batches(), RELEASE, PLAN))),
        )
    ],
    Case(
        "anonymity.box_rows.with_spreads", "an-unknown-value",
        lambda: box_rows.with_spreads(UNKNOWN.to_batches(), CLOSE, CLOSE_PLAN),
    ),
    Case(
        "anonymity.encode_table.encode_table", "an-unknown-value",
        lambda: encode_table.encode_table(UNKNOWN, RELEASE, DOMAINS),
    ),
    Case("anonymity.dates.moments_of", "a-text", lambda: dates.moments_of(PLANTED)),
    Case("anonymity.dates.told_as_moments", "a-text", lambda: dates.told_as_moments(PLANTED, DATES)),
    Case(
        "anonymity.join_population.unite_people", "no-column",
        lambda: join_population.unite_people(BAD, BAD, "device"),
    ),
    Case(
        "anonymity.join_population.join_population", "another-type",
        lambda: join_population.join_population(BAD, LISTS, ["age"]),
    ),
    Case("anonymity.reach_models.reach_models", "a-text", lambda: reach_models.reach_models(PLANTED, RELEASE)),
    Case("anonymity.order_rows.order_rows", "no-column", lambda: order_rows.order_rows(BAD, ["device"])),
    Case("anonymity.domains.unite_domains", "texts", lambda: domains.unite_domains([(PLANTED,), (PLANTED,)])),
    Case(
        "anonymity.domains.with_hierarchies", "a-text-that-is-none",
        lambda: domains.with_hierarchies(DOMAINS, {"place": PLANTED}),
    ),
    Case(
        "anonymity.domains.hierarchy_for", "values-that-it-lacks",
        lambda: domains.hierarchy_for(DOMAINS[1], "a;*\n", [PLANTED]),
    ),
    Case(
        "anonymity.box_rows.plan_boxes", "texts",
        lambda: box_rows.plan_boxes([PLANTED], RELEASE, rows_in_box=1, texts={}),
    ),
    Case("anonymity.box_rows.unpack_boxes", "no-stream", lambda: box_rows.unpack_boxes([PIECE])),
    Case(
        "anonymity.split_tree.grow_tree", "a-text",
        lambda: split_tree.grow_tree(PLANTED, spans=np.ones(1), boxes=2, least=1),
    ),
    Case("anonymity.split_tree.boxes_of", "a-text", lambda: split_tree.boxes_of(PLANTED, PLANTED, PLANTED, PLANTED)),
    Case("anonymity.unite_subjects.unite_subjects", "no-column", lambda: unite_subjects.unite_subjects(BAD, "device")),
    Case(
        "anonymity.unite_subjects.united_accounts",
        "no-column",
        lambda: unite_subjects.united_accounts(BAD, "device", ["who"]),
    ),
    Case("anonymity.unite_subjects.unite_subjects", "lists", lambda: unite_subjects.unite_subjects(LISTS, "who")),
]  # fmt: skip
