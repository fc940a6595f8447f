from __future__ import annotations

import re
from xml.etree import ElementTree

import h3
import pytest

from jobs.release.draw_map import RAMP, classes_of, draw_map
from jobs.release.map_marks import Frame, graticule, scale_bar

SVG = "{http://www.w3.org/2000/svg}"
HERE = h3.latlng_to_cell(52.1, 5.1, 8)
SHOWN = {cell: 5 + 3 * at**2 for at, cell in enumerate(sorted(h3.grid_disk(HERE, 2)))}


def drawn(shown=SHOWN, title="t"):
    return ElementTree.fromstring(draw_map(title, shown))


def texts(picture):
    return [one.text for one in picture.iter(f"{SVG}text")]


def luminance(color):
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_each_published_cell_is_drawn_once_and_nothing_else():
    assert len(list(drawn().iter(f"{SVG}polygon"))) == len(SHOWN)


def test_the_picture_is_told_by_its_title_and_description():
    picture = drawn(title="people")

    ids = picture.get("aria-labelledby").split()
    assert [one.get("id") for one in (picture.find(f"{SVG}title"), picture.find(f"{SVG}desc"))] == ids
    assert f"{len(SHOWN)} cells with {sum(SHOWN.values()):,} published rows" in picture.find(f"{SVG}desc").text


def test_the_legend_says_how_many_cells_have_a_color_and_the_drawn_ones_do():
    picture = drawn()

    told = [int(found[1]) for text in texts(picture) if (found := re.search(r": (\d+) cells?$", text))]
    swatches = [one.get("fill") for one in picture.iter(f"{SVG}rect")][2:]
    fills = [one.get("fill") for one in picture.iter(f"{SVG}polygon")]
    assert told == [fills.count(color) for color in swatches]
    assert sum(told) == len(SHOWN)


def test_colors_tell_few_from_many_in_gray_too():
    light = [luminance(color) for color in ("#ffffff", *RAMP)]

    assert all((one + 0.05) / (other + 0.05) >= 1.3 for one, other in zip(light, light[1:], strict=False))


@pytest.mark.parametrize(
    ("rows", "classes"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([7], [(7, 7)], id="one"),
        pytest.param([5, 60], [(5, 9), (10, 19), (20, 49), (50, 60)], id="steps-of-one-two-five"),
        pytest.param([10, 20], [(10, 19), (20, 20)], id="ends-on-a-step"),
    ],
)
def test_colors_stand_for_round_ranges(rows, classes):
    assert classes_of(rows) == classes


@pytest.mark.parametrize("most", [10, 999, 12_345, 8_000_000])
def test_there_are_never_more_ranges_than_colors_and_none_overlap(most):
    classes = classes_of([3, most])

    assert len(classes) <= len(RAMP)
    assert (classes[0][0], classes[-1][1]) == (3, most)
    assert all(one[1] + 1 == other[0] for one, other in zip(classes, classes[1:], strict=False))


def test_a_scale_bar_is_of_a_round_length_and_as_long_as_it_says():
    bar, _, _, told = scale_bar(Frame(0, 0, 600, 400, (0, 0), 13.7), 50, 10)

    left, right = (float(re.search(rf"x{end}='([\d.]+)'", bar)[1]) for end in (1, 2))
    assert ">10 km<" in told
    assert right - left == pytest.approx(137, abs=0.1)


def test_degrees_are_round_and_go_on_beyond_the_antimeridian():
    narrow = 111.195
    told = "".join(graticule(Frame(0, 0, 400, 200, (-2 * narrow, -narrow), 100 / narrow), (0.0, 180.0)))

    assert re.findall(r">([\d.]+° [EW])<", told) == ["178° E", "179° E", "180° W", "179° W", "178° W"]
    assert re.findall(r">([\d.]+° [NS])<", told)[0] == "1.0° S"


def test_a_map_says_that_it_added_cells_up():
    far = {HERE: 3, h3.latlng_to_cell(40.0, -83.0, 8): 4}

    assert not any("added up" in text for text in texts(drawn()))
    assert any("added up" in text for text in texts(drawn(far)))


def test_an_empty_release_says_so():
    assert "No cell is published." in texts(drawn({}))


def test_a_title_cannot_add_to_the_picture():
    assert "<script" not in draw_map("<script>alert(1)</script>", SHOWN)


def test_nothing_outside_is_named():
    text = draw_map("t", SHOWN).replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"https?:|url\(|href|<style|@import", text) == []
