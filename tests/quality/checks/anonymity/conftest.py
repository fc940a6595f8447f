from __future__ import annotations

import pytest

from quality.checks.anonymity.published_table import open_engine


@pytest.fixture
def db(tmp_path):
    with open_engine(tmp_path, threads=1) as engine:
        yield engine
