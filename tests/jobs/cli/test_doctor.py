from __future__ import annotations

import pytest

from jobs import examine
from jobs.java import Java
from jobs.listings import DoctorListing, Finding


def test_findings_are_listed_for_people_and_for_programs(geoward, fits):
    assert fits(geoward("doctor", "--json").document, "doctor")
    assert "java" in geoward("doctor").stdout


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("warn", 0), ("fail", 4)])
def test_only_a_failed_finding_ends_with_exit_code_4(geoward, monkeypatch, status, code):
    finding = Finding(subject="java", status=status, found="Java 11", mend="Install Java 17.")
    listing = DoctorListing(healthy=status != "fail", findings=[finding])
    monkeypatch.setattr(examine, "examine", lambda: listing)

    assert geoward("doctor").exit_code == code


def test_an_old_java_is_told_with_what_to_install(geoward, monkeypatch):
    monkeypatch.setattr(examine, "find_java", lambda: Java("java", "PATH", 11))

    done = geoward("doctor", "--json")

    assert done.exit_code == 4
    (java,) = [finding for finding in done.document["findings"] if finding["subject"] == "java"]
    assert "openjdk-17-jre-headless" in java["mend"]
