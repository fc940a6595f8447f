"""Below a region's root no value of a landed file is in the clear: not in the midst of landing, nor after a kill."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

from jobs.date_files import date_files
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.nightly import run_table
from quality.sources.load_mapping import load_mapping
from tests.jobs.kept import kept_bytes

SENTINEL = "sentinel-4f1c9a77"
LINE = f"1,{SENTINEL},2024-05-01T10:00:00Z,1.5,2.5,\n"
ROWS = 200_000
"""Some ten chunks."""

LAND = """
import sys
from pathlib import Path
from jobs.home import open_home
from jobs.land_files import land_files
from jobs.landing import keep_file, sealed_file
from quality.sources.load_mapping import load_mapping

how, mapping, file = sys.argv[1:]
if "in-the-clear" in how:
    class Clear:
        def __init__(self, key):
            pass
        def encrypt(self, nonce, data, place):
            return data + bytes(16)
        def decrypt(self, nonce, data, place):
            return data[:-16]
    sealed_file.AESGCM = Clear

def wait():
    print("there", flush=True)
    sys.stdin.read()

if "copying" in how:
    real, count = keep_file._chunks, 5
    def chunks(content):
        for number, chunk in enumerate(real(content)):
            if number == count:
                wait()
            yield chunk
    keep_file._chunks = chunks
else:
    from jobs import land_files as landing
    landing.probe_copy = lambda content, mapping: wait()
home = open_home()
land_files(home, home.region("eu"), load_mapping(mapping), Path(mapping).read_text(), [Path(file)])
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("id,who,at,lat,lon,note\n" + LINE * ROWS)
    return path


def found(root):
    """Return the files below a root that hold the sentinel, as it is or in hex or base64."""
    raw = SENTINEL.encode()
    forms = [raw, raw.hex().encode(), *(base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))]
    held = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {path.relative_to(root).parts[0] for path, data in held.items() if any(form in data for form in forms)}


@pytest.fixture
def killed(home, mapping_file, file):
    """Kill a process with SIGKILL in the midst of landing, and return the region's root."""

    def killed(how):
        command = [sys.executable, "-c", LAND, how, str(mapping_file()), str(file)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "there\n"
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        return home.region("eu").root

    return killed


@pytest.mark.parametrize("how", ["copying", "probing"])
def test_a_kill_leaves_nothing_in_the_clear_and_the_next_landing_is_whole(home, mapping_file, file, killed, how):
    root = killed(how)

    [part] = (root / "landing").iterdir()
    assert part.name.endswith(".part") and part.stat().st_size > 3 << 20
    assert found(root) == set()
    path = mapping_file()
    [landed] = land_files(home, home.region("eu"), load_mapping(path), path.read_text(), [file])
    assert landed.outcome == "landed" and found(root) == set()
    assert kept_bytes(home, root / "landing" / f"{landed.file_id}.csv") == file.read_bytes()


@pytest.mark.parametrize("how", ["copying", "probing"])
def test_without_sealing_the_same_search_finds_it(killed, how):
    assert found(killed(f"{how}-in-the-clear")) == {"landing"}


@pytest.mark.spark
def test_nor_is_any_once_files_are_dated_and_their_rows_published(home, mapping_file, file, request, tmp_path):
    path, place = mapping_file(), Workplace.open(home, home.region("eu"), lambda: request.getfixturevalue("spark"))
    file.write_text("id,who,at,lat,lon,note\n" + LINE * 100)
    land_files(home, place.region, load_mapping(path), path.read_text(), [file])

    date_files(place)
    [day] = place.catalog.dates()["raw.pings"]
    [report] = run_table(place, "raw.pings", [day])

    assert report.rows_out == 100
    assert found(place.region.root) == set()
    assert found(tmp_path) == {"log.csv"}, "but for the user's own file"
