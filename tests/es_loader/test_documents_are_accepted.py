"""Whatever a record holds: it becomes a document, and the node takes the document."""

import io
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from opensearchpy import OpenSearch

from common.errors import Exclude, RecordError
from configure_domain.templates import put_templates
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from es_loader.normalize import Normalizer, Refused
from es_loader.parse import column_names
from tests.es_loader import odd_records

LOG_TYPES = load_all()
NORMALIZER = Normalizer(LogTypes(LOG_TYPES))
CONTEXT = Context("logs", "odd", "hash", 1_790_000_000_000, "2026-11-24T20:00:00.000Z")
NUMBER = 150  # records an example
EVERY = pytest.mark.parametrize("kind", LOG_TYPES)
FEW = settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])


def results(log_type: LogType, random: Random) -> Iterator[Any]:
    """What becomes of odd records of the log type."""
    kind = log_type.read.format
    if kind in ("json", "named") or log_type.read.json:
        data = odd_records.json_lines(log_type, random, NUMBER)
        yield from NORMALIZER.run(Stream(io.BytesIO(data)), CONTEXT, log_type, forced=True)
    if kind in ("json", "named"):
        return
    if kind == "cef":
        data = odd_records.cef_lines(log_type, random, NUMBER)
        yield from NORMALIZER.run(Stream(io.BytesIO(data)), CONTEXT, log_type, forced=True)
        return
    if kind == "delimited" and not log_type.read.forms:
        lines = [odd_records.columns(log_type, random) for _ in range(NUMBER)]
        data = "\n".join(log_type.read.delimiter.join(line) for line in lines).encode()
        yield from NORMALIZER.run(Stream(io.BytesIO(data)), CONTEXT, log_type, forced=True)
        return
    # Odd values that would not come through a pattern or the XML: given to the function itself.
    normalize = NORMALIZER.ways.compiled(log_type, column_names(log_type.read)).bind(CONTEXT)
    for position in range(NUMBER):
        record: Any = tuple(odd_records.columns(log_type, random))
        if kind == "xml":
            odd = json.dumps(odd_records.record(log_type, random), ensure_ascii=False)
            record = json.loads(odd.encode("utf-8", "replace"))  # no text has half a surrogate pair
        try:
            index, id, text = normalize(record, str(record), position, None)
            yield position, record, log_type.name, index, id, text
        except Exclude:
            continue
        except RecordError as error:  # JSON in a line of text, and it is cut
            assert error.reason == "malformed"


@EVERY
@given(seed=st.integers(0, 2**32))
@settings(max_examples=5)
def test_no_record_is_refused_for_its_shape(kind: str, seed: int) -> None:
    log_type = LOG_TYPES[kind]
    refused = [
        result
        for result in results(log_type, Random(seed))
        if isinstance(result, Refused) and result.outcome == "quarantined"
    ]
    allowed = {"no_match"} if log_type.read.format != "json" else set()
    assert [r for r in refused if r.reason not in allowed] == []


@EVERY
@given(seed=st.integers(0, 2**32))
@FEW
def test_the_node_takes_every_document(
    opensearch: OpenSearch, index_prefix: str, kind: str, seed: int
) -> None:
    log_type = LOG_TYPES[kind]
    put_templates(opensearch, {log_type.name: log_type})
    name = f"{log_type.index_prefix}-{index_prefix}"
    texts = [r[5].decode() for r in results(log_type, Random(seed)) if not isinstance(r, Refused)]
    # A first line that looks like JSON or UTF-16 makes the object one of another kind.
    assume(texts)
    body = "".join(f'{{"create":{{"_id":"{n}-{seed}"}}}}\n{text}\n' for n, text in enumerate(texts))
    try:
        items = opensearch.bulk(index=name, body=body)["items"]
    finally:
        opensearch.indices.delete(index=name, ignore_unavailable=True)
    rejected = {n: i["create"]["error"] for n, i in enumerate(items) if "error" in i["create"]}
    shown = [(error, json.loads(texts[n])) for n, error in list(rejected.items())[:1]]
    assert shown == []
