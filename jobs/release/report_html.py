"""A release's report as one HTML file that stands alone: no script, no link, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jobs.release.draw_histogram import draw_histogram
from jobs.release.release_report import ReleaseReport

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_STYLE = Path(__file__).with_name("report.css")


def report_html(report: ReleaseReport) -> str:
    """Return the page. Every value is escaped, and the page's own policy lets no script, link or foreign style act."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style = _STYLE.read_text(encoding="utf-8")
    engine = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    engine.filters["share"] = lambda value: f"{value:.2%}"
    engine.filters["count"] = lambda value: f"{value:,}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return engine.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report, built=report.built, release=report.release, style=Markup(style), digest=digest,
        histogram=Markup(draw_histogram(report.built.measured.histogram, report.release.k)),
    )  # fmt: skip
