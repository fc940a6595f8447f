from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import lambertw
from scipy.stats import kstest

from jobs.budget.keyed_noise import KeyedNoise
from tests.transforms.location.declared import Counted, declared, fixes_of, rows
from transforms.location.distances import meters_between
from transforms.location.fixes import read_fixes
from transforms.location.h3_cells import centers
from transforms.location.planar_laplace import lambert_w, laplace_radius, moved_by, noisy_cells


def test_lambert_w_is_the_lower_branch():
    values = -np.exp(-1 - np.logspace(-6, 2, 200))

    assert np.allclose(lambert_w(values), lambertw(values, -1).real, rtol=1e-9)
    assert lambert_w(np.array([-1 / math.e]))[0] == pytest.approx(-1, abs=1e-7)


def test_the_radius_is_the_inverse_of_its_distribution_from_end_to_end():
    shares = np.concatenate([[0.0, 1e-15, 1e-9], np.linspace(0.001, 0.999, 99), [1 - 2**-53]])
    radius = laplace_radius(shares, 2.0)

    assert np.allclose(1 - (1 + 2 * radius) * np.exp(-2 * radius), shares, atol=1e-12)
    assert (np.diff(radius) >= 0).all()
    assert radius[0] == pytest.approx(0, abs=1e-7)


def test_noise_has_the_mean_and_the_angles_of_planar_laplace():
    uniforms = np.random.default_rng(11).random((20_000, 2))
    latitudes, longitudes = moved_by(np.full(20_000, 40.7), np.full(20_000, -74.0), uniforms, 4.0)
    meters = meters_between(40.7, -74.0, latitudes, longitudes)

    assert meters.mean() == pytest.approx(2 / 4.0 * 1000, rel=0.02)
    assert np.percentile(meters, 95) == pytest.approx(4.744 / 4.0 * 1000, rel=0.03)
    angles = np.arctan2(longitudes + 74.0, (latitudes - 40.7) / math.cos(math.radians(40.7)))
    assert kstest((angles + math.pi) / (2 * math.pi), "uniform").pvalue > 0.001


def test_noise_over_the_date_line_stays_on_earth():
    _, longitudes = moved_by(np.full(500, 0.0), np.full(500, 179.999), np.random.default_rng(1).random((500, 2)), 0.1)

    assert (np.abs(longitudes) <= 180).all()
    assert longitudes.min() < 0


RELEASE = declared(noise={"epsilon_per_km": 1.0})


def test_a_subject_seen_in_a_cell_again_is_told_at_the_same_place_again():
    table = rows(*[("a", 40.7, -74.0, at) for at in range(20)], ("b", 40.7, -74.0, 0))
    source = Counted()

    told, spent = noisy_cells(read_fixes(table, RELEASE), table["who"], RELEASE, source)
    again, _ = noisy_cells(read_fixes(table, RELEASE), table["who"], RELEASE, source)

    assert len(set(told[:20].tolist())) == 1
    assert told.tolist() == again.tolist()
    assert len(source.known) == 2
    assert spent.most == 1.0


def test_the_budget_adds_up_over_the_distinct_cells_of_a_subject_and_its_accounts():
    table = rows(("a", 40.7, -74.0, 0), ("a", 41.7, -74.0, 1), ("b", 40.7, -74.0, 2), ("c", 40.7, -74.0, 3))
    table = table.append_column("device", pa.array(["x", "x", "x", "y"]))
    release = declared(noise={"epsilon_per_km": 0.5}, links=["device"])

    _, spent = noisy_cells(read_fixes(table, release), table["who"], release, Counted())

    assert sorted(spent.cells[spent.cells > 0].tolist()) == [1, 3]
    assert spent.most == 1.5


def drawn_for(*releases):
    """Count what a source is asked for one fix, by all ``releases`` together."""
    table, source = rows(("a", 40.7, -74.0, 0)), Counted()
    for release in releases:
        noisy_cells(read_fixes(table, release), table["who"], release, source)
    return len(source.known)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"epoch": {"start": "2008-05-01", "end": "2008-05-31"}}, id="epoch"),
        pytest.param({"reads": "others.parquet"}, id="dataset"),
        pytest.param({"noise": {"epsilon_per_km": 1.5}}, id="epsilon"),
        pytest.param({"tiles": {"finest": 8, "coarsest": 5, "least": 2}}, id="finest"),
    ],
)
def test_another_epoch_dataset_or_scale_draws_anew(changed):
    assert drawn_for(RELEASE, declared(**{"noise": {"epsilon_per_km": 1.0}, **changed})) == 2


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name": "other"}, id="release"),
        pytest.param({"epoch": {"start": "2008-04-28", "end": "2008-06-30"}}, id="last-day"),
    ],
)
def test_another_name_or_last_day_tells_the_same_places_so_that_nobody_can_average(changed):
    assert drawn_for(RELEASE, declared(**{"noise": {"epsilon_per_km": 1.0}, **changed})) == 1


def test_two_scales_of_noise_cannot_be_solved_for_the_true_place():
    """If only the radius were scaled, (e1 p1 - e2 p2) / (e1 - e2) would be the true cell."""
    table, source = rows(*[(f"p{one}", 40.7, -74.0, 0) for one in range(200)]), KeyedNoise(b"a" * 32)

    def told(epsilon):
        release = declared(noise={"epsilon_per_km": epsilon}, tiles={"finest": 11, "coarsest": 5, "least": 2})
        cells, _ = noisy_cells(read_fixes(table, release), table["who"], release, source)
        return np.stack(centers(cells))

    solved = (0.5 * told(0.5) - 1.0 * told(1.0)) / (0.5 - 1.0)

    assert np.median(meters_between(40.7, -74.0, *solved)) > 1_000


def test_a_release_without_noise_has_none_to_draw():
    table = rows(("a", 40.7, -74.0, 0))

    with pytest.raises(Exception, match="ValueError"):
        noisy_cells(fixes_of(("a", 40.7, -74.0, 0)), table["who"], declared(), Counted())
