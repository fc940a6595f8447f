"""Keys of rows and the public set of all partitions agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from math import ceil

import h3
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quality.contracts.errors import UsageError
from quality.releases.noisy_keys import CellKey, ColumnKey, GridKey, PublicKeys, TimeKey
from transforms.noise.derive_keys import key_columns, partition_numbers, public_partitions

GRID = {"cell": GridKey(by="grid", latitude="lat", longitude="lon", step=0.01)}
FINE = h3.latlng_to_cell(37.77, -122.42, 9)


def derived(keys, **columns):
    import polars as pl

    return pl.DataFrame(columns).select(key_columns(keys)).to_dict(as_series=False)


def at(every, when=datetime(2026, 5, 5, 7, 30)):
    return derived({"k": TimeKey(by="time", column="at", every=every)}, at=[when])["k"][0]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.floats(37.7, 37.8), st.floats(-122.5, -122.4))
def test_every_place_of_a_box_lies_in_one_of_its_squares(lat, lon):
    box = {"south": 37.7, "west": -122.5, "north": 37.8, "east": -122.4}
    squares = public_partitions(PublicKeys(product={"cell": box}), GRID)["cell"].to_pylist()

    assert derived(GRID, lat=[lat], lon=[lon])["cell"][0] in squares
    assert len(squares) in (100, 110, 121)


STEPS = {float(Fraction(step)): Fraction(step) for step in ("0.1", "0.01", "0.001", "0.05", "0.025", "1/3", "7")}
EACH = st.integers(0, 12).map(lambda part: Fraction(part, 12))


def true_square(lat, lon, step):
    """Return row and column of a place by exact arithmetic."""
    return tuple(
        min((place + most) // STEPS[step], ceil(2 * most / STEPS[step]) - 1) for place, most in ((lat, 90), (lon, 180))
    )


@st.composite
def boxes(draw):
    """Draw a step, a box of few squares, and places in it: on its borders, on those of squares, and between."""
    step = draw(st.sampled_from(list(STEPS)))
    sides = []
    for most in (90, 180):
        squares = ceil(2 * most / STEPS[step])
        low = draw(st.sampled_from([0, squares - 1]) | st.integers(0, squares - 1)) + draw(EACH) / 3
        ends = (at * STEPS[step] - most for at in (low, low + draw(st.integers(1, 4)) + draw(EACH)))
        sides.append([min(end, Fraction(most)) for end in ends])
    (south, north), (west, east) = sides
    lats, lons = (EACH.map(lambda part, a=a, b=b: a + part * (b - a)) for a, b in sides)
    box = {"south": south, "west": west, "north": north, "east": east}
    return step, box, draw(st.lists(st.tuples(lats, lons), min_size=1, max_size=20))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(boxes())
def test_each_place_of_a_closed_box_is_in_a_public_square_and_each_such_square_touches_the_box(drawn):
    import polars as pl

    step, box, places = drawn
    keys = {"cell": GridKey(by="grid", latitude="lat", longitude="lon", step=step)}
    partitions = PublicKeys(product={"cell": {side: float(at) for side, at in box.items()}})
    corners = [true_square(box[lat], box[lon], step) for lat, lon in (("south", "west"), ("north", "east"))]
    (south, west), (north, east) = corners
    touching = [10**7 * row + column for row in range(south, north + 1) for column in range(west, east + 1)]
    true = [10**7 * row + column for row, column in (true_square(*place, step) for place in places)]
    frame = pl.DataFrame(
        [tuple(map(float, place)) for place in places], {"lat": pl.Float64, "lon": pl.Float64}, orient="row"
    )
    number, count = partition_numbers(partitions, keys)

    assert public_partitions(partitions, keys)["cell"].to_pylist() == touching
    assert count == len(touching)
    assert frame.select(key_columns(keys))["cell"].to_list() == true
    assert [touching[at] for at in frame.select(number.alias("n"))["n"]] == true


@pytest.mark.parametrize(
    ("lat", "lon", "row", "column"),
    [
        pytest.param(90.0, 180.0, 1799, 3599, id="the-pole-and-the-antimeridian"),
        pytest.param(89.95, 179.95, 1799, 3599, id="beside-them"),
        pytest.param(-90.0, -180.0, 0, 0, id="the-first"),
        pytest.param(0.3, -122.4, 903, 576, id="on-the-border-of-squares"),
        pytest.param(0.2999999, -122.4000001, 902, 575, id="a-centimetre-before-it"),
    ],
)
def test_a_place_on_a_border_begins_a_square_but_where_the_globe_ends(lat, lon, row, column):
    keys = {"cell": GridKey(by="grid", latitude="lat", longitude="lon", step=0.1)}

    assert derived(keys, lat=[lat], lon=[lon])["cell"] == [10**7 * row + column]


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (0.0, 181.0), (None, 0.0), (float("nan"), 0.0)])
def test_a_place_off_the_globe_has_no_key(lat, lon):
    assert derived(GRID, lat=[lat], lon=[lon])["cell"] == [None]


def test_a_cell_is_its_parent_and_what_is_none_or_too_coarse_has_no_key():
    keys = {"k": CellKey(by="h3", column="cell", resolution=7)}
    out = derived(keys, cell=[FINE, h3.cell_to_parent(FINE, 5), "no cell", None])["k"]

    assert out == [h3.cell_to_parent(FINE, 7), None, None, None]


@pytest.mark.parametrize(
    ("every", "key"),
    [
        pytest.param("hour", datetime(2026, 5, 5, 7), id="hour"),
        pytest.param("day", date(2026, 5, 5), id="day"),
        pytest.param("hour_of_day", 7, id="hour-of-day"),
        pytest.param("hour_of_week", 31, id="hour-of-week-of-a-tuesday"),
    ],
)
def test_a_time_is_floored_or_wrapped(every, key):
    assert at(every) == key


def test_the_first_hour_of_a_week_is_mondays():
    assert at("hour_of_week", datetime(2026, 5, 4)) == 0
    assert at("hour_of_week", datetime(1969, 12, 29, 23)) == 23


@pytest.mark.parametrize(("every", "count"), [pytest.param("hour", 30, id="hours"), pytest.param("day", 2, id="days")])
def test_times_are_all_from_the_first_to_before_the_last(every, count):
    times = {"since": datetime(2026, 5, 4), "until": datetime(2026, 5, 5, 5, 30)}
    keys = {"k": TimeKey(by="time", column="at", every=every)}
    out = public_partitions(PublicKeys(product={"k": times}), keys)["k"].to_pylist()

    assert len(out) == len(set(out)) == count
    assert out[-1] == at(every, datetime(2026, 5, 5, 5, 29))


def test_a_product_holds_each_pair_once():
    keys = {name: ColumnKey(by="column", column=name) for name in ("a", "b")}
    out = public_partitions(PublicKeys(product={"b": {"first": 1, "last": 2}, "a": ["x", "y", "x"]}), keys)

    assert out.to_pylist() == [{"a": a, "b": b} for a in "xy" for b in (1, 2)]


def test_too_many_partitions_are_refused_before_they_are_made():
    keys = {name: ColumnKey(by="column", column=name) for name in "ab"}
    product = dict.fromkeys("ab", {"first": 0, "last": 99_999})

    with pytest.raises(UsageError, match="200,000,000"):
        public_partitions(PublicKeys(product=product), keys)


@pytest.mark.parametrize(
    "which",
    [
        pytest.param({"south": 0, "west": 0, "north": 1, "east": 1}, id="box"),
        pytest.param({"since": datetime(2026, 1, 1), "until": datetime(2026, 1, 2)}, id="times"),
    ],
)
def test_boxes_and_times_are_for_their_own_keys(which):
    with pytest.raises(UsageError):
        public_partitions(PublicKeys(product={"k": which}), {"k": ColumnKey(by="column", column="k")})


def test_a_list_without_a_key_is_refused():
    with pytest.raises(UsageError, match="no column cell"):
        public_partitions(PublicKeys(table="x"), GRID, pa.table({"other": [1]}))


def test_times_of_rows_may_have_a_zone():
    assert at("hour", datetime(2026, 5, 5, 7, 30, tzinfo=UTC)).hour == 7


NUMBERED = {
    "cell": GridKey(by="grid", latitude="lat", longitude="lon", step=0.5),
    "hour": TimeKey(by="time", column="at", every="hour"),
    "day": TimeKey(by="time", column="at", every="day"),
    "of_day": TimeKey(by="time", column="at", every="hour_of_day"),
    "of_week": TimeKey(by="time", column="at", every="hour_of_week"),
}
TIMES = {"since": datetime(1969, 12, 31, 7, 30), "until": datetime(1970, 1, 1, 5, 30)}
PRODUCT = {
    "cell": {"south": 89, "west": 178.9, "north": 90, "east": 180},
    "hour": TIMES,
    "day": TIMES,
    "of_day": {"first": 5, "last": 30},
    "of_week": {"first": 50, "last": 80},
}
PLACES = st.one_of(st.none(), st.floats(88, 91), st.sampled_from([float("nan"), float("inf"), 90.0]))


@example(list(NUMBERED), 1, [(90.2, 89.5, None), (89.5, 90.2, None), (89.5, 89.5, None)])  # off the globe
@settings(max_examples=80, derandomize=True, deadline=None)
@given(
    st.permutations(list(NUMBERED)),
    st.integers(1, 3),
    st.lists(
        st.tuples(PLACES, PLACES, st.one_of(st.none(), st.datetimes(datetime(1969, 12, 30), datetime(1970, 1, 3)))),
        max_size=20,
    ),
)
def test_a_rows_number_is_that_of_the_public_partition_with_its_keys(names, some, rows):
    import polars as pl

    keys = {name: NUMBERED[name] for name in names[:some]}
    partitions = PublicKeys(product={name: PRODUCT[name] for name in keys})
    schema = {"lat": pl.Float64, "lon": pl.Float64, "at": pl.Datetime("us")}
    frame = pl.DataFrame(rows, schema, orient="row").with_columns(pl.col("lon") + 90)
    all_of_them = public_partitions(partitions, keys).to_pylist()
    places = {tuple(one.values()): number for number, one in enumerate(all_of_them)}

    number, count = partition_numbers(partitions, keys)

    assert count == len(all_of_them)
    expected = [places.get(row) for row in frame.select(key_columns(keys)).iter_rows()]
    assert frame.select(number.alias("n"))["n"].to_list() == expected


@pytest.mark.parametrize(
    ("key", "which"),
    [
        pytest.param(ColumnKey(by="column", column="k"), ("a", "b"), id="texts"),
        pytest.param(ColumnKey(by="column", column="k"), {"first": 0, "last": 1}, id="a-column-may-hold-fractions"),
        pytest.param(NUMBERED["hour"], None, id="not-in-the-product"),
    ],
)
def test_what_arithmetic_does_not_tell_has_no_number(key, which):
    partitions = PublicKeys(product={"k": which}) if which else PublicKeys(table="x")

    assert partition_numbers(partitions, {"k": key}) is None
