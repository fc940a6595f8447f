"""The key is opened in the worker only: no plan and no pickled command holds it in any form."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.serializers import CloudPickleSerializer

from transforms.privacy.identifiers import Domain
from transforms.privacy.pseudonymize_columns import pseudonym_function
from transforms.privacy.tokenize_columns import token_function

SENTINEL = secrets.token_bytes(32)
DOMAINS = [Domain("eu", "risk", "none"), Domain("eu", "risk", "month")]


@dataclass(frozen=True)
class KeyFile:
    """Names a file that holds a key."""

    path: Path

    def open(self) -> bytes:
        return self.path.read_bytes()


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "sentinel-key"
    path.write_bytes(SENTINEL)
    return KeyFile(path)


def forms_in(shown: bytes) -> set[str]:
    """Return the forms of the sentinel key that ``shown`` holds."""
    hexed, coded = SENTINEL.hex(), base64.b64encode(SENTINEL).rstrip(b"=")
    forms = {
        "raw": [SENTINEL], "hex": [hexed.encode(), hexed.upper().encode()], "repr": [repr(SENTINEL)[2:-1].encode()],
        "base64": [coded, coded.translate(bytes.maketrans(b"+/", b"-_"))],
        "list": [repr(list(SENTINEL)).encode()],
    }  # fmt: skip
    return {form for form, spellings in forms.items() if any(spelling in shown for spelling in spellings)}


def commands(keys):
    """Return the pickled command of each function, as Spark makes it."""
    functions = [pseudonym_function(keys, domain, "actor") for domain in DOMAINS]
    functions += [token_function(keys, DOMAINS[0], "actor", back=back) for back in (False, True)]
    return [CloudPickleSerializer().dumps((function.func, function.returnType)) for function in functions]


@pytest.mark.spark
def test_no_pickled_command_holds_the_key(spark, keys):
    assert keys.open() == SENTINEL
    for command in commands(keys):
        assert keys.path.name.encode() in command, "the command names the key"
        assert not forms_in(command)


@pytest.mark.parametrize("form", [bytes, bytes.hex, lambda key: base64.b64encode(key).decode()])
def test_a_command_that_leaks_the_key_is_found(form):
    leaked = form(SENTINEL)

    assert forms_in(CloudPickleSerializer().dumps((lambda values: (values, leaked), "string")))


@pytest.mark.spark
def test_no_plan_holds_the_key_and_one_that_leaks_it_is_found(spark, keys, capsys):
    from pyspark.sql import functions as F

    df = spark.createDataFrame([("a",)], "id string")

    def explained(**columns):
        capsys.readouterr()
        made = df.withColumns(columns)
        made.explain("extended")
        plans = (capsys.readouterr().out + made._jdf.queryExecution().toString()).encode()
        assert all(name.encode() in plans for name in columns)
        assert made.collect()
        return forms_in(plans)

    pseudonym, token = pseudonym_function(keys, DOMAINS[0], "actor"), token_function(keys, DOMAINS[0], "actor")
    assert explained(actor_key=pseudonym("id"), actor_token=token("id")) == set()
    for form in (SENTINEL.hex(), base64.b64encode(SENTINEL).decode()):
        assert explained(leaking_key=F.sha2(F.concat(F.lit(form), "id"), 256))
    assert explained(leaking_key=F.sha2(F.concat(F.lit(SENTINEL), F.col("id").cast("binary")), 256))
