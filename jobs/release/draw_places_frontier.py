"""Risk of places against what is lost, twice: fixes that are not told, and how far the others are moved.

A line for each finest resolution, told apart by the shape of its marks; so it can be read without color.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobs.listings.release_tunes import TunedPlacesPoint
from jobs.release.draw_svg import Axis, axis_around, line, picture, text

WIDTH, TOP, BOTTOM = 760, 44, 340
PANELS = ((76, 380), (440, 744))
SHAPES = (
    "<circle cx='{x:.1f}' cy='{y:.1f}' r='5' {style}/>",
    "<path d='M{x:.1f} {y:.1f}m-5 -5h10v10h-10z' {style}/>",
    "<path d='M{x:.1f} {y:.1f}m0 -6l6 10h-12z' {style}/>",
    "<path d='M{x:.1f} {y:.1f}m0 -7l6 7l-6 7l-6 -7z' {style}/>",
    "<path d='M{x:.1f} {y:.1f}m0 6l6 -10h-12z' {style}/>",
    "<path d='M{x:.1f} {y:.1f}m-6 -2h4v-4h4v4h4v4h-4v4h-4v-4h-4z' {style}/>",
)
Cost = Callable[[TunedPlacesPoint], float]


def draw_places_frontier(title: str, points: Sequence[TunedPlacesPoint]) -> str:
    """Return an SVG of the points that were measured, one at least."""
    shown = [point for point in points if point.risk_highest is not None]
    resolutions = sorted({point.finest for point in shown})
    risk = axis_around([point.risk_highest or 0 for point in shown], BOTTOM, TOP)
    parts = [text(WIDTH / 2, 24, title, anchor="middle", weight="bold")]
    told = (
        ("fixes that are not told", lambda value: f"{100 * value:g}%", _lost),
        ("mean displacement", lambda value: f"{value:g} m" if value < 1000 else f"{value / 1000:g} km", _moved),
    )
    for (left, right), (label, unit, cost) in zip(PANELS, told, strict=True):
        across = axis_around([cost(point) for point in shown], left + 16, right - 16)
        parts += _axes(left, right, across, risk, label, unit)
        for at, finest in enumerate(resolutions):
            line_of = sorted((point for point in shown if point.finest == finest), key=lambda point: point.k)
            parts += _line(line_of, SHAPES[at % len(SHAPES)], cost, across, risk)
    turned = f"translate(20 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)"
    parts.append(f"<g transform='{turned}'>{text(0, 0, 'highest risk (1 in the least crowd)', anchor='middle')}</g>")
    parts += _legend(resolutions)
    return picture(title, _described(shown), WIDTH, BOTTOM + 104, parts, name="places-frontier")


def _lost(point: TunedPlacesPoint) -> float:
    return max(1 - (point.kept or 0.0), 0.001)


def _moved(point: TunedPlacesPoint) -> float:
    return point.displacement_m[0] if point.displacement_m else 1.0


def _axes(left: float, right: float, across: Axis, risk: Axis, label: str, unit: Callable[[float], str]) -> list[str]:
    parts = [line(left, BOTTOM, right, BOTTOM), line(left, TOP, left, BOTTOM)]
    for tick in across.ticks:
        x = across.at(tick)
        parts += [line(x, BOTTOM, x, BOTTOM + 4), text(x, BOTTOM + 18, unit(tick), anchor="middle")]
    for tick in risk.ticks:
        y = risk.at(tick)
        parts += [line(left - 4, y, left, y), text(left - 8, y + 4, f"{100 * tick:g}%", anchor="end")]
    return [*parts, text((left + right) / 2, BOTTOM + 38, f"{label}: less is better", anchor="middle")]


def _line(points: Sequence[TunedPlacesPoint], shape: str, cost: Cost, across: Axis, risk: Axis) -> list[str]:
    spots = [(across.at(cost(point)), risk.at(point.risk_highest or 0.0)) for point in points]
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    parts = [f"<polyline points='{told}' fill='none' stroke='#777' stroke-width='1'/>"]
    for (x, y), point in zip(spots, points, strict=True):
        fill = "#111" if point.frontier else "#fff"
        parts.append(shape.format(x=x, y=y, style=f"fill='{fill}' stroke='#111' stroke-width='1.5'"))
        if not point.within_gates:
            parts.append(f"<path d='M{x - 8:.1f} {y - 8:.1f}l16 16m0 -16l-16 16' stroke='#111' fill='none'/>")
        if point.proposed:
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='11' fill='none' stroke='#111' stroke-width='2.5'/>")
            aside, anchor = (-14, "end") if across.at(cost(point)) > across.end - 130 else (14, "start")
            parts.append(text(x + aside, y - 8, f"proposed: {point.finest}, k = {point.k}", anchor=anchor))
    return parts


def _legend(resolutions: Sequence[int]) -> list[str]:
    parts, y = [text(PANELS[0][0], BOTTOM + 66, "finest cells of resolution")], BOTTOM + 62
    for at, finest in enumerate(resolutions):
        x = PANELS[0][0] + 180 + 50 * at
        shape = SHAPES[at % len(SHAPES)].format(x=x, y=y, style="fill='#fff' stroke='#111' stroke-width='1.5'")
        parts += [shape, text(x + 10, y + 4, str(finest))]
    words = "black: none is better in risk, fixes and displacement; ring: proposed; cross: a gate or a promise fails"
    return [*parts, text(PANELS[0][0], BOTTOM + 90, words)]


def _described(points: Sequence[TunedPlacesPoint]) -> str:
    told = [
        f"resolution {point.finest}, k {point.k}: {point.kept or 0:.1%} of fixes told, {_moved(point):,.0f} m"
        f" from where they were, highest risk {point.risk_highest or 0:.2%}{', proposed' if point.proposed else ''}"
        for point in points
    ]
    return "Each resolution and k with what it costs and what it leaves of risk. " + "; ".join(told) + "."
