from __future__ import annotations

import re
from xml.etree import ElementTree

from jobs.listings.release_reports import TunedPoint
from jobs.release.draw_frontier import draw_frontier

SVG = "{http://www.w3.org/2000/svg}"


def point(k, risk, loss, **more):
    return TunedPoint(k=k, why="", risk_highest=risk, information_loss=loss, within_gates=True, **more)


POINTS = [
    point(2, 0.5, 0.02, frontier=True),
    point(5, 0.2, 0.05, frontier=True, proposed=True),
    point(6, 0.3, 0.09),
    TunedPoint(k=900, why="too few"),
]


def drawn(points=POINTS, title="t"):
    return ElementTree.fromstring(draw_frontier(title, points))


def test_the_picture_is_told_by_its_title_and_description():
    picture = drawn(title="people")

    assert picture.get("role") == "img"
    ids = picture.get("aria-labelledby").split()
    assert [one.get("id") for one in (picture.find(f"{SVG}title"), picture.find(f"{SVG}desc"))] == ids
    assert "k 5: 5.00% of information lost, highest risk 20.00%, proposed" in picture.find(f"{SVG}desc").text


def test_shapes_and_not_colors_tell_points_apart():
    dots = [(one.get("r"), one.get("fill")) for one in drawn().iter(f"{SVG}circle")]

    assert sorted(dots) == [("11", "none"), ("5", "#111"), ("5", "#111"), ("5", "#fff")]
    colors = set(re.findall(r"#[0-9a-f]{3,6}", draw_frontier("t", POINTS)))
    assert colors == {"#111", "#fff"}


def test_a_point_that_could_not_be_made_is_not_drawn():
    assert "k = 900" not in draw_frontier("t", POINTS)


def test_a_greater_risk_lies_higher_and_a_greater_loss_more_to_the_right():
    places = [
        (float(one.get("cx")), float(one.get("cy"))) for one in drawn().iter(f"{SVG}circle") if one.get("r") == "5"
    ]

    assert places == sorted(places)
    assert places[0][1] < places[2][1] < places[1][1]  # upward is less in SVG: risks 0.5, 0.3, 0.2


def test_a_title_cannot_add_to_the_picture():
    assert "<script" not in draw_frontier("<script>alert(1)</script>", POINTS)


def test_nothing_outside_is_named():
    text = draw_frontier("t", POINTS).replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"https?:|url\(|href|<style|@import", text) == []


def test_points_without_any_loss_can_be_drawn():
    assert "k = 2" in draw_frontier("t", [point(2, 0.5, 0.0, frontier=True)])
