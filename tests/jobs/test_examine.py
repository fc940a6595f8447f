from __future__ import annotations

import socket

import pytest

from jobs.examine import LOCK, MAIN, examine, installed_versions, locked_versions, port_is_free


def _by_subject(listing):
    return {finding.subject: finding for finding in listing.findings}


def test_a_fresh_installation_is_looked_at_from_java_to_every_region(home):
    found = _by_subject(examine(home.path))

    assert {"python", "java", "packages", "jars", "ui port", "configuration", "keyset", "disk home"} <= set(found)
    assert {f"region {name}" for name in home.regions} <= set(found)
    assert {f"disk region {name}" for name in home.regions} <= set(found)


def test_loose_modes_make_the_installation_unhealthy(home):
    keys = home.folder("keys") / "keyset.json"
    keys.write_text("{}")
    keys.chmod(0o644)
    home.region("eu").folder().chmod(0o755)

    listing = examine(home.path)

    assert not listing.healthy
    assert {s for s, f in _by_subject(listing).items() if f.status == "fail"} >= {"keyset", "region eu"}


def test_a_lost_keyset_is_noticed_once_tables_were_made(home):
    home.region("us").folder("protected", "pings", "_delta_log")

    assert _by_subject(examine(home.path))["keyset"].status == "fail"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        pytest.param("regions: {eu: {root: x}}", "jurisdiction", id="field-missing"),
        pytest.param("regions: {eu: {root: x, jurisdiction: eu}}\npolicy: none.yaml", "policy", id="no-policy"),
        pytest.param("regions: [", "YAML", id="not-yaml"),
    ],
)
def test_a_wrong_configuration_is_a_finding_and_not_a_crash(home, config, said):
    (home.path / "geoward.yaml").write_text(config)

    listing = examine(home.path)

    assert not listing.healthy
    assert said in _by_subject(listing)["configuration"].found


def test_a_home_that_is_a_file_is_a_finding(tmp_path):
    (tmp_path / "home").write_text("")

    assert _by_subject(examine(tmp_path / "home"))["configuration"].status == "fail"


def test_the_lock_names_every_main_package():
    assert set(locked_versions(LOCK)) == set(MAIN)
    assert set(installed_versions()) == set(MAIN)


def test_without_a_lock_there_is_nothing_to_compare(tmp_path):
    assert locked_versions(tmp_path / "none.lock") == {}


def test_a_port_that_somebody_listens_on_is_taken():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)
