"""The page that a privacy officer signs, in a browser: it shows itself, and asks nobody for anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.cli import commands
from jobs.cli.app import app

pytestmark = [pytest.mark.e2e, pytest.mark.long]

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HOSTILE = "<img src=https://example.invalid/x onerror=alert(1)>"


@pytest.fixture
def page(tmp_path):
    """The report of a release whose values try to become a part of it."""
    assert commands
    rows = [f"{20 + at % 20},{HOSTILE if at % 2 else 'Bute'}" for at in range(40)]
    (tmp_path / "people.csv").write_text("\n".join(["age,town", *rows]) + "\n")
    stated = {
        "name": "people", "description": "People.", "purpose": "analytics", "reads": "people.csv",
        "quasi_ids": {"age": {"kind": "numeric"}, "town": {"kind": "categorical"}},
        "models": [{"model": "k_anonymity", "k": 5}],
        "gates": {"singling_out": None, "linkability": None, "inference": None},  # too few people to be attacked
    }  # fmt: skip
    (tmp_path / "people.yaml").write_text(json.dumps(stated))
    words = ["release", "build", str(tmp_path / "people.yaml"), "-o", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(app, [*words, "--report", str(tmp_path / "report.html")])
    assert done.exit_code == 0, done.output
    return tmp_path / "report.html"


@pytest.fixture
def places_page(tmp_path):
    """The report of the sample's places, as the guide makes it."""
    assert commands
    pings, tiles, page = ROOT / "data/sample/eu/pings.csv.gz", tmp_path / "tiles.json", tmp_path / "report.html"
    made = CliRunner().invoke(app, ["release", "tile", "sample_places", "--historic", str(pings), "-o", str(tiles)])
    assert made.exit_code == 0, made.output
    words = ["release", "build", "sample_places", "-i", str(pings), "--tiling", str(tiles), "--report", str(page)]
    done = CliRunner().invoke(app, [*words, "-o", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    return page


@pytest.fixture
def browser():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.mark.parametrize("width", [1_200, 360], ids=["wide", "narrow"])
def test_the_map_of_places_is_seen_and_the_page_fits_its_window(places_page, browser, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    asked, told = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: told.append(message.text))
    tab.goto(places_page.as_uri())

    picture = tab.get_by_role("img", name="sample_places: published cells").bounding_box()
    wide = tab.evaluate("document.documentElement.scrollWidth")
    cells = tab.locator("polygon").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().width > 3).length"
    )

    assert (asked, told) == ([places_page.as_uri()], [])
    assert wide <= width
    assert picture["width"] > 300
    assert cells == tab.locator("polygon").count() > 10


def test_a_printed_map_is_not_cut(places_page, browser):
    tab = browser.new_page(viewport={"width": 700, "height": 900})
    tab.emulate_media(media="print")
    tab.goto(places_page.as_uri())

    picture = tab.get_by_role("img", name="sample_places: published cells").bounding_box()

    assert picture["x"] + picture["width"] <= 700


def test_the_report_renders_without_an_error_and_no_request_leaves(page, browser):
    tab = browser.new_page()
    asked, told = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.on("dialog", lambda dialog: told.append(dialog.message))
    tab.goto(page.as_uri())
    headings = tab.locator("h2").all_inner_texts()
    styled = tab.locator("body").evaluate("body => getComputedStyle(body).maxWidth")
    picture = tab.get_by_role("img", name="Sizes of classes").bounding_box()
    shown = tab.locator("body").inner_text()
    images = tab.locator("img").count()

    assert asked == [page.as_uri()]
    assert told == []
    assert headings[0] == "What is reported" and headings[-1] == "Signatures"
    assert styled != "none"  # the page's own policy lets its own style act
    assert picture["width"] > 300
    assert HOSTILE in shown
    assert images == 0


@pytest.mark.parametrize("width", [1_200, 360], ids=["wide", "narrow"])
def test_a_word_that_judges_is_on_one_line(page, browser, width):
    """Not ``warni`` above ``ng``, nor ``blin`` above ``d``: the first column is as wide as its words."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(page.as_uri())

    lines = tab.locator("td.held strong").evaluate_all("all => all.map(one => one.getClientRects().length)")
    wide = tab.evaluate("document.documentElement.scrollWidth")

    assert lines and set(lines) == {1}
    assert wide <= width
