from __future__ import annotations

import numpy as np

from transforms.anonymity.split_tree import boxes_of, grow_tree


def boxed(sample, rows=None, *, boxes=4, least=1):
    sample = np.array(sample, dtype=float)
    tree = grow_tree(sample, spans=np.nan_to_num(np.ptp(sample, axis=1), posinf=1), boxes=boxes, least=least)
    rows = sample if rows is None else np.array(rows, dtype=float)
    return tree, boxes_of(tree.column, tree.cut, tree.left, rows)


def test_rows_are_cut_at_medians_into_boxes_of_equal_size():
    tree, boxes = boxed([[1, 2, 3, 4, 5, 6, 7, 8]])

    assert tree.boxes == 4
    assert boxes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_equal_rows_are_never_parted():
    tree, boxes = boxed([[5, 5, 5, 5, 5, 9]])

    assert tree.boxes == 2
    assert len(set(boxes[:5].tolist())) == 1


def test_no_box_has_fewer_rows_of_the_sample_than_asked():
    tree, boxes = boxed([list(range(10))], boxes=10, least=3)

    assert np.bincount(boxes).min() >= 3
    assert tree.boxes == 2


def test_rows_that_were_not_in_the_sample_belong_to_a_box_too():
    _, boxes = boxed([[1, 2, 3, 4]], [[-1e9, 2.5, 1e9, np.inf]], boxes=2)

    assert boxes.tolist() == [0, 1, 1, 1]


def test_no_value_lies_beyond_every_number():
    _, boxes = boxed([[1, 2, np.inf, np.inf]], boxes=2)

    assert boxes.tolist() == [0, 0, 1, 1]


def test_a_table_of_equal_rows_is_one_box():
    tree, _ = boxed([[7, 7, 7], [1, 1, 1]])

    assert tree.boxes == 1
