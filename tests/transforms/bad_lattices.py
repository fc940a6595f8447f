"""Bad hierarchies and tables for what makes full-domain generalizations: each holds a value that must not be told."""

from __future__ import annotations

from functools import partial

import numpy as np

from quality.releases.attributes import Dates, Intervals, Order, Redaction
from quality.releases.privacy_models import KAnonymity, LDiversity, TCloseness
from tests.transforms.planted import PLANTED, Case
from transforms.anonymity import (
    build_hierarchy,
    build_hierarchy_of_dates,
    check_node,
    check_node_groups,
    check_node_kernels,
    check_node_models,
    check_node_population,
    check_node_sensitive,
    full_domain_loss,
    hierarchies,
    parse_hierarchy,
    search_lattice,
    search_lattice_exactly,
    search_lattice_locally,
    suppress_rows,
)
from transforms.anonymity.coded_table import CodedTable, Hierarchy, QuasiId, Sensitive
from transforms.anonymity.full_domain_loss import Loss

NUL, LONG = f"{PLANTED}\0{PLANTED}", PLANTED * 2000
DAYS = Dates(build="dates", levels=("day",))
TEXTS = np.array([PLANTED, PLANTED], object)
TREE = Hierarchy((np.arange(2, dtype=np.int32), np.zeros(2, np.int32)), ((PLANTED, "b"), ("*",)))
K2 = KAnonymity(model="k_anonymity", k=2)
CLOSE = TCloseness(model="t_closeness", column="s", t=0.1)
DIVERSE = LDiversity(model="l_diversity", column="s", l=2, variant="entropy")


def table(codes=None):
    codes = np.zeros(2, np.int32) if codes is None else codes
    column = QuasiId("q", "categorical", codes, np.arange(2.0), hierarchy=TREE)
    return CodedTable(2, (column,), (Sensitive("s", np.zeros(2, np.int32), 1, ()),))


CHECKER = check_node.NodeChecker(table(), (K2,), limit=0, loss=Loss())
GROUPS = CHECKER.groups
HELD = check_node_models.Held(PLANTED, PLANTED, PLANTED)
_build = partial(build_hierarchy.build_hierarchy, column="c")


def _parse(lines):
    return parse_hierarchy.parse_hierarchy(lines, [PLANTED], column="c")


def _hierarchy_of(values):
    return hierarchies.hierarchy_of([("a", "*")], values, column="c")


def _lattice():
    return search_lattice_exactly.BoundedLattice(CHECKER, limit=0)


def _counts():
    counts = check_node_population.PopulationCounts(table(), CHECKER.entries, np.zeros(3))
    return counts.fails((99,), GROUPS.coarsest(), np.zeros(1))


KERNELS = {
    check_node_kernels: {
        "node_keys": 7,
        "group_small": 2,
        "group_hashed": 2,
        "add_up": 3,
        "count_subjects": 3,
        "take": 2,
        "rows_by_code": 6,
        "by_class": 2,
        "count_below": 2,
    },
    check_node_sensitive: {
        "entropies": 2,
        "recursions": 3,
        "equal_distances": 4,
        "ordered_distances": 4,
        "hierarchical_distances": 6,
    },
}

