"""What checks send to Python workers tells no value when it breaks."""

from __future__ import annotations

import pandas as pd
import pytest

from quality.checks.check_precision import with_geometry
from quality.checks.persons import unite_accounts
from tests.transforms.planted import PLANTED, search, told


class Breaking(str):
    """A text that breaks whatever looks at it, with itself."""

    def __format__(self, spec):
        raise ValueError(str(self))

    __hash__ = __eq__ = lambda self, *_: int(str(self))


def breaking(*_):
    raise ValueError(PLANTED)


def geometry(monkeypatch):
    monkeypatch.setattr("h3.is_valid_cell", breaking)
    with_geometry(pd.DataFrame({"cell": [PLANTED]}))


def persons(_):
    unite_accounts(pd.DataFrame({"actor_key": [Breaking(PLANTED)], "device_key": ["1"]}))


@pytest.mark.parametrize("do", [geometry, persons])
def test_nothing_of_a_value_that_breaks_a_check_is_told(do, monkeypatch):
    with pytest.raises(Exception) as refused:
        do(monkeypatch)

    assert "quality.checks." in str(refused.value)
    assert not search().finds(told(refused.value) + b"\n\n\n")
