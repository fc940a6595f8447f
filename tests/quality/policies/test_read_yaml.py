from __future__ import annotations

import pytest

from quality.contracts.errors import ConfigError
from quality.policies.read_yaml import read_yaml


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a: 1\nb: {x: 1, x: planted}\n", ("line 2", "key given twice: x"), id="key-twice"),
        pytest.param(b"a: 1\na: planted\n", ("line 1", "key given twice: a"), id="top-level-key-twice"),
        pytest.param(b"{" * 2_000, ("not valid YAML",), id="too-deep"),
        pytest.param(b"2026-99-99: planted", ("not valid YAML",), id="no-day"),
        pytest.param(b"? [a]\n: planted", ("not valid YAML",), id="a-list-for-a-key"),
        pytest.param(b"a: [planted\n", ("not valid YAML",), id="unclosed"),
        pytest.param(b"a: \xff\xfe planted", ("not valid YAML",), id="not-utf-8"),
        pytest.param(b"", ("empty or not a mapping",), id="empty"),
        pytest.param(b"- planted\n", ("empty or not a mapping",), id="a-list"),
        pytest.param(b"!!python/object/apply:os.getcwd []", ("not valid YAML",), id="code"),
    ],
)
def test_a_bad_file_is_named_with_the_place_and_never_a_value(tmp_path, content, said):
    path = tmp_path / "some.yaml"
    path.write_bytes(content)

    with pytest.raises(ConfigError) as refused:
        read_yaml(path, what="policy")

    message = str(refused.value)
    assert all(part in message for part in ("Policy", str(path), *said))
    assert "planted" not in message


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"no policy at .*absent\.yaml"):
        read_yaml(tmp_path / "absent.yaml", what="policy")


def test_a_good_file_is_read_as_it_is(tmp_path):
    (tmp_path / "good.yaml").write_text("a: {b: [1, text, null]}\n2: x\n")

    assert read_yaml(tmp_path / "good.yaml", what="policy") == {"a": {"b": [1, "text", None]}, 2: "x"}
