"""Bad tables for what makes and publishes classes of rows: each holds a value that must not be told."""

from __future__ import annotations

from functools import partial

import numpy as np

from quality.releases.privacy_models import KAnonymity, LDiversity
from tests.transforms.planted import NUMBER, PLANTED, Case
from transforms.anonymity import (
    classes,
    classes_loss,
    microaggregate,
    partition_best,
    partition_bounds,
    partition_cut,
    partition_mondrian,
    partition_population,
    partition_rules,
    partition_space,
    recode_classes,
    recode_limits,
    refine_block,
    refine_classes,
    tell_limits,
)
from transforms.anonymity.coded_table import CodedTable, QuasiId, Sensitive

CODES = np.zeros(2, np.int32)
MANY = KAnonymity(model="k_anonymity", k=3)
DIVERSE = LDiversity(model="l_diversity", column="s", l=2)


def table(positions=(NUMBER, NUMBER + 1), codes=CODES, kind="numeric"):
    column = QuasiId("q", kind, codes, np.array(positions))
    return CodedTable(2, (column,), (Sensitive("s", codes, 1, ()),))


TEXTS = table((PLANTED, PLANTED), np.array([PLANTED, PLANTED]))
UNORDERED = np.array([PLANTED, PLANTED])


def _partition(bad):
    return partition_mondrian.partition_mondrian(bad, models=[MANY], strict=True)


KERNELS = {
    partition_best: {"split_best": 8},
    partition_bounds: {"holds": 5, "subjects_in": 5, "every_class_holds": 3},
    partition_cut: {"measure_ends": 6, "median": 1, "cut_rows": 8, "block_of": 5, "rank_values": 7},
    partition_population: {"crowd_holds": 3},
    partition_mondrian: {"split_rows": 5, "split_class": 8},
    partition_rules: {"rule_holds": 8},
    partition_space: {"rows_by_class": 1, "span_loss": 4, "set_loss": 3},
    refine_block: {"block_of_rows": 4, "costs_with": 4, "gain_without": 3, "put": 4, "take": 3},
    refine_classes: {"refine_classes": 4},
}

CLASSES = [
    *[
        Case(f"{module.__name__.removeprefix('transforms.')}.{name}", "texts", partial(getattr(module, name), *values))
        for module, kernels in KERNELS.items()
        for name, takes in kernels.items()
        for values in [[PLANTED] * takes]
    ],
    *[
        Case(f"anonymity.{of}", f"{what}-{kind}", partial(do, bad))
        for of, do in (
            ("classes.make_classes", partial(classes.make_classes, models=[MANY])),
            ("partition_mondrian.partition_mondrian", _partition),
            ("partition_bounds.bounds_of", lambda bad: partition_bounds.bounds_of(bad, [DIVERSE])),
            ("microaggregate.microaggregate", partial(microaggregate.microaggregate, k=3)),
        )
        for what, kind, bad in (("texts", "numeric", TEXTS), ("one-value", "numeric", table()))
    ],
    Case("anonymity.partition_population.crowd_of", "a-text", lambda: partition_population.crowd_of(PLANTED, [])),
    Case("anonymity.partition_space.space_of", "texts", lambda: partition_space.space_of(TEXTS)),
    Case("anonymity.partition_space.nodes_of", "a-text", lambda: partition_space.nodes_of(PLANTED, 2)),
    Case("anonymity.partition_space.tree_order", "a-text", lambda: partition_space.tree_order(PLANTED)),
    Case("anonymity.partition_bounds.tally_of", "a-text", lambda: partition_bounds.tally_of(PLANTED)),
    Case("anonymity.classes_loss.information_loss", "texts", lambda: classes_loss.information_loss(TEXTS, CODES)),
    Case("anonymity.microaggregate.class_means", "texts", lambda: microaggregate.class_means(TEXTS, CODES)),
    Case(
        "anonymity.recode_classes.recode_classes", "a-label-too-few",
        lambda: recode_classes.recode_classes(table(), CODES, [[PLANTED]]),
    ),
    Case(
        "anonymity.recode_classes.recode_classes", "no-labels",
        lambda: recode_classes.recode_classes(table(), CODES, [[[PLANTED], [PLANTED]]]),
    ),
    Case("anonymity.recode_limits.recode_limits", "a-text", lambda: recode_limits.recode_limits(UNORDERED, top=1)),
    Case("anonymity.tell_limits.tell_limits", "a-text", lambda: tell_limits.tell_limits([PLANTED], [1], None)),
]  # fmt: skip
