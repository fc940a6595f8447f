import numpy as np
import pytest

from quality.checks.attacks.points import points_of
from quality.checks.attacks.unicity import attack_unicity, unicity, unicity_grid
from tests.quality.checks.attacks.real_points import real_points

# 40 subjects with 6 points of their own each, and 40 who were all at the same 6 points.
WHO = np.repeat(np.arange(40), 6)
ALONE = points_of(WHO, np.arange(240))
CROWD = points_of(WHO, np.tile(np.arange(6), 40))


def test_a_release_of_points_that_single_people_out_fails():
    finding = attack_unicity(ALONE, ALONE, known=4, limit=0.05, seed=1)

    assert (finding.outcome, finding.reached.value) == ("failed", 1.0)
    assert "`tiles`" in finding.mend


def test_a_pseudonym_for_each_trip_hides_nobody_among_their_own_trips():
    one_person_each = points_of(WHO, np.repeat(np.arange(4), 60) * 6 + np.tile(np.arange(6), 40), owners=WHO // 10)

    assert attack_unicity(one_person_each, ALONE, known=4, limit=0.05, seed=1).outcome == "failed"


def test_a_release_whose_people_were_all_at_the_same_points_passes():
    finding = attack_unicity(CROWD, ALONE, known=4, limit=0.05, seed=1)

    assert (finding.outcome, finding.reached.value, finding.raw.value) == ("passed", 0.0, 1.0)


def test_the_attack_is_blind_where_raw_rows_single_nobody_out():
    assert attack_unicity(CROWD, CROWD, known=4, limit=0.05, seed=1).outcome == "blind"


def test_few_draws_do_not_decide():
    assert attack_unicity(CROWD, ALONE, known=4, limit=0.05, draws=20, seed=1).outcome == "too_small"


def test_an_empty_release_is_no_private_one():
    nothing = points_of(np.array([], dtype=np.int64), np.array([], dtype=np.int64))

    assert attack_unicity(nothing, ALONE, known=4, limit=0.05, seed=1).outcome == "too_small"


def test_half_of_the_people_alone_is_a_unicity_of_a_half():
    half = points_of(np.concatenate([WHO, WHO + 40]), np.concatenate([np.arange(240), 999 + np.tile(np.arange(6), 40)]))

    reached = unicity(half, most=2, draws=2_000, seed=3)[-1]

    assert reached.low < 0.5 < reached.high


def test_unicity_does_not_fall_with_more_known_points_or_a_finer_grid():
    rng = np.random.default_rng(2)
    subjects, cells, seconds = rng.integers(30, size=600), rng.integers(8, size=600), rng.integers(86_400, size=600)

    grid = list(unicity_grid(subjects, {"fine": cells, "coarse": cells // 4}, seconds, hours=(1, 0), seed=1))

    assert [(cell.place, cell.hours, cell.known) for cell in grid[:2]] == [("fine", 1, 1), ("fine", 1, 2)]
    by = {(cell.place, cell.hours, cell.known): cell.reached.value for cell in grid}
    assert len(by) == 24
    assert all(by[place, hours, p] <= by[place, hours, p + 1] for place, hours, p in by if p < 6)
    assert by["fine", 1, 3] > by["fine", 0, 3] and by["fine", 1, 1] > by["coarse", 1, 1]


# The data sets' SOURCE.md, .01 degree. Only 70% of the subjects are here, so that a point has fewer visitors and
# unicity of one point is up to .07 higher; 2,000 draws add .02 either way.
KNOWN = [
    pytest.param("cabspotting", 1, (0.024, 0.163, 0.460, 0.761), id="cabspotting", marks=pytest.mark.long),
    pytest.param("geolife", 1, (0.778, 0.882, 0.903, 0.904), id="geolife"),
    pytest.param("geolife", 0, (0.092, 0.242, 0.342, 0.385), id="geolife-place"),
    pytest.param("gowalla", 0, (0.409, 0.757, 0.902, 0.955), id="gowalla-place"),
    pytest.param("brightkite", 0, (0.623, 0.907, 0.969, 0.990), id="brightkite-place"),
    pytest.param("nyc", 0, (0.054, 0.361, 0.578, 0.741), id="nyc-place"),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "hours", "published"), KNOWN)
def test_the_unicity_of_real_raw_rows_is_near_the_known_one(shared_data, name, hours, published):
    rows = real_points(shared_data, name)
    slots = [rows.seconds // (3600 * hours)] if hours else []

    found = unicity(points_of(rows.subjects, rows.cells, *slots), most=4, seed=7)

    assert [estimate.value for estimate in found] == pytest.approx(published, abs=0.09)
