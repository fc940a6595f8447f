from __future__ import annotations

import h3
import pytest

from quality.checks.places.cell_counts import told_counts

FINE = h3.latlng_to_cell(52.52, 13.405, 8)
COARSE, SISTER = h3.cell_to_parent(FINE, 7), sorted(set(h3.cell_to_children(h3.cell_to_parent(FINE, 7))) - {FINE})[0]
AWAY = h3.latlng_to_cell(48.85, 2.35, 8)


@pytest.mark.parametrize(
    ("published", "told"),
    [
        pytest.param([FINE, FINE, AWAY], [2, 0, 1], id="as-fine-as-it-was"),
        pytest.param([COARSE] * 14, [2, 2, 0], id="spread-evenly-over-seven"),
        pytest.param([COARSE] * 7 + [FINE], [2, 1, 0], id="both"),
        pytest.param([], [0, 0, 0], id="nothing"),
    ],
)
def test_a_reader_spreads_a_coarse_cell_evenly_over_the_cells_in_it(published, told):
    cells = [h3.str_to_int(cell) for cell in (FINE, SISTER, AWAY)]

    assert told_counts(cells, published).tolist() == pytest.approx(told)
