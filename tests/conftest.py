"""One Spark session for the whole suite, started only when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from jobs.session import start_session

    session = start_session(scratch=tmp_path_factory.mktemp("spark"), short_lived=True)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests marked ``realdata`` need it."""
    folder = Path(os.environ.get("GEOWARD_SHARED", Path(__file__).parents[2] / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside this checkout")
    return folder
