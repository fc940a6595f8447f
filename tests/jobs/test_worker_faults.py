"""A worker's refusal is told by the key's name or in our words, whatever else the text holds."""

from __future__ import annotations

import pytest

from jobs.explain_failure import explain_failure
from jobs.keys.keyset import Key, KeyDomain, Keyset, Seal, State
from jobs.vault.rows import RowRefused as VaultRowRefused
from jobs.vault.subject_keys import _refuse_unknown
from jobs.worker_faults import worker_fault
from quality.contracts.errors import EnvironmentFault, KeyUnusable
from transforms.privacy.seal_rows import RowRefused

KEY = "key-0123456789abcdef"
TRACE = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\n    secret-51.5\n'


def raised(do, *arguments):
    """Return the text of Spark's error for what a worker raises."""
    try:
        do(*arguments)
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        return f"org.apache.spark.api.python.PythonException: [PYTHON_EXCEPTION] {TRACE}{kind}: {error}\n\tat java"
    raise AssertionError("nothing was raised")


def keyset(state):
    wrapped = b"" if state is State.DESTROYED else b"w"
    other = Key("key-1", KeyDomain("token", "eu", "none"), State.PRIMARY, "", "k", b"w")
    return Keyset("keyset-1", 1, Seal("k", b"s"), (Key(KEY, other.domain, state, "", "k", wrapped), other))


@pytest.mark.parametrize(("state", "said"), [(State.DISABLED, "it is disabled"), (State.DESTROYED, "it is destroyed")])
def test_a_key_that_is_not_usable_is_named(state, said):
    found = worker_fault(raised(keyset(state).usable, KEY))

    assert isinstance(found, KeyUnusable)
    assert found.message == f"Key {KEY} cannot be used: {said}." and found.mend


def refuse(error):
    raise error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(raised(_refuse_unknown, 3), "no data key for some", id="unknown-subjects"),
        pytest.param(
            raised(refuse, RowRefused("raw.pings", "a sealed row was changed")), "sealed row", id="sealed-row"
        ),
        pytest.param(raised(refuse, VaultRowRefused("a token")), "vault holds a row", id="vault-row"),
        pytest.param(
            raised(refuse, KeyUnusable("Key planted-51.5", "no reason", mend="")), "A key cannot", id="odd-key"
        ),
    ],
)
def test_what_a_worker_refuses_is_told_in_our_words(text, said):
    found = worker_fault(text)

    assert said in found.message and found.mend
    assert "51.5" not in str(found) and "planted" not in str(found)
    assert explain_failure(RuntimeError(text)).message == found.message


@pytest.mark.parametrize(
    "text",
    [
        "a row that says jobs.vault.rows.RowRefused: x",
        "ValueError: quality.contracts.errors.EnvironmentFault: The vault has no data key for 1 of the subjects",
        "",
    ],
)
def test_a_value_that_only_looks_like_it_is_none_of_ours(text):
    assert worker_fault(text) is None


def test_an_error_of_ours_explains_itself():
    assert explain_failure(EnvironmentFault("x", mend="")) is None
