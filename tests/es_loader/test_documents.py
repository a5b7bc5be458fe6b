"""Rows of documents that need not be taken apart, and what is found when they are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from es_loader.documents import LEFT
from tests.es_loader.rows import other, row


def test_a_row_gives_its_documents_and_what_was_left_in_order() -> None:
    found = list(row([0, LEFT, 2, LEFT + 1]))
    assert found[0] == (0, "record 0", "some_type", "index-0", "id-0", b'{"number":0,"text":""}')
    assert found[2] == (2, "record 2", "some_type", "index-2", "id-2", b'{"number":2,"text":"xx"}')
    assert (
        found[1::2]
        == [other("record 1", 1), other("record 3", 3)]
        == list(row([0, LEFT, 2, LEFT + 1]).left())
    )


def test_items_tell_where_documents_go_and_nothing_of_what_was_left() -> None:
    items = row([1, LEFT, 0]).items
    assert len(items) == 2
    assert list(items) == [
        ("index-1", "id-0", 0, "record 0", "some_type"),
        ("index-0", "id-2", 2, "record 2", "some_type"),
    ]


@given(
    st.lists(st.sampled_from([0, 1, 2, LEFT, LEFT + 1]), min_size=1, max_size=30),
    st.integers(min_value=-5, max_value=400),
)
def test_pieces_of_a_row_have_whole_documents_and_no_more_bytes_than_there_is_room_for(
    statuses: list[int], room: int
) -> None:
    documents = row(statuses)
    first, bodies, items = 0, b"", list[Any]()
    while first < len(statuses):
        last = documents.fitting(first, room)
        assert first <= last <= len(statuses)
        alone = last == first
        body, some = documents.piece(first, last := max(last, first + 1))
        assert alone or len(body) <= room
        assert body.tobytes().count(b"\n") == 2 * len(some) == 2 * len(list(some))
        bodies, items, first = bodies + body, items + list(some), last
    assert bodies == documents.body
    assert items == list(documents.items)
