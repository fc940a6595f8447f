from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jobs.release.build_file import NotReleased, build_file
from jobs.release.release_report import report_release
from jobs.release.report_html import report_html
from jobs.release.report_published import NotThatFile, build_published
from quality.checks.verdict import Verdict
from quality.contracts.errors import UsageError
from quality.releases.load_release import load_table_release

WHEN = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def signed(geoward, declared, tmp_path):
    """Build a release with its report; return the file, the page and the declaration."""

    def signed(**more):
        path, file, page = declared(**more), tmp_path / "out.csv", tmp_path / "report.html"
        file.unlink(missing_ok=True)
        assert geoward("release", "build", path, "-o", file, "--report", page).exit_code == 0
        return file, page.read_text(), path

    return signed


def test_the_page_is_bound_to_the_file_and_the_declaration(signed):
    file, page, path = signed()

    assert hashlib.sha256(file.read_bytes()).hexdigest() in page
    assert hashlib.sha256(path.read_bytes()).hexdigest() in page
    assert "40 = 40 + 0 + 0" in page
    assert "Not run." in page
    assert "privacy officer" in page
    assert "homogeneity" not in page  # closed by the l-diversity that is declared
    assert "repeated releases" in page


def test_a_value_cannot_become_a_part_of_the_page(signed):
    _, page, _ = signed(town="<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_nothing_on_the_page_leads_outside(signed):
    _, page, _ = signed()

    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href|action)=", page) == []
    assert set(re.findall(r"https?://[^'\" <]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_a_release_that_was_published_before_is_reported_if_it_is_that_file(geoward, fits, signed, tmp_path):
    file, _, path = signed()
    page = tmp_path / "again.html"

    done = geoward("release", "report", path, "--published", file, "--output", page, "--json")

    assert done.exit_code == 0
    assert fits(done.document, "release-report")
    assert done.document["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert done.document["sha256"] in page.read_text()


def test_another_file_is_not_signed_for(geoward, signed, tmp_path):
    file, _, path = signed()
    file.write_text(file.read_text() + '"[20, 24]","Ayr","a"\n')
    page = tmp_path / "again.html"

    done = geoward("release", "report", path, "--published", file, "--output", page)

    assert isinstance(done.exception, NotThatFile)
    assert not page.exists()


def test_a_report_is_of_the_bytes_that_were_compared_and_not_of_what_lies_there_later(signed, tmp_path):
    file, _, path = signed()
    release, digest = load_table_release(path), hashlib.sha256(file.read_bytes()).hexdigest()

    def swap(step):
        if step.startswith("Making"):
            file.write_text("age,town,ill\n41,Bute,a\n")

    built = build_published(release, path, tmp_path / "people.csv", file, swap)

    assert report_release(release, tmp_path / "people.csv", built, file, WHEN).facts.sha256 == digest


def test_a_report_is_of_the_bytes_that_were_written(declared, tmp_path):
    path, file = declared(), tmp_path / "out.csv"
    release = load_table_release(path)
    built = build_file(release, path, tmp_path / "people.csv", file, lambda step: None)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_text("swapped\n")

    assert report_release(release, tmp_path / "people.csv", built, file, WHEN).facts.sha256 == digest


def test_a_release_that_fails_is_reported_as_such_and_no_file_is_named(geoward, declared, tmp_path):
    path, file, page = declared(gates={"max_information_loss": 0.001}), tmp_path / "out.csv", tmp_path / "report.html"

    done = geoward("release", "build", path, "-o", file, "--report", page)

    told = page.read_text()
    assert isinstance(done.exception, NotReleased)
    assert not file.exists()
    assert "NOT PUBLISHED: this release DOES NOT HOLD" in told
    assert "none was written" in told
    assert "information_loss</strong>" in told
    assert done.exception.mend in told.partition("What is reported")[0]
    assert "privacy officer" not in told


@pytest.mark.parametrize(
    ("gates", "code", "said"), [({}, 0, "DRY RUN"), ({"max_information_loss": 0.001}, 1, "NOT PUBLISHED")]
)
def test_a_report_of_no_file_has_nothing_to_sign(geoward, declared, tmp_path, gates, code, said):
    page = tmp_path / "report.html"

    done = geoward("release", "report", declared(gates=gates), "--output", page)

    assert done.exit_code == code
    assert said in page.read_text()
    assert "privacy officer" not in page.read_text()
    assert "sign it" not in done.stdout


def test_a_file_of_an_earlier_build_is_not_taken_for_this_one(geoward, declared, tmp_path):
    file, page = tmp_path / "out.csv", tmp_path / "report.html"
    assert geoward("release", "build", declared(), "-o", file).exit_code == 0
    before = file.read_bytes()

    done = geoward("release", "build", declared(), "-o", file, "--dry-run", "--report", page)

    assert done.exit_code == 0
    assert "none was written" in page.read_text()
    assert "DRY RUN: nothing was published" in page.read_text()
    assert "privacy officer" not in page.read_text()
    assert file.read_bytes() == before


def attacked(declared, tmp_path, *attacks):
    path = declared(gates={"singling_out": 0.1})
    release = load_table_release(path)
    built = build_file(load_table_release(declared()), path, tmp_path / "people.csv", None, lambda step: None)
    with_attacks = replace(built, verdicts=(*built.verdicts, *attacks))
    return report_release(release, tmp_path / "people.csv", with_attacks, None, WHEN)


HELD = Verdict("attack_singling_out", True, "Nobody.", "", {"estimate": 0.01, "low": 0.0, "high": 0.04, "limit": 0.1})


def test_attacks_are_told_with_their_intervals_and_those_that_were_not_tried_by_name(declared, tmp_path):
    page = report_html(attacked(declared, tmp_path, HELD))

    assert "0.00% to 4.00%" in page
    assert "Not run." not in page
    assert "Not tried:</strong> linkability, inference, membership." in page
    assert page.count("Nobody.") == 1


def test_an_attack_is_told_with_its_secret_and_what_was_known_beside(declared, tmp_path):
    more = {**HELD.measured, "column": "ill", "knowing": "note"}

    page = report_html(attacked(declared, tmp_path, replace(HELD, measured=more)))

    assert "attack_singling_out of ill, knowing note:" in page


def test_an_attack_that_had_nothing_to_attack_is_named_among_those_not_tried(declared, tmp_path):
    path = declared(gates={"singling_out": 0.1, "inference": 0.1})
    release = load_table_release(path)
    built = build_file(load_table_release(declared()), path, tmp_path / "people.csv", None, lambda step: None)
    with_attacks = replace(built, verdicts=(*built.verdicts, HELD))

    report = report_release(release, tmp_path / "people.csv", with_attacks, None, WHEN)

    assert "inference" in report.not_tried


def test_an_attack_that_got_through_stops_the_release(declared, tmp_path):
    blind = replace(HELD, passed=False, mend="Raise k.", measured={"outcome": "too_small"})

    report = attacked(declared, tmp_path, blind)

    assert not report.holds
    assert "DOES NOT HOLD" in report_html(report)
    assert "<strong>too small</strong>" in report_html(report)


def test_a_page_that_cannot_be_written_is_told_before_anything_is_built(geoward, declared, tmp_path):
    done = geoward("release", "build", declared(), "--dry-run", "--report", tmp_path / "report.pdf")

    assert isinstance(done.exception, UsageError)
    assert "Name it *.html" in str(done.exception)
    assert done.stderr == ""
