"""Source mappings load, or say what is wrong with them."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from quality.contracts.errors import ConfigError
from quality.sources.load_mapping import FOLDER, load_mapping, mapping_text, shipped_mappings

GOOD = """
name: taxi
description: Taxis.
format: csv
legal_basis: {analytics: Consent}
ignored: [plate]
emits:
  - to: raw.pings
    when: {column: id, is: present}
    columns:
      event_id: {from: id}
      actor_id: {from: cab}
      event_time: {from: t, iso: true}
      latitude: {from: lat}
      longitude: {from: lon}
      speed_mps: {from: v, unit: {from: km/h, to: m/s}}
"""
REFERENCE = """
name: ranges
description: Ranges.
format: csv
emits:
  - to: reference.ip_ranges
    columns:
      event_id: {derive: [a, b]}
      range_from: {from: a}
      range_to: {from: b}
      country: {constant: "12"}
"""


def load(tmp_path, text):
    path = tmp_path / "taxi.yaml"
    path.write_text(text)
    return load_mapping(path)


def test_a_mapping_knows_what_it_reads_and_its_own_version(tmp_path):
    mapping = load(tmp_path, GOOD)

    assert mapping.source_columns == ("id", "cab", "t", "lat", "lon", "v")
    assert mapping.time_columns == ("id", "t")
    assert mapping.ignored == ("plate",)
    assert mapping.legal_basis == {"analytics": "Consent"}
    assert mapping.version == hashlib.sha256(GOOD.encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("raw.pings", "raw.nothing", "no such contract", id="unknown-contract"),
        pytest.param("raw.pings", "clean.pings", "only raw and reference", id="not-a-landing-contract"),
        pytest.param("speed_mps:", "velocity:", "column velocity: raw.pings has no such column", id="unknown-column"),
        pytest.param("      actor_id: {from: cab}\n", "", "actor_id: it is required", id="required-no-rule"),
        pytest.param("speed_mps: {from: v,", "source: {from: v,", "product fills it", id="landing-column"),
        pytest.param("{from: t, iso: true}", "{from: t}", "column event_time: a timestamp needs", id="plain-text-time"),
        pytest.param("{from: lat}", "{from: lat, epoch: seconds}", "column latitude", id="time-for-a-number"),
        pytest.param("{from: lat}", "{key: [lat], with: '|'}", "a key is text", id="key-for-a-number"),
        pytest.param("{from: lat}", "{constant: north}", "constant cannot be double", id="constant-of-another-type"),
        pytest.param("to: m/s", "to: m", "unknown unit", id="unknown-unit"),
        pytest.param("{from: km/h, to: m/s}", "{from: ft, to: m}", "the column is in m/s", id="unit-of-another-column"),
        pytest.param("{from: t, iso: true}", "{from: t, time: yyyy}", "zone is required", id="pattern-without-zone"),
        pytest.param("iso: true", "time: yyyyXXX, zone: UTC", "holds no offset", id="zone-beside-an-offset"),
        pytest.param("iso: true", "time: yyyy, zone: Mars/Base", "IANA", id="unknown-zone"),
        pytest.param("iso: true", "time: YYYY, zone: UTC", "no datetime pattern", id="week-year-in-pattern"),
        pytest.param("iso: true", "iso: true, epoch: seconds", "only one of", id="two-readings-of-time"),
        pytest.param("{from: cab}", "{copy: cab}", "exactly one of from, constant", id="unknown-rule"),
        pytest.param("{from: cab}", "{from: cab, constant: x}", "exactly one of", id="two-rules"),
        pytest.param("{from: cab}", "{from: cab, upper: true}", "upper", id="unknown-modifier"),
        pytest.param("{from: cab}", "{key: [cab], with: '||'}", "at most 1", id="long-separator"),
        pytest.param("is: present", "is: present, equals: 1", "either", id="two-conditions"),
        pytest.param("ignored: [plate]", "ignored: [cab]", "both reads and ignores: cab", id="read-and-ignored"),
        pytest.param("ignored: [plate]", "columns: [id, cab]", "does not have: lat, lon, t, v", id="headerless-lacks"),
        pytest.param("ignored: [plate]", "columns: [id, id]", "twice: id", id="headerless-repeats"),
        pytest.param("Consent", "Because", "legal_basis.analytics", id="unknown-legal-basis"),
        pytest.param("ignored:", "version: abc\nignored:", "version", id="version-by-hand"),
        pytest.param("ignored:", "1: abc\nignored:", "text", id="key-that-is-a-number"),
        pytest.param("format: csv", "format: xml", "format", id="unknown-format"),
        pytest.param("name: taxi", "name: taxi\nname: cab", "given twice", id="key-given-twice"),
        pytest.param("from: cab", "from: _cab", "start with _", id="reserved-name"),
    ],
)
def test_a_mistake_is_named_with_file_and_place(tmp_path, old, new, said):
    assert old in GOOD
    with pytest.raises(ConfigError) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert said in str(error.value)
    assert "taxi.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param("{constant: '12'}", "refuses the constant", id="constant-off-the-pattern"),
        pytest.param("{from: c, enum: {a: '12'}}", "refuses", id="enum-off-the-pattern"),
        pytest.param("{week_hour: {weekday: d, hour: h, week_of: 2012-04-02, zone: UTC}}", "timestamp", id="week-hour"),
        pytest.param("{week_hour: {weekday: d, hour: h, week_of: 2012-04-03, zone: UTC}}", "Monday", id="not-a-monday"),
    ],
)
def test_what_the_contract_can_never_accept_is_refused_when_loading(tmp_path, rule, said):
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, REFERENCE.replace('{constant: "12"}', rule))


def test_two_events_of_a_row_may_not_share_an_id(tmp_path):
    emit = GOOD[GOOD.index("  - to:") :].replace("    when: {column: id, is: present}\n", "")
    with pytest.raises(ConfigError, match="same event_id"):
        load(tmp_path, GOOD + emit)


def test_a_name_that_is_not_shipped_lists_what_is():
    with pytest.raises(ConfigError, match="sample_pings"):
        load_mapping("no_such_mapping")


def test_a_path_without_a_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no source mapping at"):
        load_mapping(tmp_path / "absent.yaml")


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_every_shipped_mapping_loads_and_personal_ones_state_a_legal_basis(name):
    mapping = load_mapping(name)

    assert mapping.name == name
    assert mapping.evidence
    assert mapping.legal_basis or not any(emit.contract.personal for emit in mapping.emits)


def test_all_shipped_mappings_are_listed():
    assert set(shipped_mappings()) == {path.stem for path in FOLDER.glob("*.yaml")}


def test_the_text_of_a_mapping_is_that_of_its_version(tmp_path):
    text = mapping_text("sample_pings")

    assert hashlib.sha256(text.encode()).hexdigest()[:12] == load_mapping("sample_pings").version
    with pytest.raises(ConfigError, match="no source mapping"):
        mapping_text(tmp_path / "none.yaml")


def test_loading_mappings_does_not_import_spark():
    code = "import sys, quality.sources.load_mapping as m; m.shipped_mappings(); print('pyspark' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
