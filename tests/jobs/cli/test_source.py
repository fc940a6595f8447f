from __future__ import annotations

import pytest

from quality.contracts.errors import ConfigError

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"


def test_sources_are_listed_with_their_legal_basis(geoward, fits):
    assert "sample_pings" in geoward("source", "list").stdout
    assert fits(geoward("source", "list", "--json").document, "source-list")


def test_a_source_is_shown_with_its_rules_in_words(geoward, fits):
    shown = geoward("source", "show", "sample_pings")

    assert "read as ISO 8601" in shown.stdout
    assert "analytics: Consent" in shown.stdout
    assert fits(geoward("source", "show", "sample_pings", "--json").document, "source-show")


def test_a_mapping_file_of_ones_own_can_be_shown(geoward, mapping_file):
    assert "raw.pings" in geoward("source", "show", mapping_file()).stdout


def test_an_unknown_source_is_wrong_use(geoward):
    assert isinstance(geoward("source", "show", "nothing").exception, ConfigError)


def test_a_trial_of_a_missing_file_ends_with_exit_code_1_and_the_mend(geoward, mapping_file, tmp_path, fits):
    shown = geoward("source", "check", mapping_file(), tmp_path / "none.csv")

    assert shown.exit_code == 1
    assert "not_found" in shown.stdout
    assert "Mend:" in shown.stdout
    assert fits(geoward("source", "check", mapping_file(), tmp_path / "none.csv", "--json").document, "source-check")


def test_a_trial_of_a_file_with_a_renamed_column_tells_its_name(geoward, mapping_file, log_file, fits):
    file = log_file(ROW, header="id,who,at,latitude,lon,note,extra")

    assert "Unknown to the mapping: latitude, extra" in geoward("source", "check", mapping_file(), file).stdout
    listed = geoward("source", "check", mapping_file(), file, "--json").document
    assert fits(listed, "source-check") and listed["unknown"] == ["latitude", "extra"]


@pytest.mark.spark
def test_a_trial_tells_what_each_column_would_become(geoward, spark, mapping_file, log_file, fits):
    shown, listed = (geoward("source", "check", mapping_file(), log_file(ROW), *flags) for flags in ([], ["--json"]))

    assert shown.exit_code == 0
    assert "1 rows, 1 good" in shown.stdout
    assert "extra" in shown.stdout
    assert fits(listed.document, "source-check")


@pytest.mark.spark
def test_a_trial_without_a_legal_basis_warns_and_ends_with_exit_code_1(geoward, spark, mapping_file, log_file):
    done = geoward("source", "check", mapping_file(basis=""), log_file(ROW))

    assert done.exit_code == 1
    assert "no legal basis" in done.stderr
