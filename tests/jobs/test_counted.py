from __future__ import annotations

import pytest

from jobs.counted import counted


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        pytest.param(1, "file", "1 file", id="one"),
        pytest.param(0, "file", "0 files", id="none"),
        pytest.param(1200, "landed file", "1,200 landed files", id="many"),
        pytest.param(2, "entry", "2 entries", id="y"),
        pytest.param(2, "address", "2 addresses", id="ss"),
        pytest.param(2, "day", "2 days", id="vowel-y"),
    ],
)
def test_a_count_is_said_as_people_say_it(number, noun, said):
    assert counted(number, noun) == said
