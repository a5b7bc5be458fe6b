"""Raw records become what a log type's function reads."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RecordError
from es_loader.parse import tolerant_json, xml

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds


def test_xml_attributes_text_and_repeated_elements_become_members() -> None:
    assert xml("<E a='1'><T>x</T><T>y</T><N b=\"2\">z</N><O/></E>") == {
        "@a": "1",
        "T": ["x", "y"],
        "N": {"@b": "2", "#text": "z"},
        "O": "",
    }


def test_xml_named_data_become_members_of_that_name() -> None:
    found = xml("<Event><EventData><Data Name='A'>1</Data><Data Name=\"B\"/></EventData></Event>")
    assert found == {"EventData": {"A": "1", "B": ""}}


def test_xml_data_without_a_name_become_a_list() -> None:
    found = xml("<Event><EventData><Data>1</Data><Data></Data><Data>2</Data></EventData></Event>")
    assert found == {"EventData": {"Data": ["1", "", "2"]}}


def test_xml_namespaces_and_prefixes_are_dropped() -> None:
    found = xml("<a:E xmlns:a='u' xmlns='v'><a:T xmlns='w'>x</a:T></a:E>")
    assert found == {"T": "x"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&lt;a&gt; &amp;amp; &quot;&apos;", "<a> &amp; \"'"),
        ("&#65;&#x42;", "AB"),
        ("&#xD800;&#x110000;", "\ufffd\ufffd"),
        ("&unknown; & alone", "&unknown; & alone"),
        ("<![CDATA[<b> & ]]>c", "<b> & c"),
        ("a<!-- <T>no</T> -->b", "ab"),
    ],
)
def test_xml_text_is_unescaped_once(text: str, expected: str) -> None:
    assert xml(f"<E><T>{text}</T></E>") == {"T": expected}


def test_xml_text_between_elements_is_kept_and_white_space_is_not() -> None:
    assert xml("<E>\n <T>x</T>\n rest</E>") == {"T": "x", "#text": "\n rest"}


@pytest.mark.parametrize(
    "text",
    [
        "<E><T>x</E></T>",
        "<E><T>x</T>",
        "<E>x</F>",
        "</E>",
        "",
        "no element",
        "<E><![CDATA[x</E>",
        "<!DOCTYPE E [<!ENTITY a 'b'>]><E>&a;</E>",
        "<!ENTITY a 'b'><E/>",
    ],
)
def test_xml_that_is_broken_or_has_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(RecordError) as error:
        xml(text)
    assert error.value.reason == "malformed"


def test_xml_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(RecordError) as error:
        xml("<E>" * 5_000 + "</E>" * 5_000)
    assert error.value.reason == "too_deep"


def test_xml_attributes_that_are_remembered_are_not_changed_by_a_record() -> None:
    assert xml("<E><T a='1'>x</T></E>") == {"T": {"@a": "1", "#text": "x"}}
    assert xml("<E><T a='1'><U/></T></E>") == {"T": {"@a": "1", "U": ""}}
    assert xml("<E><T a='1'/></E>") == {"T": {"@a": "1"}}


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<a",
        "<a ",
        "<a b='",
        '<a b="',
        "<a b='c' ",
        "<a>",
        "<a/>",
        "</a>",
        "<a></b>",
        "<![CDATA[",
        "<!--",
        "&#",
        "&",
        " ",
        "<a>&#x",
        "=",
        "<a  ",
        "<a\n=",
        "b='c' ",
        "b ",
    ],
)
def test_xml_of_a_hostile_shape_takes_linear_time(unit: str) -> None:
    body = unit * (SIZE // len(unit))
    started = time.process_time()
    for text in (body, f"<E>{body}</E>", f"<E><T>{body}", f"<E {body}>"):
        with suppress(RecordError):
            xml(text)
    assert time.process_time() - started < TOO_LONG


@given(st.text(st.sampled_from("<>/&'\"=ab :!-[]x;# \n")))
def test_xml_of_any_text_is_an_object_or_a_record_error(text: str) -> None:
    with suppress(RecordError):
        assert type(xml(text)) is dict


def test_json_with_invalid_utf8_is_repaired() -> None:
    assert tolerant_json(b'{"a":"\xff"}') == ({"a": "\ufffd"}, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":"x\ty"}', {"a": "x\ty"}),
        (b'{"a":"\\ud800"}', {"a": "\ufffd"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}),
    ],
)
def test_json_that_the_fast_parser_refuses_is_read(text: bytes, expected: object) -> None:
    assert tolerant_json(text) == (expected, False)


def test_text_that_is_no_json_is_malformed() -> None:
    with pytest.raises(RecordError) as error:
        tolerant_json(b"{a}")
    assert error.value.reason == "malformed"


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(RecordError) as error:
        tolerant_json(b"[" * 100_000)
    assert error.value.reason in ("too_deep", "malformed")
