"""How many of a population are in each class of a node, for k-map and delta-presence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transforms.anonymity.check_node_groups import Entries, Groups, NodeGroups
from transforms.anonymity.check_node_kernels import Flags, Floats, Longs, count_subjects
from transforms.anonymity.check_node_models import TOLERANCE
from transforms.anonymity.coded_table import CodedTable


class PopulationCounts:
    """Counts the subjects of a table's population by the classes of its release, node by node."""

    def __init__(self, table: CodedTable, entries: Entries, crowd: Floats) -> None:
        """``entries`` are of the release's rows; ``crowd``: k-map's k, delta-presence's least and greatest share."""
        whole = CodedTable(table.rows, table.quasi_ids)
        every = Entries.of(whole)
        self._groups, self._crowd = NodeGroups(whole, every), crowd
        _, rows = np.unique(entries.of_row, return_index=True)
        self._own = every.of_row[rows]
        people = every.of_row[table.own :]
        who = np.arange(people.size) if table.subjects is None else table.subjects[table.own :]
        order = np.argsort(who, kind="stable")
        self._people, self._who = people[order], who[order].astype(np.int32)

    def fails(self, levels: tuple[int, ...], groups: Groups, own: Longs) -> tuple[Flags, Flags]:
        """Return which of ``groups``, of ``own`` subjects each, fail, and which of them in every more specific node.

        k-map lasts: parts of a class match fewer. If somebody of the population matches no class, whom delta-presence
        wants to be there by some chance, all fail, and they do in parts too.
        """
        classes = self._groups.at(levels)
        counts = count_subjects(classes.of[self._people], self._who, classes.rows.size)
        place = classes.of[self._own[groups.firsts]]
        others, (k, least, most) = counts[place], self._crowd
        lasts = np.asarray(others < k)
        absent = np.ones(counts.size, bool)
        absent[place] = False
        if least > 0 and (absent & (counts > 0)).any():
            lasts[:] = True
        share = (own < least * others - TOLERANCE) | (own > most * np.maximum(others, TOLERANCE) + TOLERANCE)
        return np.asarray(lasts | share), lasts


def released(table: CodedTable) -> CodedTable:
    """Return the release's rows alone, in the codes of both."""
    if not table.population:
        return table
    n = table.own
    return replace(
        table,
        rows=n,
        quasi_ids=tuple(replace(one, codes=one.codes[:n]) for one in table.quasi_ids),
        sensitive=tuple(replace(one, codes=one.codes[:n]) for one in table.sensitive),
        subjects=None if table.subjects is None else table.subjects[:n],
        population=0,
    )
