from __future__ import annotations

import pytest

from jobs.landing.column_names import MANY, told_names


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("speed", id="word"),
        pytest.param("Größe (m²)", id="letters-of-any-script"),
        pytest.param("user.id & co", id="signs"),
        pytest.param("pm2.5", id="digits"),
    ],
)
def test_a_name_is_told(name):
    assert told_names([name], ()) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("ada@example.org", id="address"),
        pytest.param("51.5007", id="number"),
        pytest.param("call 4477009001", id="telephone"),
        pytest.param("x" * 65, id="long-text"),
        pytest.param("two\nlines", id="two-lines"),
        pytest.param("a\x9b31m", id="a-command-to-the-terminal"),
        pytest.param("a\u202eb", id="text-turned-round"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_may_be_a_value_is_told_by_its_place_unless_the_mapping_knows_it(name):
    assert told_names(["id", name], ()) == ("id", "(column 2)")
    assert told_names(["id", name], {name}) == ("id", name)


def test_very_many_unknown_names_are_values():
    names = [f"ada{n}x" for n in range(MANY + 1)]

    assert told_names(names[:MANY], ()) == tuple(names[:MANY])
    assert told_names(["id", *names], {"id"})[:2] == ("id", "(column 2)")