LATTICES = [
    Case("anonymity.hierarchies.hierarchy_of", "a-value-without-a-line", lambda: _hierarchy_of([PLANTED])),
    Case("anonymity.hierarchies.hierarchy_of", "a-list", lambda: _hierarchy_of([[PLANTED]])),
    Case("anonymity.hierarchies.contradiction", "lines", lambda: hierarchies.contradiction([(PLANTED,)]), False),
    Case("anonymity.hierarchies.leaves_below", "a-text", lambda: hierarchies.leaves_below(PLANTED)),
    *[
        Case("anonymity.parse_hierarchy.parse_hierarchy", what, partial(_parse, text))
        for what, text in {
            "ragged": f"a;*\n{PLANTED};{PLANTED};*",
            "two-parents": f"a;x;y;*\n{PLANTED};x;{PLANTED};*",
            "two-roots": f"a;*\n{PLANTED};{PLANTED}",
            "repeated": f"{PLANTED};*\n{PLANTED};*",
            "an-open-quote": f'a;*\n"{PLANTED};*',
            "quoted-within": f'a;*\n{PLANTED}"{PLANTED};*',
            "one-column": PLANTED,
            "nul": f"a;*\n{NUL};{NUL}",
            "lacks": "a;*",
        }.items()
    ],
    *[
        Case("anonymity.build_hierarchy.build_hierarchy", what, partial(_build, build, [value]))
        for what, build, value in (
            ("intervals", Intervals(build="intervals", width=1, levels=1), PLANTED),
            ("intervals-of-lists", Intervals(build="intervals", width=1, levels=1), [PLANTED]),
            ("order", Order(build="order", values=("a",)), PLANTED),
            ("dates", DAYS, PLANTED),
            ("redaction", Redaction(build="redaction"), LONG),
        )
    ],
    Case(
        "anonymity.build_hierarchy_of_dates.lines_of_dates",
        "a-text",
        lambda: build_hierarchy_of_dates.lines_of_dates(DAYS, [PLANTED], "c"),
    ),
    *[
        Case(f"{module.__name__.removeprefix('transforms.')}.{name}", "texts", partial(getattr(module, name), *values))
        for module, kernels in KERNELS.items()
        for name, takes in kernels.items()
        for values in [[PLANTED] * takes]
    ],
    Case(
        "anonymity.check_node_models.refuse_unfit_models",
        "a-text",
        lambda: check_node_models.refuse_unfit_models([PLANTED], table()),
        False,
    ),
    Case(
        "anonymity.check_node_models.fewest_values",
        "a-text",
        lambda: check_node_models.fewest_values([PLANTED], "s"),
        False,
    ),
    Case(
        "anonymity.check_node_models.closeness_of",
        "a-text",
        lambda: check_node_models.closeness_of([PLANTED], table().sensitive[0]),
        False,
    ),
    Case(
        "anonymity.check_node_models.fails_diversity", "texts", lambda: check_node_models.fails_diversity(DIVERSE, HELD)
    ),
    Case(
        "anonymity.check_node_models.fails_closeness",
        "texts",
        lambda: check_node_models.fails_closeness(CLOSE, HELD, PLANTED, None),
    ),
    Case(
        "anonymity.full_domain_loss.costs_of",
        "positions",
        lambda: full_domain_loss.costs_of(QuasiId("q", "numeric", TEXTS, TEXTS, hierarchy=TREE), Loss("ncp")),
    ),
    Case("anonymity.full_domain_loss.Loss.spread", "a-text", lambda: Loss().spread(PLANTED, 1.0)),
    Case("anonymity.full_domain_loss.Loss.joined", "a-text", lambda: Loss().joined(PLANTED)),
    Case("anonymity.check_node_groups.NodeGroups", "a-text", lambda: check_node_groups.NodeGroups(table(), PLANTED)),
    Case("anonymity.check_node_groups.NodeGroups.coarsest", "as-it-is", GROUPS.coarsest, False),
    Case("anonymity.check_node_groups.NodeGroups.at", "no-such-level", lambda: GROUPS.at((99,))),
    Case("anonymity.check_node_groups.NodeGroups.held", "a-text", lambda: GROUPS.held(GROUPS.coarsest(), TEXTS, 1)),
    Case(
        "anonymity.check_node.NodeChecker",
        "codes",
        lambda: check_node.NodeChecker(table(TEXTS), (K2,), limit=0, loss=Loss()),
    ),
    Case(
        "anonymity.check_node_population.PopulationCounts",
        "codes",
        lambda: check_node_population.PopulationCounts(table(TEXTS), CHECKER.entries, np.zeros(3)),
    ),
    Case("anonymity.check_node_population.PopulationCounts.fails", "no-such-level", _counts),
    Case("anonymity.suppress_rows.rows_of", "a-text", lambda: suppress_rows.rows_of(PLANTED, TEXTS)),
    Case(
        "anonymity.suppress_rows.suppress_rows",
        "a-text",
        lambda: suppress_rows.suppress_rows(table(TEXTS), 1, lambda one: TEXTS),
    ),
    Case("anonymity.suppress_rows.gains_of", "texts", lambda: suppress_rows.gains_of(PLANTED, PLANTED)),
    Case("anonymity.check_node_population.released", "a-text", lambda: check_node_population.released(PLANTED)),
    Case("anonymity.check_node.NodeChecker.check", "no-such-level", lambda: CHECKER.check((99,))),
    Case("anonymity.check_node.NodeChecker.classes", "no-such-level", lambda: CHECKER.classes((99,))),
    Case(
        "anonymity.search_lattice_exactly.BoundedLattice",
        "a-text",
        lambda: search_lattice_exactly.BoundedLattice(PLANTED, limit=0),
    ),
    Case("anonymity.search_lattice_exactly.BoundedLattice.check", "no-such-level", lambda: _lattice().check((99,))),
    Case("anonymity.search_lattice_exactly.BoundedLattice.least", "as-it-is", lambda: _lattice().least(), False),
    Case("anonymity.search_lattice_exactly.BoundedLattice.node", "a-text", lambda: _lattice().node(PLANTED)),
    Case(
        "anonymity.search_lattice_exactly.search_exactly",
        "a-text",
        lambda: search_lattice_exactly.search_exactly(PLANTED, limit=0, checks=1),
    ),
    Case(
        "anonymity.search_lattice_locally.LocalSearch",
        "a-text",
        lambda: search_lattice_locally.LocalSearch(PLANTED, limit=0, checks=1),
    ),
    Case(
        "anonymity.search_lattice_locally.LocalSearch.run",
        "a-text",
        lambda: search_lattice_locally.LocalSearch(CHECKER, limit=PLANTED, checks=1).run(),
    ),
    Case(
        "anonymity.search_lattice.search_lattice",
        "codes",
        lambda: search_lattice.search_lattice(table(TEXTS), models=(K2,), suppression=0),
    ),
    Case(
        "anonymity.search_lattice.search_lattice",
        "suppression",
        lambda: search_lattice.search_lattice(table(), models=(K2,), suppression=PLANTED),
    ),
]
