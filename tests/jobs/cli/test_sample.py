from __future__ import annotations

from quality.contracts.errors import UsageError

SMALL = ("--actors", 150, "--days", 1, "--seed", 7)


def test_a_sample_is_written_and_listed(geoward, tmp_path, fits):
    done = geoward("sample", *SMALL, "--out", tmp_path / "s", "--json")

    assert fits(done.document, "sample")
    assert all((tmp_path / "s" / file["path"]).exists() for file in done.document["files"])


def test_a_dry_run_says_the_same_and_keeps_nothing(geoward, tmp_path):
    dry = geoward("sample", *SMALL, "--out", tmp_path / "s", "--dry-run", "--json")

    assert not (tmp_path / "s").exists()
    wet = geoward("sample", *SMALL, "--out", tmp_path / "s", "--json")
    assert dry.document["files"] == wet.document["files"]


def test_nonsense_is_wrong_use(geoward, tmp_path):
    done = geoward("sample", "--actors", 1, "--days", 1, "--out", tmp_path / "s")

    assert isinstance(done.exception, UsageError)
