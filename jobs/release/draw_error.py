"""Expected error against loss, a line for each measure: shapes tell them apart, so it can be read without color."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.listings.release_tunes import TunedNoisyPoint
from jobs.release.draw_places_frontier import SHAPES
from jobs.release.draw_svg import Axis, axis_around, line, picture, text

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 640, 76, 610, 44, 340


def draw_error(title: str, name: str, points: Sequence[TunedNoisyPoint], within: float) -> str:
    """Return an SVG of the points, one at least: ``name`` is what a loss is, ``within`` the error that is asked for."""
    shown = [point for point in points if point.relative_error is not None]
    measures = list(dict.fromkeys(point.measure for point in shown))
    across = axis_around([point.loss for point in shown], LEFT + 16, RIGHT - 16)
    upward = axis_around([*(point.relative_error or 0.0 for point in shown), within], BOTTOM, TOP)
    y = upward.at(within)
    parts = [*_axes(across, upward, name), line(LEFT, y, RIGHT, y, dash="5 4")]
    parts.append(text(RIGHT, y - 6, f"asked for: {100 * within:g}%", anchor="end"))
    for at, measure in enumerate(measures):
        shape = SHAPES[at % len(SHAPES)]
        parts += _line([point for point in shown if point.measure == measure], shape, across, upward)
        parts.append(shape.format(x=LEFT + 6, y=BOTTOM + 62 + 20 * at, style="fill='#111' stroke='#111'"))
        parts.append(text(LEFT + 20, BOTTOM + 66 + 20 * at, measure))
    parts.append(text(WIDTH / 2, 24, title, anchor="middle", weight="bold"))
    height = BOTTOM + 70 + 20 * len(measures)
    return picture(title, _described(shown, name), WIDTH, height, parts, name="error")


def _axes(across: Axis, upward: Axis, name: str) -> list[str]:
    parts = [line(LEFT, BOTTOM, RIGHT, BOTTOM), line(LEFT, TOP, LEFT, BOTTOM)]
    for tick in across.ticks:
        x = across.at(tick)
        parts += [line(x, BOTTOM, x, BOTTOM + 4), text(x, BOTTOM + 18, f"{tick:g}", anchor="middle")]
    for tick in upward.ticks:
        y = upward.at(tick)
        parts += [line(LEFT - 4, y, LEFT, y), text(LEFT - 8, y + 4, f"{100 * tick:g}%", anchor="end")]
    parts.append(text((LEFT + RIGHT) / 2, BOTTOM + 38, f"{name} of one unit: less is more private", anchor="middle"))
    turned = f"translate(20 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)"
    return [*parts, f"<g transform='{turned}'>{text(0, 0, 'expected median relative error', anchor='middle')}</g>"]


def _line(points: Sequence[TunedNoisyPoint], shape: str, across: Axis, upward: Axis) -> list[str]:
    spots = [(across.at(point.loss), upward.at(point.relative_error or 0.0)) for point in points]
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    parts = [f"<polyline points='{told}' fill='none' stroke='#777'/>"]
    for (x, y), point in zip(spots, points, strict=True):
        parts.append(shape.format(x=x, y=y, style="fill='#111' stroke='#111'"))
        if point.proposed:
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='11' fill='none' stroke='#111' stroke-width='2.5'/>")
    return parts


def _described(points: Sequence[TunedNoisyPoint], name: str) -> str:
    told = [
        f"{point.measure} at {name} {point.loss:g}: {100 * (point.relative_error or 0):.3g}%"
        f"{', proposed' if point.proposed else ''}"
        for point in points
    ]
    return "Each loss with the median relative error to expect. " + "; ".join(told) + "."
