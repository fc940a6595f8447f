from __future__ import annotations

import re
from xml.etree import ElementTree

from jobs.release.draw_places_frontier import draw_places_frontier
from jobs.release.tune_places import propose
from tests.jobs.release.test_tune_places import point

SVG = "{http://www.w3.org/2000/svg}"
POINTS = propose(
    [point(8, 2, 0.99, 300), point(8, 10, 0.9, 320), point(7, 10, 0.9, 900, able=False), point(6, 50, 0.5, 2_000)]
).points


def drawn(points=POINTS, title="t"):
    return ElementTree.fromstring(draw_places_frontier(title, points))


def test_every_point_is_drawn_in_both_panels_and_one_is_ringed():
    picture = drawn()

    marks = [one for one in picture.iter() if one.get("stroke-width") == "1.5"]
    assert len(marks) == 2 * len(POINTS) + 3  # and the legend's
    assert [one.get("r") for one in picture.iter(f"{SVG}circle")].count("11") == 2
    assert sum("m0 -16" in (one.get("d") or "") for one in picture.iter(f"{SVG}path")) == 2


def test_the_picture_is_told_by_its_title_and_description():
    assert "resolution 8, k 10: 90.0% of fixes told, 320 m from where they were" in drawn().find(f"{SVG}desc").text


def test_shapes_and_not_colors_tell_resolutions_apart():
    assert set(re.findall(r"#[0-9a-f]{3,6}", draw_places_frontier("t", POINTS))) == {"#111", "#fff", "#777"}


def test_one_point_that_loses_nothing_can_be_drawn():
    assert "<svg" in draw_places_frontier("t", propose([point(8, 5, 1.0, 0.0)]).points)


def test_a_title_cannot_add_to_the_picture():
    assert "<script" not in draw_places_frontier("<script>alert(1)</script>", POINTS)
