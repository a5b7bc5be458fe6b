"""What Windows events of odd shapes become."""

from typing import Any

import pytest

from tests.log_types.documents import documents, refused


def event(data: str, code: str = "4624", system: str = "") -> bytes:
    """An event with this content in its EventData."""
    head = f"<System><EventID>{code}</EventID>{system}<Computer>pc</Computer></System>"
    return f"<Event>{head}<EventData>{data}</EventData></Event>".encode()


def of(data: str, code: str = "4624") -> dict[str, Any]:
    """The document of an event with this content in its EventData."""
    (found,) = documents("windows_event", event(data, code))
    return found


def test_events_with_nothing_between_them_are_each_a_document() -> None:
    assert len(documents("windows_event", event("") + event("") + b"\r\n" + event(""))) == 3


def test_a_malformed_event_is_quarantined_alone() -> None:
    data = event("") + event("<a></b>") + event("")
    assert len(documents("windows_event", data)) == 2
    assert refused("windows_event", data) == [
        {"outcome": "quarantined", "position": 1, "reason": "malformed"}
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"<Event/></Event>",
        b"<Event></Event>",
        b"<Event>text</Event>",
        b"<Event><System/><EventData/></Event>",
        b"<Event><System>x</System><EventData>y</EventData></Event>",
        b"<Event><System/><System/><UserData>z</UserData></Event>",
        b"<Event><EventData><Data Name='TargetUserName'>a</Data>"
        b"<Data Name='TargetUserName'>b</Data></EventData></Event>",
        b"<Event><EventData><Data Name='ProcessId'>0xzz</Data></EventData></Event>",
        b"<Event><EventData/><EventData/></Event>",
    ],
)
def test_an_event_of_an_odd_shape_is_not_refused_for_it(data: bytes) -> None:
    outcomes = refused("windows_event", data)
    assert not any(each["reason"] == "transform_error" for each in outcomes)


def test_a_wrong_address_is_left_out_and_the_event_kept() -> None:
    found = of("<Data Name='IpAddress'>LOCAL</Data><Data Name='IpPort'>99x</Data>")
    assert found["source"] == {"address": "LOCAL"}


def test_who_is_logged_in_is_the_target_and_who_asked_for_it_is_related() -> None:
    found = of("<Data Name='SubjectUserName'>DC-1$</Data><Data Name='TargetUserName'>alice</Data>")
    assert found["user"] == {"name": "alice"}
    assert found["related"]["user"] == ["DC-1$", "alice"]


def test_who_changes_an_account_is_the_user_and_the_account_the_target() -> None:
    found = of(
        "<Data Name='SubjectUserName'>alice</Data><Data Name='TargetUserName'>bob</Data>", "4726"
    )
    assert found["user"] == {"name": "alice", "target": {"name": "bob"}}
    assert found["event"]["type"] == ["user", "deletion"]


def test_the_ids_of_an_event_that_has_qualifiers_decide_alike() -> None:
    data = event("").replace(b"<EventID>4624", b"<EventID Qualifiers='0'>1102")
    (found,) = documents("windows_event", data)
    assert (found["event"]["code"], found["event"]["action"]) == ("1102", "cleared-audit-log")
