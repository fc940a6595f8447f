"""The page that a privacy officer signs, in a browser: it shows itself, and asks nobody for anything."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from jobs.cli import commands
from jobs.cli.app import app

pytestmark = [pytest.mark.e2e, pytest.mark.long]

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


def test_the_report_renders_without_an_error_and_no_request_leaves(page):
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
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
        browser.close()

    assert asked == [page.as_uri()]
    assert told == []
    assert headings[0] == "What is reported" and headings[-1] == "Signatures"
    assert styled != "none"  # the page's own policy lets its own style act
    assert picture["width"] > 300
    assert HOSTILE in shown
    assert images == 0
