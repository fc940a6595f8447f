from __future__ import annotations

import pytest

from quality.contracts.errors import UsageError

FILES = {
    "places": "name,kind,latitude,longitude,population\nTurin,city,45.07,7.69,850000\n",
    "population": "latitude,longitude,residents,radius_m\n45.07,7.69,850000,6000\n",
}


@pytest.fixture(params=FILES)
def kind(request):
    return request.param


def test_a_good_file_is_kept(geoward, home, tmp_path, kind, fits):
    file = tmp_path / "mine.csv"
    file.write_text(FILES[kind])

    done = geoward(kind, "import", file, "--json")

    assert fits(done.document, "reference-import")
    assert done.document["rows"] == 1
    assert (home.path / "reference" / f"{kind}.csv").read_text() == FILES[kind]


def test_a_dry_run_keeps_nothing(geoward, home, tmp_path, kind):
    file = tmp_path / "mine.csv"
    file.write_text(FILES[kind])

    assert "dry run" in geoward(kind, "import", file, "--dry-run").stdout
    assert not (home.path / "reference").exists()


def test_a_wrong_file_is_wrong_use_and_the_format_is_in_the_help(geoward, tmp_path, kind):
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1,2\n")

    assert isinstance(geoward(kind, "import", file).exception, UsageError)
    header = FILES[kind].splitlines()[0]
    assert header in geoward(kind, "import", "--help").stdout.replace("\n", "")
