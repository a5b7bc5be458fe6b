"""Lines whose values somebody has named, which the library and Python read alike."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from es_loader.named import LINE, named
from tests.es_loader.native.comparison import LOG_TYPES, Direct


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ('{"sourceIp": "a", "user_agent": 1}', {"sourceip": "a", "useragent": 1}),
        ('{"$context.identity.sourceIp": "a"}', {"identitysourceip": "a"}),
        ('{"identity": {"client-cert": {"DN": "a"}}}', {"identityclientcertdn": "a"}),
        ('{"a": {"b": {"c": {"d": {"e": 1, "f": {"g": 2}}}}}}', {"abcde": 1}),
        ('{"a": "-", "A": null, "_a": "x", "a_": "y"}', {"a": "x"}),
        ('{"a": "x", "A": "-"}', {"a": "x"}),
        ('{"é": 1, "-": 2}', {}),
        ('{"a":-, "b": [1], "c": - }', {"a": None, "b": [1], "c": None}),
        ('{"a":-,"b": ": -, \\": -}"}', {"a": None, "b": ': -, ": -}'}),
        (' {"a": 1} ', {"a": 1}),
        ("{}", {LINE: "{}"}),
        ('{"a": 1', {LINE: '{"a": 1'}),
        ('["a"]', {LINE: '["a"]'}),
        ("GET /", {LINE: "GET /"}),
    ],
)
def test_values_are_known_by_what_counts_of_their_keys(line: str, values: Any) -> None:
    assert named(line) == values


KEYS = ["ip", "IP", "i_p", "sourceIp", "identity", "Identity", "user", "$context.user", "status"]
KEYS += ["", "-", "é", "\u212a", 'us"er', "x" * 70, "a", "requestId", "integrationLatency"]
values = st.sampled_from(['"192.0.2.1"', '"-"', '""', "-", "null", "7", '"é"', "[]", '["a"]', "- "])
values |= st.sampled_from(["-5", "-x", '"a": -,"', '": -}"', "true", "{}", '[{"ip":-}]'])


def _object(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keys = st.sampled_from(KEYS).map(json.dumps) | st.sampled_from(['"us\\u0065r"', '"é"'])
    signs = st.sampled_from([":", " : "])
    members = st.tuples(keys, signs, inner).map("".join)
    return st.lists(members, max_size=5).map(lambda each: "{" + ",".join(each) + "}")


@given(st.lists(_object(st.recursive(values, _object, max_leaves=9)), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_the_library_reads_what_python_reads(lines: list[str]) -> None:
    usual = '{"ip": "192.0.2.1", "Request_ID": "x", "identity": {"user": "a"}, "status": -}'
    direct = Direct(LOG_TYPES.by_name["api_gateway_access"], None)
    assert direct.difference([usual] * 40 + lines) == ""
    assert direct.engine.made >= 40
