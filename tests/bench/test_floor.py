"""The floor: it reads every record of an object, and is what everything is compared with."""

import gzip
import io
import json

import pytest

from bench import floor
from bench.corpora import CORPORA
from bench.measure import least

RECORDS = 1_500


@pytest.mark.parametrize("name", CORPORA)
def test_the_floor_reads_every_record(name: str) -> None:
    packed = io.BytesIO()
    CORPORA[name].pack(RECORDS, packed)
    corpus, text = CORPORA[name], gzip.decompress(packed.getvalue())
    # A floor of lines takes header lines, and each line of a record that has several, for one.
    array = corpus.head.startswith(b"{")
    known = RECORDS if array or corpus.floor == "json" else text.rstrip(b"\n").count(b"\n") + 1
    assert known >= RECORDS
    assert least(corpus, packed.getvalue()) == known


def test_the_floor_of_an_array_cuts_between_records_only() -> None:
    records = [{"eventVersion": n, "inside": [{"a": 1}, {"b": "},{"}]} for n in range(20_000)]
    text = json.dumps({"Records": records}, separators=(",", ":")).encode()
    assert floor.array_floor(gzip.compress(text), b'},{"eventVersion"') == len(records)
