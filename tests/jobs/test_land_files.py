from __future__ import annotations

import gzip
import hashlib
import stat

import pytest

from jobs.catalog import Catalog
from jobs.land_files import land_files
from quality.sources.load_mapping import load_mapping

ROWS = b"id,who,at,lat,lon,note\n1,a,2024-05-01T10:00:00Z,1.5,2.5,planted\n"


@pytest.fixture
def land(home, mapping_file, tmp_path):
    def land(*files, basis="legal_basis: {risk: Legitimate interests}\nevidence: a test", progress=lambda path: None):
        path = mapping_file(basis)
        paths = []
        for name, content in files:
            paths.append(tmp_path / name)
            if content is not None:
                paths[-1].write_bytes(content)
        return land_files(home.region("eu"), load_mapping(path), path.read_text(), paths, progress)

    return land


def kept(home):
    return sorted(path.name for path in home.region("eu").folder("landing").iterdir())


def test_a_landed_file_keeps_its_bytes_under_their_digest_for_the_owner_alone(home, land, tmp_path):
    [landed] = land(("a.csv", ROWS))

    digest = hashlib.sha256(ROWS).hexdigest()
    assert (landed.outcome, landed.file_id, landed.bytes, landed.dropped) == ("landed", digest, len(ROWS), ("note",))
    path = home.region("eu").folder("landing") / f"{digest}.csv"
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (ROWS, 0o600)
    assert (tmp_path / "a.csv").read_bytes() == ROWS, "a file is copied, never moved"


def test_the_same_bytes_under_another_name_add_nothing(home, land):
    first = land(("a.csv", ROWS))
    again = land(("b.csv", ROWS), ("a.csv", ROWS))

    assert [one.outcome for one in first + again] == ["landed", "known", "known"]
    assert len(kept(home)) == 1
    assert [file.name for file in Catalog(home.region("eu")).files()] == ["a.csv"]


def test_a_corrected_mapping_lands_the_same_bytes_again(home, land):
    land(("a.csv", ROWS))
    [before] = Catalog(home.region("eu")).files()

    [again] = land(("a.csv", ROWS), basis="legal_basis: {analytics: Consent}\nevidence: corrected")

    [after] = Catalog(home.region("eu")).files()
    assert again.outcome == "landed"
    assert (after.landed_at, after.dated) == (before.landed_at, False)
    assert after.mapping_version != before.mapping_version
    versions = {path.stem for path in home.region("eu").folder("mappings").iterdir()}
    assert versions == {before.mapping_version, after.mapping_version}, "both stay readable"


def test_a_file_that_cannot_be_read_is_kept_with_its_reason_while_its_neighbors_land(home, land):
    cut = gzip.compress(ROWS * 50)[:-12]

    outcomes = {one.name: (one.outcome, one.reason) for one in land(
        ("bad.csv.gz", cut), ("none.csv", None), ("empty.csv", b""), ("good.csv", ROWS))}  # fmt: skip

    assert outcomes == {
        "bad.csv.gz": ("quarantined", "truncated_gzip"),
        "none.csv": ("quarantined", "not_found"),
        "empty.csv": ("quarantined", "empty_file"),
        "good.csv": ("landed", ""),
    }
    assert f"{hashlib.sha256(cut).hexdigest()}.csv.gz" in kept(home)
    assert len(Catalog(home.region("eu")).files()) == 3


def test_each_file_is_announced_in_turn(land):
    seen = []

    land(("a.csv", ROWS), ("b.csv", b""), progress=lambda path: seen.append(path.name))

    assert seen == ["a.csv", "b.csv"]
