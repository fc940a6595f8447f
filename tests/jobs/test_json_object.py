from __future__ import annotations

import json

import pytest

from jobs.json_object import Found, KeyTwice, find_field


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", Found(0)),
        (' {"a": 1} \r\n', Found(1)),
        ('{"t":"x"}', Found(1, "x", ('{"t":', "}"))),
        ('{"a" :[1] ,\t"t" : null, "b":{}}', Found(3, None, ('{"a" :[1] ,\t"t" : ', ', "b":{}}'))),
        ('{"of": {"t": 1}}', Found(1)),
    ],
)
def test_a_field_is_found_with_what_stands_around_it(text, found):
    assert find_field(text, "t") == found


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "}", "[]", "1", '{"t"', '{"t":', '{"t":1', '{"t":1,', '{"t":1,}', '{,"t":1}', '{"t":1 "a":2}',
        '{"t":1}}', '{"t":1}{}', '{t:1}', '{"t" 1}', '{"t":"a\n"}', '{"t":01}', "{'t':1}", '\ufeff{"t":1}',
        '{"t":"\\x"}',
    ],
)  # fmt: skip
def test_what_json_refuses_is_refused(text):
    with pytest.raises(ValueError):
        find_field(text, "t")
    with pytest.raises(ValueError):
        assert isinstance(json.loads(text), dict) or json.loads("")


@pytest.mark.parametrize(
    "text", ['{"t":1,"t":2}', '{"a":1,"a":2}', '{"a":{"b":1,"b":2}}', '{"a":[{"b":1,"\\u0062":2}]}']
)
def test_a_key_that_is_there_twice_is_refused_at_any_depth(text):
    with pytest.raises(KeyTwice):
        find_field(text, "t")
