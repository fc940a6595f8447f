from __future__ import annotations

import pytest

from jobs import doctor
from jobs.doctor import GIB
from jobs.java import Java


@pytest.mark.parametrize(
    ("finding", "status"),
    [
        pytest.param(doctor.judge_java(Java("java", "PATH", 17)), "ok", id="java"),
        pytest.param(doctor.judge_java(Java("java", "PATH", 11)), "fail", id="java-too-old"),
        pytest.param(doctor.judge_java(None), "fail", id="java-missing"),
        pytest.param(doctor.judge_python((3, 11)), "ok", id="python"),
        pytest.param(doctor.judge_python((3, 10)), "fail", id="python-too-old"),
        pytest.param(doctor.judge_python((3, 13)), "fail", id="python-too-new"),
        pytest.param(doctor.judge_packages({"a": "1"}, {"a": "1", "b": "2"}), "ok", id="packages"),
        pytest.param(doctor.judge_packages({"a": "1"}, {"a": "2"}), "warn", id="package-of-another-version"),
        pytest.param(doctor.judge_packages({"a": "1"}, {}), "fail", id="package-missing"),
        pytest.param(doctor.judge_packages({}, {"a": "1"}), "warn", id="no-lock"),
        pytest.param(doctor.judge_jars(7, []), "ok", id="jars"),
        pytest.param(doctor.judge_jars(7, ["x.jar"]), "fail", id="jar-changed"),
        pytest.param(doctor.judge_disk("home", 50 * GIB), "ok", id="disk"),
        pytest.param(doctor.judge_disk("home", 5 * GIB), "warn", id="disk-low"),
        pytest.param(doctor.judge_disk("home", GIB // 2), "fail", id="disk-full"),
        pytest.param(doctor.judge_private("keyset", "k", 0o600, False), "ok", id="keyset"),
        pytest.param(doctor.judge_private("keyset", "k", None, False), "ok", id="keyset-not-made-yet"),
        pytest.param(doctor.judge_private("keyset", "k", None, True), "fail", id="keyset-lost"),
        pytest.param(doctor.judge_private("keyset", "k", 0o640, False), "fail", id="keyset-open"),
        pytest.param(doctor.judge_root("eu", 0o700, True), "ok", id="root"),
        pytest.param(doctor.judge_root("eu", None, True), "ok", id="root-not-made-yet"),
        pytest.param(doctor.judge_root("eu", 0o755, True), "fail", id="root-open"),
        pytest.param(doctor.judge_root("eu", 0o700, False), "fail", id="root-not-writable"),
        pytest.param(doctor.judge_port(3000, True), "ok", id="port"),
        pytest.param(doctor.judge_port(3000, False), "warn", id="port-taken"),
        pytest.param(doctor.judge_config("", "", "3 regions"), "ok", id="configuration"),
        pytest.param(doctor.judge_config("regions.eu.root: missing", "", ""), "fail", id="configuration-wrong"),
    ],
)
def test_each_fact_has_its_verdict_and_whatever_is_not_ok_a_mend(finding, status):
    assert finding.status == status
    assert bool(finding.mend) == (status != "ok")
    assert finding.found


def test_a_package_of_another_version_is_named_with_both_versions():
    assert "a 2 instead of 1" in doctor.judge_packages({"a": "1"}, {"a": "2"}).found


def test_free_space_is_looked_up_where_the_folder_will_be(tmp_path):
    assert doctor.nearest_existing(tmp_path / "not" / "yet") == tmp_path
