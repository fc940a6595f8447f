"""Bad input is refused without its value: not in the error as it is printed, not in a log, not on a terminal."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
from functools import partial

import pytest

import transforms
from tests.transforms.bad_batches import BATCHES
from tests.transforms.bad_classes import CLASSES
from tests.transforms.bad_columns import FRAMES
from tests.transforms.bad_input import CASES
from tests.transforms.bad_places import PLACES
from tests.transforms.bad_tables import TABLES
from tests.transforms.planted import PLANTED, Workers, forms_of, search, told


@pytest.fixture
def shown(caplog, capfd):
    """Do what may fail; return whether it did, and all that was told: by the error, to logs and to the terminal."""
    caplog.set_level(logging.DEBUG)

    def shown(do):
        capfd.readouterr()
        failed = b""
        try:
            do()
        except Exception as error:
            failed = told(error)
        heard = (caplog.text + "".join(capfd.readouterr())).encode("utf-8", "backslashreplace")
        return bool(failed), failed + b"\n" + heard + b"\n\n\n"

    return shown


@pytest.mark.parametrize("case", [*CASES, *TABLES, *CLASSES, *PLACES], ids=str)
def test_nothing_of_a_bad_value_is_told(case, shown):
    refused, seen = shown(case.do)

    assert refused is case.refused, seen.decode()
    assert not search(case.also).finds(seen), seen.decode()


@pytest.mark.parametrize("case", BATCHES, ids=str)
def test_nothing_of_a_bad_batch_is_told_by_what_runs_in_a_worker(case, shown, monkeypatch):
    workers = Workers(monkeypatch)
    case.start(workers)
    functions = workers.functions()

    assert functions, "nothing was sent to workers"
    for function in functions:
        refused, seen = shown(partial(function, *case.batch))
        assert refused is case.refused, seen.decode()
        assert not search(case.also).finds(seen), seen.decode()


def leaking(how):
    def leak():
        how(PLANTED)

    return leak


def in_a_cause(value):
    try:
        int(value)
    except ValueError as error:
        raise RuntimeError("refused") from error


def with_a_note(value):
    error = RuntimeError("refused")
    error.add_note(value)
    raise error


LEAKS = {
    "in-its-text": int,
    "in-its-cause": in_a_cause,
    "in-a-note": with_a_note,
    "in-a-log": lambda value: logging.getLogger("x").debug("refused %s", value),
    "on-the-terminal": lambda value: print(value),  # noqa: T201
    "by-the-system": lambda value: __import__("os").write(2, value.encode()),
}


@pytest.mark.parametrize("how", LEAKS.values(), ids=LEAKS)
def test_an_error_that_tells_the_value_is_found_wherever_it_does(how, shown):
    _, seen = shown(lambda: how(PLANTED))

    assert search().finds(seen)


@pytest.mark.parametrize("form", forms_of(PLANTED), ids=lambda form: form[:9])
def test_a_value_is_found_in_whatever_form_it_is_told(form):
    assert search().finds(b"ValueError: bad " + form + b" refused")
    assert not search().finds(b"ValueError: bad value refused")


def test_every_public_function_of_transforms_is_fed_bad_input():
    fed = {case.of for case in (*CASES, *TABLES, *CLASSES, *PLACES, *BATCHES, *FRAMES)}

    assert fed == public(), "a new transform needs a case in bad_input, bad_batches or bad_columns"


def public():
    """Return all functions and methods of `transforms` that take a value, and classes that look at what they get."""
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(transforms.__path__, "transforms.")]
    return {
        f"{module.__name__.removeprefix('transforms.')}.{name}"
        for module in modules
        for one, thing in vars(module).items()
        if not one.startswith("_") and getattr(thing, "__module__", None) == module.__name__
        for name in (of_class(one, thing) if inspect.isclass(thing) else of_function(one, thing))
    }


def of_function(name, thing):
    return [name] if callable(thing) and inspect.isroutine(inspect.unwrap(thing)) and takes(thing) else []


def of_class(name, thing):
    if issubclass(thing, BaseException) or getattr(thing, "_is_protocol", False):
        return []
    methods = {one: each for one, each in vars(thing).items() if inspect.isfunction(each)}
    written = any(
        methods.get(one) and methods[one].__code__.co_filename != "<string>" for one in ("__init__", "__post_init__")
    )
    called = [one for one in methods if not one.startswith("_") or one == "__call__"]
    return [*([name] if written else []), *(f"{name}.{one}" for one in called)]


def takes(thing):
    return bool(inspect.signature(thing).parameters)
