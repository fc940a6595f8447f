from __future__ import annotations

from xml.etree import ElementTree

from jobs.listings.release_tunes import TunedNoisyPoint
from jobs.release.draw_error import draw_error

SVG = "{http://www.w3.org/2000/svg}"


def point(loss, error, measure="visits", **more):
    return TunedNoisyPoint(
        loss=loss, measure=measure, epsilon=1, lifetime_epsilon=9, scale=3, half_width=6, relative_error=error,
        drop_rate=None, spurious_rate=None, **more,
    )  # fmt: skip


POINTS = [point(0.1, 0.3), point(0.5, 0.08, proposed=True), point(0.5, None, "other")]


def test_a_greater_error_lies_higher_and_a_greater_loss_more_to_the_right():
    picture = ElementTree.fromstring(draw_error("t", "rho", POINTS, 0.1))

    dots = [(float(one.get("cx")), float(one.get("cy"))) for one in picture.iter(f"{SVG}circle") if one.get("r") == "5"]
    (left, high), (right, low) = dots[:2]
    assert left < right
    assert high < low
    assert "visits at rho 0.5: 8%, proposed" in picture.find(f"{SVG}desc").text


def test_a_name_cannot_add_to_the_picture():
    bad = "<script>alert(1)</script>"

    assert "<script" not in draw_error(bad, "rho", [point(0.1, 0.3, bad)], 0.1)
