from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from jobs.home import home_path, open_home
from quality.contracts.errors import ConfigError, UsageError


def configured(tmp_path, text):
    (tmp_path / "geoward.yaml").write_text(text)
    return open_home(tmp_path)


def test_the_first_use_writes_a_configuration_with_three_regions_and_no_warehouse(tmp_path):
    home = open_home(tmp_path / "new")

    assert set(home.regions) == {"eu", "us", "cn"}
    assert home.policy.name == "default"
    assert [path.name for path in home.path.iterdir()] == ["geoward.yaml"]
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_second_use_keeps_the_configuration(tmp_path):
    home = configured(tmp_path, "regions:\n  north: {root: n, jurisdiction: eu}\n")

    assert home.region("north").root == tmp_path / "n"
    assert open_home(tmp_path) == home


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("regions: {}\n", "regions: ", id="no-region"),
        pytest.param("regions:\n  eu: {root: a}\n", r"regions\.eu\.jurisdiction", id="no-jurisdiction"),
        pytest.param("regions:\n  eu: {root: a, jurisdiction: eu, x: planted}\n", r"regions\.eu\.x", id="extra-field"),
        pytest.param("regions:\n  eu: {root: a, jurisdiction: mars}\n", r"regions\.eu\.jurisdiction is not in policy"
                     r".*Known: cn, eu, us", id="unknown-jurisdiction"),
        pytest.param("regions:\n  EU: {root: a, jurisdiction: eu}\n", "'EU' must be a lower-case word", id="case"),
        pytest.param("regions:\n  ../x: {root: a, jurisdiction: eu}\n", "must be a lower-case word", id="path-as-name"),
        pytest.param("regions:\n  eu: {root: a, jurisdiction: eu}\nfirst_date: 1.1.2020\n", "first_date", id="date"),
        pytest.param("regions:\n  eu: {root: a, jurisdiction: eu}\nfirst_date: '2020-02-30'\n", "first_date",
                     id="no-such-day"),
        pytest.param("regions:\n  eu: {root: a, jurisdiction: eu}\npolicy: p.yaml\n", r"no policy at .*p\.yaml",
                     id="absent-policy"),
        pytest.param("7: 1\n", "geoward.yaml is not valid", id="a-key-that-is-no-text"),
        pytest.param("", "empty or not a mapping", id="empty"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_file_and_field(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said) as refused:
        configured(tmp_path, text)

    assert "planted" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", date(2000, 1, 1), id="default"),
        pytest.param("first_date: 2026-05-20\n", date(2026, 5, 20), id="yaml-date"),
        pytest.param("first_date: '2026-05-20'\n", date(2026, 5, 20), id="text"),
    ],
)
def test_the_first_date_is_a_date(tmp_path, line, expected):
    assert configured(tmp_path, "regions:\n  eu: {root: a, jurisdiction: eu}\n" + line).first_date == expected


def test_from_which_share_quarantine_is_a_problem_is_a_number_between_0_and_1(tmp_path):
    text = "regions:\n  eu: {root: a, jurisdiction: eu}\n"

    assert configured(tmp_path, text).quarantine_share == 0.05
    assert configured(tmp_path, text + "quarantine_share: 0.2\n").quarantine_share == 0.2
    for wrong in ("5", "-0.1", "some", ".nan"):
        with pytest.raises(ConfigError, match="quarantine_share"):
            configured(tmp_path, text + f"quarantine_share: {wrong}\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("w", "w", id="same"),
        pytest.param("w/eu", "w", id="inside"),
        pytest.param("w", "a/../w/us", id="dots"),
    ],
)
def test_regions_never_share_a_storage_root(tmp_path, one, other):
    text = f"regions:\n  eu: {{root: {one}, jurisdiction: eu}}\n  us: {{root: {other}, jurisdiction: us}}\n"

    with pytest.raises(ConfigError, match="share a storage root"):
        configured(tmp_path, text)


def test_a_link_does_not_hide_a_shared_root(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "w")

    with pytest.raises(ConfigError, match="share a storage root"):
        configured(tmp_path, "regions:\n  eu: {root: w, jurisdiction: eu}\n  us: {root: link, jurisdiction: us}\n")


def test_an_unknown_region_is_named_with_those_that_exist(tmp_path):
    with pytest.raises(UsageError, match="no region 'mars'.*Known: cn, eu, us"):
        open_home(tmp_path).region("mars")


def test_folders_are_made_for_their_owner_alone(tmp_path):
    home = open_home(tmp_path)

    made = [home.folder("reference"), home.region("eu").folder("raw", "pings"), home.region("eu").root]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * 3
    assert home.region("eu").folder("raw", "pings").is_dir(), "making it again is no fault"


def test_the_environment_says_where_an_installation_is(monkeypatch, tmp_path):
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path))
    assert home_path() == tmp_path
    monkeypatch.delenv("GEOWARD_HOME")
    assert home_path() == Path.cwd() / ".geoward"
