"""Mondrian in compiled code does what a naive one does, written from the paper."""

from __future__ import annotations

import numpy as np
import pytest

from quality.releases.privacy_models import KAnonymity
from tests.transforms.anonymity.tables import adult, members, quasi_id
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.partition_mondrian import partition_mondrian


def naive(table, k):
    """Strict Mondrian (LeFevre et al., ICDE 2006) on codes: the widest column first, at the median."""
    codes = np.column_stack([one.codes for one in table.quasi_ids])
    places = [(one.positions - one.positions[0]) / np.ptp(one.positions) for one in table.quasi_ids]
    classes, found, waiting = np.zeros(table.rows, np.int32), 0, [np.arange(table.rows)]
    while waiting:
        rows = waiting.pop()
        halves = next(allowed(codes[rows], places, k), None)
        if halves is None:
            classes[rows] = found
            found += 1
        else:
            waiting += [rows[~halves], rows[halves]]
    return classes


def allowed(codes, places, k):
    weight = 1 / len(places)
    spans = [np.ptp(weight * place[codes[:, column]]) for column, place in enumerate(places)]
    for column in np.argsort(-np.array(spans), kind="stable"):
        values = codes[:, column]
        middle = np.sort(values)[(values.size - 1) // 2]
        sides = sorted([values < middle, values <= middle], key=lambda left: abs(2 * left.sum() - left.size))
        if spans[column] > 0:
            yield from (left for left in sides if k <= left.sum() <= left.size - k)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("k", [2, 5])
def test_numbers_are_cut_as_by_the_naive_one(seed, k):
    rng = np.random.default_rng(seed)
    columns = [quasi_id(f"c{at}", rng.integers(0, size, 200).tolist()) for at, size in enumerate((10, 40, 150))]
    table = CodedTable(200, tuple(columns))

    exact, compiled = (
        naive(table, k),
        partition_mondrian(table, models=[KAnonymity(model="k_anonymity", k=k)], strict=True),
    )

    assert information_loss(table, compiled) <= information_loss(table, exact) + 1e-12
    assert sorted(map(tuple, members(compiled))) == sorted(map(tuple, members(exact)))


@pytest.mark.realdata
@pytest.mark.parametrize("k", [5, 10, 50])
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "relaxed"])
def test_adult_loses_no_more_than_by_the_naive_one(shared_data, k, strict):
    table = adult(shared_data)

    compiled = partition_mondrian(table, models=[KAnonymity(model="k_anonymity", k=k)], strict=strict)

    assert information_loss(table, compiled) <= information_loss(table, naive(table, k))
