"""Small pictures in SVG that stand alone: no script, no font and no link; read aloud by title and description."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

FONT = "font-family='system-ui, sans-serif' font-size='12' fill='#111'"


def picture(title: str, description: str, width: int, height: int, parts: Iterable[str], *, name: str) -> str:
    """Return an SVG document; ``name`` makes its ids differ from those of other pictures on the page."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
        f"role='img' aria-labelledby='{name}-title {name}-desc' {FONT}>"
        f"<title id='{name}-title'>{escape(title)}</title><desc id='{name}-desc'>{escape(description)}</desc>"
        f"<rect width='{width}' height='{height}' fill='#fff'/>{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    """Return a line of text whose ``anchor`` (start, middle, end) is at (x, y), in pixels."""
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-weight='{weight}'>{escape(words)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, *, dash: str = "") -> str:
    """Return a black line; ``dash`` as SVG states it."""
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='#111'{dashed}/>"
