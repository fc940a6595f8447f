"""A map of a release's cells, colored by their published rows: light is few, dark is many, also in gray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.release.draw_svg import picture, steps, text
from jobs.release.map_cells import CellMap, map_cells
from jobs.release.map_marks import Frame, graticule, scale_bar

WIDTH, LEFT, RIGHT, TOP = 720, 72, 704, 40
LOWEST, HIGHEST, MARGIN = 160.0, 480.0, 0.05
RAMP = ("#e0e2b4", "#87ca9a", "#00a99b", "#007f97", "#00537c", "#1f2d4c")
"""Even steps of lightness from .90 to .30 in OKLCH (Ottosson, 2020), each a third or more of contrast to the next."""


def draw_map(title: str, shown: Mapping[str, int]) -> str:
    """Return an SVG of the published cells and how many rows each has; nothing that was suppressed is in it."""
    made = map_cells(shown, pixels=RIGHT - LEFT)
    classes = classes_of([shape.rows for shape in made.shapes])
    frame = _frame(made)
    below = frame.bottom + 46
    parts = [
        f"<rect x='{LEFT}' y='{TOP}' width='{RIGHT - LEFT}' height='{frame.height:.1f}' fill='#fff' stroke='#111'/>"
    ]
    parts += _cells(made, classes, frame)
    if not made.shapes:
        parts.append(text(WIDTH / 2, TOP + frame.height / 2, "No cell is published.", anchor="middle"))
    else:
        parts += [*graticule(frame, made.middle), *scale_bar(frame, RIGHT - 170, below)]
    parts += _legend(made, classes, below)
    notes = _notes(made)
    first = below + 30 + 20 * max(len(classes), 2)
    parts += [text(LEFT, first + 18 * at, note) for at, note in enumerate(notes)]
    parts.append(text(WIDTH / 2, 24, title, anchor="middle", weight="bold"))
    return picture(title, _described(made, classes), WIDTH, round(first + 18 * len(notes)), parts, name="map")


def classes_of(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return (least, most) of each class of a color, at most as many as the ramp has, between steps of 1, 2 and 5."""
    if not rows:
        return []
    edges = [int(step) for step in steps(min(rows), max(rows)) if min(rows) < step <= max(rows)]
    thinned = [min(rows), *edges[:: max(1, -(-len(edges) // (len(RAMP) - 1)))], max(rows) + 1]
    return [(low, high - 1) for low, high in zip(thinned, thinned[1:], strict=False)]


def _frame(made: CellMap) -> Frame:
    corners = [corner for shape in made.shapes for corner in shape.corners] or [(-4.0, -1.0), (4.0, 1.0)]
    (west, east), (north, south) = ((min(axis), max(axis)) for axis in zip(*corners, strict=True))
    wide, high = (east - west) * (1 + 2 * MARGIN), (south - north) * (1 + 2 * MARGIN)
    scale = min((RIGHT - LEFT) / wide, HIGHEST / high)
    height = max(LOWEST, high * scale)
    corner = (west + east) / 2 - (RIGHT - LEFT) / scale / 2, (north + south) / 2 - height / scale / 2
    return Frame(LEFT, TOP, RIGHT - LEFT, height, corner, scale)


def _cells(made: CellMap, classes: Sequence[tuple[int, int]], frame: Frame) -> list[str]:
    parts = []
    for shape in made.shapes:
        color = RAMP[_class(shape.rows, classes)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(frame.at, shape.corners))
        parts.append(f"<polygon points='{points}' fill='{color}'/>")
    return ["<g stroke='#111' stroke-width='.5' stroke-linejoin='round'>", *parts, "</g>"]


def _class(rows: int, classes: Sequence[tuple[int, int]]) -> int:
    """Return the number of the color of so many rows: up to three classes take every second one."""
    number = next(at for at, (low, high) in enumerate(classes) if low <= rows <= high)
    return number if len(classes) > 3 else number * 2


def _legend(made: CellMap, classes: Sequence[tuple[int, int]], top: float) -> list[str]:
    parts = [text(LEFT, top, "Published rows in a cell", weight="bold")]
    for at, (low, high) in enumerate(classes):
        y, cells = top + 14 + 20 * at, sum(low <= shape.rows <= high for shape in made.shapes)
        color = RAMP[_class(low, classes)]
        parts.append(f"<rect x='{LEFT}' y='{y:.1f}' width='24' height='14' fill='{color}' stroke='#111'/>")
        parts.append(text(LEFT + 32, y + 12, f"{_range(low, high)}: {cells:,} {'cell' if cells == 1 else 'cells'}"))
    return parts


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _notes(made: CellMap) -> list[str]:
    notes = [
        "Only what is published is drawn: where nothing is, nothing may be told. A finer cell lies upon a coarser."
    ]
    if made.merged_to is not None:
        notes.append(f"Cells finer than resolution {made.merged_to} are added up here, to be seen; the file has them.")
    if made.left_out:
        notes.append(f"{made.left_out:,} cells near a pole are not drawn.")
    return notes


def _described(made: CellMap, classes: Sequence[tuple[int, int]]) -> str:
    if not made.shapes:
        return "No cell is published."
    told = "; ".join(
        f"{sum(low <= shape.rows <= high for shape in made.shapes):,} with {_range(low, high)}" for low, high in classes
    )
    rows = sum(shape.rows for shape in made.shapes)
    return f"{len(made.shapes):,} cells with {rows:,} published rows, north upward. Cells by their rows: {told}."
