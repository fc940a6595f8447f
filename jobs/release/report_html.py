"""A release's report as one HTML file that stands alone: no script, no link, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from jobs.release.build_file import told_failure
from jobs.release.draw_histogram import draw_histogram
from jobs.release.draw_map import draw_map
from jobs.release.noisy_report import NoisyReport
from jobs.release.places_report import PlacesReport
from jobs.release.release_report import ReleaseReport

_FOLDER = Path(__file__).parent

_CODE = re.compile(r"`([^`]+)`")
"""What a mend tells to type, as in Markdown."""


def report_html(report: ReleaseReport | PlacesReport | NoisyReport) -> str:
    """Return the page. Every value is escaped, and the page's own policy lets no script, link or foreign style act."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    engine = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    engine.filters["share"] = lambda value: f"{value:.2%}"
    engine.filters["failure"] = told_failure
    engine.filters["words"] = lambda text: Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))
    engine.filters["count"] = lambda value: f"{value:,}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return engine.get_template(f"report_{report.release.kind}.html.jinja").render(
        report=report, built=report.built, release=report.release, style=Markup(style), digest=digest,
        picture=Markup(_picture(report)),
    )  # fmt: skip


def _picture(report: ReleaseReport | PlacesReport | NoisyReport) -> str:
    """Return what a report shows of its release: sizes of classes, or cells; noisy figures are nobody's."""
    if isinstance(report, PlacesReport):
        return draw_map(f"{report.release.name}: {report.cells}", report.built.shown) if report.mapped else ""
    if isinstance(report, NoisyReport):
        return ""
    return draw_histogram(report.built.measured.histogram, report.release.k)
