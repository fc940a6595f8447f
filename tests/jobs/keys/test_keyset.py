"""What may become of a key, and what no keyset is."""

from __future__ import annotations

import pytest

from jobs.keys.keyset import (
    Key,
    KeyDomain,
    Keyset,
    Seal,
    State,
    destroyed,
    disabled,
    enabled,
    with_first,
    with_next,
)
from quality.contracts.errors import KeyUnusable, UsageError

DOMAIN = KeyDomain("pseudonym", "eu", "2026-11")
OTHER = KeyDomain("pseudonym", "eu", "2026-12")


def key(name, domain=DOMAIN, state=State.PRIMARY, wrapped=b"w"):
    return Key(name, domain, state, "2026-11-01T00:00:00+00:00", "kek-1", wrapped)


def keyset(*keys):
    return Keyset("keyset-1", 0, Seal("kek-1", b"s"), keys)


def states(keyset):
    return {key.id: str(key.state) for key in keyset.keys}


TWO = with_next(with_first(keyset(), key("a")), key("b"))


def test_the_first_key_of_a_domain_is_its_primary_and_a_rotation_keeps_it_active():
    assert states(with_first(keyset(), key("a"))) == {"a": "primary"}
    assert states(TWO) == {"a": "active", "b": "primary"}


def test_a_domain_gets_one_first_key_only():
    with pytest.raises(UsageError, match="There is a key already for pseudonym in eu, epoch 2026-11"):
        with_first(TWO, key("c"))
    assert states(with_first(TWO, key("c", OTHER)))["c"] == "primary"


def test_a_domain_without_a_key_cannot_be_rotated():
    with pytest.raises(UsageError, match="There is no key for pseudonym in eu, epoch 2026-12"):
        with_next(TWO, key("c", OTHER))


def test_a_key_is_disabled_and_enabled_again():
    off = disabled(TWO, "a")

    assert states(off) == {"a": "disabled", "b": "primary"} == states(disabled(off, "a"))
    assert states(enabled(off, "a")) == {"a": "active", "b": "primary"} == states(enabled(TWO, "a"))
    assert states(enabled(TWO, "b"))["b"] == "primary"


def test_a_disabled_key_opens_nothing():
    with pytest.raises(KeyUnusable, match="Key a cannot be used: it is disabled. Enable it"):
        disabled(TWO, "a").usable("a")


def test_a_destroyed_key_has_no_bytes_and_never_comes_back():
    gone = destroyed(TWO, "a")

    assert states(gone) == {"a": "destroyed", "b": "primary"} == states(destroyed(gone, "a"))
    assert (gone.key("a").wrapped, gone.key("a").kek) == (b"", "")
    for again in (enabled, disabled, Keyset.usable):
        with pytest.raises(KeyUnusable, match="Key a cannot be used: it is destroyed"):
            again(gone, "a")


def test_a_primary_goes_neither_off_nor_away_while_its_domain_has_other_keys():
    with pytest.raises(UsageError, match="Rotate first, then disable"):
        disabled(TWO, "b")
    with pytest.raises(UsageError, match="Rotate first, or destroy"):
        destroyed(TWO, "b")


def test_the_last_key_of_a_domain_can_be_destroyed_and_then_the_domain_gets_no_other():
    ended = destroyed(destroyed(TWO, "a"), "b")

    assert states(ended) == {"a": "destroyed", "b": "destroyed"}
    with pytest.raises(UsageError, match="The keys were destroyed for"):
        with_first(ended, key("c"))
    with pytest.raises(UsageError, match="There is no key for"):
        with_next(ended, key("c"))


@pytest.mark.parametrize("change", [disabled, enabled, destroyed, Keyset.usable])
def test_a_key_that_is_not_there_is_named(change):
    with pytest.raises(KeyUnusable, match="Key zz cannot be used: it is not in the keyset"):
        change(TWO, "zz")


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([key("a"), key("a", OTHER)], id="two-of-one-id"),
        pytest.param([key("a"), key("b")], id="two-primaries"),
        pytest.param([key("a", state=State.ACTIVE)], id="no-primary"),
        pytest.param([key("a", state=State.DISABLED)], id="only-a-disabled-one"),
        pytest.param([key("a"), key("b", state=State.DESTROYED)], id="destroyed-and-still-there"),
        pytest.param([key("a", wrapped=b"")], id="a-primary-without-bytes"),
    ],
)
def test_a_keyset_that_no_operation_makes_cannot_be(keys):
    with pytest.raises(ValueError):
        keyset(*keys)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("other", "eu", "none"), id="purpose"),
        pytest.param(("token", "EU", "none"), id="region"),
        pytest.param(("token", "", "none"), id="no-region"),
        pytest.param(("token", "eu", "2026-13"), id="month"),
        pytest.param(("token", "eu", "2026-1"), id="short-month"),
        pytest.param(("token", "eu", "none\n"), id="line-end"),
    ],
)
def test_what_is_no_domain_is_refused(words):
    with pytest.raises(UsageError):
        KeyDomain(*words)


def test_each_part_of_what_a_wrapping_is_bound_to_counts():
    about = {
        key("a", domain).about
        for domain in (DOMAIN, OTHER, KeyDomain("pseudonym", "us", "2026-11"), KeyDomain("token", "eu", "2026-11"))
    }
    assert len(about | {key("b").about}) == 5
