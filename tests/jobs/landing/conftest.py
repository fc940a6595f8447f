"""Files that lie on disk as landed ones do."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.home import Home, Region
from jobs.landing.file_keys import KeptKeys
from jobs.landing.sealed_file import seal_bytes
from quality.policies.load_policy import DEFAULT_POLICY


@pytest.fixture(scope="session")
def file_keys(tmp_path_factory):
    """The keys of kept files of a region with a vault of its own; a worker opens them as in a run."""
    path = tmp_path_factory.mktemp("home")
    region = Region("eu", path / "warehouse", "eu")
    return KeptKeys(Home(path, {"eu": region}, DEFAULT_POLICY, date(2000, 1, 1)), region).for_workers


@pytest.fixture(scope="session")
def keep(file_keys):
    """Seal a file where it lies; its name begins with its id."""

    def keep(path):
        content = path.read_bytes()
        path.unlink()
        return seal_bytes(path, content, path.name.partition(".")[0], file_keys)

    return keep
