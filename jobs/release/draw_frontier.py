"""Risk against utility as a picture: one point for each k; shapes tell them apart, so it can be read without color."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.listings.release_reports import TunedPoint
from jobs.release.draw_svg import line, picture, text

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 610, 40, 350
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


def draw_frontier(title: str, points: Sequence[TunedPoint]) -> str:
    """Return an SVG of the points that were measured, one at least: loss to the right, a prosecutor's risk upward."""
    shown = sorted((p for p in points if p.information_loss is not None), key=lambda p: p.information_loss or 0)
    x_max, y_max = (_ceiling(max(axis)) for axis in zip(*map(_place, shown), strict=True))
    spots = [(LEFT + x / x_max * (RIGHT - LEFT), BOTTOM - y / y_max * (BOTTOM - TOP)) for x, y in map(_place, shown)]
    frontier = [spot for spot, point in zip(spots, shown, strict=True) if point.frontier]
    parts = [*_axes(x_max, y_max), *_path(frontier)]
    for (x, y), point in zip(spots, shown, strict=True):
        parts += _mark(x, y, point)
    parts += [*_legend(), text(WIDTH / 2, 24, title, anchor="middle", weight="bold")]
    return picture(title, _described(shown), WIDTH, HEIGHT, parts, name="frontier")


def _place(point: TunedPoint) -> tuple[float, float]:
    return point.information_loss or 0.0, point.risk_highest or 0.0


def _step(most: float) -> float:
    return next((step for step in STEPS if most <= step * 6), STEPS[-1])


def _ceiling(most: float) -> float:
    step = _step(most)
    return step * max(1, -(-most // step))


def _axes(x_max: float, y_max: float) -> list[str]:
    parts = [line(LEFT, BOTTOM, RIGHT, BOTTOM), line(LEFT, TOP, LEFT, BOTTOM)]
    for most, across in ((x_max, True), (y_max, False)):
        for at in range(round(most / _step(most)) + 1):
            share = at * _step(most) / most
            label = f"{at * _step(most) * 100:g}%"
            if across:
                x = LEFT + share * (RIGHT - LEFT)
                parts += [line(x, BOTTOM, x, BOTTOM + 4), text(x, BOTTOM + 18, label, anchor="middle")]
            else:
                y = BOTTOM - share * (BOTTOM - TOP)
                parts += [line(LEFT - 4, y, LEFT, y), text(LEFT - 8, y + 4, label, anchor="end")]
    parts.append(text((LEFT + RIGHT) / 2, BOTTOM + 38, "information lost (NCP): less is better", anchor="middle"))
    turned = f"translate(18 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)"
    return [*parts, f"<g transform='{turned}'>{text(0, 0, 'highest risk (prosecutor)', anchor='middle')}</g>"]


def _path(frontier: Sequence[tuple[float, float]]) -> list[str]:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in frontier)
    return [f"<polyline points='{told}' fill='none' stroke='#111' stroke-width='1.5'/>"] if len(frontier) > 1 else []


def _mark(x: float, y: float, point: TunedPoint) -> list[str]:
    fill = "#111" if point.frontier else "#fff"
    parts = [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{fill}' stroke='#111' stroke-width='1.5'/>"]
    if not point.within_gates:
        parts.append(f"<path d='M{x - 8:.1f} {y - 8:.1f}l16 16m0 -16l-16 16' stroke='#111' fill='none'/>")
    if point.proposed:
        parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='11' fill='none' stroke='#111' stroke-width='2.5'/>")
    label = f"k = {point.k}{', proposed' if point.proposed else ''}"
    near_edge = x > RIGHT - 110
    parts.append(text(x + (-14 if near_edge else 14), y - 8, label, anchor="end" if near_edge else "start"))
    return parts


def _legend() -> list[str]:
    words = "black: no other k is better in both; white: another is; ring: proposed; cross: a gate or a model fails"
    return [text(WIDTH / 2, HEIGHT - 12, words, anchor="middle")]


def _described(points: Sequence[TunedPoint]) -> str:
    told = [
        f"k {point.k}: {point.information_loss:.2%} of information lost, highest risk {point.risk_highest:.2%}"
        f"{', proposed' if point.proposed else ''}"
        for point in points
    ]
    return "Each k with what it costs and what it leaves of risk. " + "; ".join(told) + "."
