"""How large the classes of a release are, as bars."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.release.draw_svg import line, picture, text

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 620, 30, 200
MOST_BARS = 20


def draw_histogram(histogram: Mapping[int, int], k: int) -> str:
    """Return an SVG of ``histogram``: a class's size in subjects to how many classes have it; ``k`` is the least."""
    bars = _bars(histogram)
    most = max((count for _, _, count in bars), default=1)
    width = (RIGHT - LEFT) / max(1, len(bars))
    parts = [line(LEFT, BOTTOM, RIGHT, BOTTOM), line(LEFT, TOP, LEFT, BOTTOM)]
    parts += [text(LEFT - 6, TOP + 4, f"{most:,}", anchor="end"), text(LEFT - 6, BOTTOM, "0", anchor="end")]
    for at, (low, high, count) in enumerate(bars):
        x, height = LEFT + at * width, count / most * (BOTTOM - TOP)
        fill = "#b00" if high < k else "#555"
        parts.append(
            f"<rect x='{x + 1:.1f}' y='{BOTTOM - height:.1f}' width='{max(1.0, width - 2):.1f}' height='{height:.1f}' "
            f"fill='{fill}'/>"
        )
        if at == len(bars) - 1 or (at % max(1, len(bars) // 8) == 0 and at < len(bars) - 2):
            parts.append(text(x + width / 2, BOTTOM + 16, _label(low, high), anchor="middle"))
    parts.append(text((LEFT + RIGHT) / 2, BOTTOM + 40, "subjects in a class (upward: classes)", anchor="middle"))
    small = sum(count for size, count in histogram.items() if size < k)
    sizes = f"{min(histogram):,} to {max(histogram):,} subjects" if histogram else "no subject"
    told = f"{sum(histogram.values()):,} classes of {sizes}; {small:,} below k = {k}."
    return picture("Sizes of classes", told, WIDTH, HEIGHT, parts, name="histogram")


def _bars(histogram: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Return (first size, last size, classes) of each bar: one for each size, the last one for all that are larger.

    Small classes are what people look for; a few large ones must not make all others one bar.
    """
    if not histogram:
        return []
    first, last = min(histogram), max(histogram)
    end = min(last, first + MOST_BARS - 1)
    bars = [(size, size, histogram.get(size, 0)) for size in range(first, end)]
    return [*bars, (end, last, sum(count for size, count in histogram.items() if size >= end))]


def _label(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
