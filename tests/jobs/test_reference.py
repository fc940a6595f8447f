from __future__ import annotations

import h3
import pytest

from jobs.reference import import_reference, read_reference, reference_digest, spread, tiling_for
from quality.contracts.errors import UsageError

PLACES = "name,kind,latitude,longitude,population\nParis,city,48.85,2.35,2000000\n"
POPULATION = "latitude,longitude,residents,radius_m\n48.85,2.35,9000.5,0\n"


def file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "given.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_places_and_population_are_typed(tmp_path):
    [place] = read_reference(file(tmp_path, "\ufeff" + PLACES), "places")
    [people] = read_reference(file(tmp_path, POPULATION), "population")

    assert place == {"name": "Paris", "kind": "city", "latitude": 48.85, "longitude": 2.35, "population": 2_000_000}
    assert people == {"latitude": 48.85, "longitude": 2.35, "residents": 9000.5, "radius_m": 0.0}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        pytest.param("name,kind\n", "places", "lacks columns: latitude, longitude, population", id="columns"),
        pytest.param("", "population", "lacks columns", id="empty"),
        pytest.param(POPULATION + "91,0,1,0\n", "population", "line 3: latitude", id="latitude"),
        pytest.param(POPULATION + "0,-180.5,1,0\n", "population", "line 3: longitude", id="longitude"),
        pytest.param(POPULATION + "0,0,-1,0\n", "population", "line 3: residents", id="negative"),
        pytest.param(POPULATION + "0,0,planted,0\n", "population", "line 3: residents", id="text"),
        pytest.param(POPULATION + "0,0,1,nan\n", "population", "line 3: radius_m", id="nan"),
        pytest.param(POPULATION + "0,0,inf,1\n", "population", "line 3: residents", id="infinite"),
    ],
)
def test_a_mistake_is_named_by_line_and_field_without_its_value(tmp_path, text, kind, said):
    with pytest.raises(UsageError, match=said) as refused:
        read_reference(file(tmp_path, text), kind)

    assert "planted" not in str(refused.value)


@pytest.mark.parametrize("missing", [pytest.param(True, id="absent"), pytest.param(False, id="not-utf-8")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, missing):
    path = tmp_path / "none.csv" if missing else file(tmp_path, PLACES.replace("Paris", "Łódź"), "utf-16")

    with pytest.raises(UsageError, match="cannot be read as CSV"):
        read_reference(path, "places")


def test_only_a_good_file_that_is_no_trial_is_kept(home, tmp_path):
    before = reference_digest(home)

    assert import_reference(home, "places", file(tmp_path, PLACES), dry_run=True) == 1
    with pytest.raises(UsageError):
        import_reference(home, "places", file(tmp_path, PLACES + "x,y,99,0,1\n"))
    assert reference_digest(home) == before
    import_reference(home, "places", file(tmp_path, PLACES))
    assert reference_digest(home) != before


def test_residents_are_spread_over_a_disk_and_none_is_lost():
    point = {"latitude": 48.85, "longitude": 2.35, "residents": 700.0, "radius_m": 0.0}

    assert spread([point], 7) == {h3.latlng_to_cell(48.85, 2.35, 7): 700.0}
    wide = spread([{**point, "radius_m": 10_000.0}, point], 7)
    assert len(wide) > 30
    assert sum(wide.values()) == pytest.approx(1_400)
    assert all(
        h3.great_circle_distance((48.85, 2.35), h3.cell_to_latlng(cell), "m") <= 10_000 for cell in wide
    )  # fmt: skip


def test_a_tiling_is_built_once_from_the_files_of_its_time(home, tmp_path):
    release = home.policy.jurisdiction("eu").release
    cell = h3.latlng_to_cell(48.85, 2.35, 7)
    empty = tiling_for(home, release)
    assert h3.get_resolution(empty().tile(cell).cell) == release.coarsest_resolution

    import_reference(home, "places", file(tmp_path, PLACES))
    import_reference(home, "population", file(tmp_path, POPULATION))
    assert empty() is empty()
    made = tiling_for(home, release)()
    assert (made.tile(cell).cell, made.tile(cell).place) == (cell, "Paris")
    assert made.version != empty().version
