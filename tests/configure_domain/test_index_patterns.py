"""Index patterns: their lists of fields are what Dashboards itself would find."""

import json
from typing import Any

from opensearchpy import OpenSearch

from configure_domain import index_patterns, saved_objects, templates
from es_loader.log_type_file import load_all

LOG_TYPES = load_all()
OBJECTS = {each["id"]: each for each in index_patterns.objects(LOG_TYPES)}


def fields(object_id: str) -> dict[str, Any]:
    """The listed fields by name, without Dashboards' own."""
    listed = json.loads(OBJECTS[object_id]["attributes"]["fields"])
    return {each["name"]: each for each in listed if not each["name"].startswith("_")}


def test_there_is_a_pattern_for_each_log_type_for_all_and_for_the_ledger() -> None:
    titles = {each["attributes"]["title"] for each in OBJECTS.values()}
    assert titles == {f"{each.index_prefix}-*" for each in LOG_TYPES.values()} | {
        "log-*",
        "siem-ledger-*",
    }
    assert {"siem-log", "siem-ledger", "siem-log-aws-cloudtrail"} < OBJECTS.keys()


def test_the_fields_are_those_of_the_mapping_as_a_node_tells_them(opensearch: OpenSearch) -> None:
    templates.put_templates(opensearch)
    indices = {
        index_patterns.object_id(f"{each.index_prefix}-*"): f"{each.index_prefix}-2001-01"
        for each in LOG_TYPES.values()
    } | {"siem-ledger": "siem-ledger-2001"}
    for object_id, index in indices.items():
        opensearch.indices.create(index=index, ignore=400)
        found = opensearch.field_caps(index=index, fields="*")["fields"]
        told = {
            name: caps
            for name, kinds in found.items()
            for kind, caps in kinds.items()
            if kind != "object" and not name.startswith("_")
        }
        own = fields(object_id)
        assert own.keys() == told.keys(), object_id
        for name, caps in told.items():
            listed = own[name]
            assert listed["esTypes"] == [caps["type"]], name
            assert (listed["searchable"], listed["aggregatable"]) == (
                caps["searchable"],
                caps["aggregatable"],
            ), name
        opensearch.indices.delete(index=index)


def test_the_pattern_of_all_logs_has_the_fields_of_every_log_type() -> None:
    every = fields("siem-log")
    for log_type in LOG_TYPES.values():
        own = fields(index_patterns.object_id(f"{log_type.index_prefix}-*"))
        assert own.items() <= every.items()


def test_every_type_that_a_field_can_have_is_one_that_dashboards_knows() -> None:
    known = {"string", "number", "date", "boolean", "ip", "geo_point"}
    assert {each["type"] for each in fields("siem-log").values()} <= known


def test_ports_are_shown_without_separators_and_sizes_as_sizes() -> None:
    formats = json.loads(OBJECTS["siem-log-aws-vpc_flow"]["attributes"]["fieldFormatMap"])
    assert formats["destination.port"] == {"id": "number", "params": {"pattern": "0"}}
    assert formats["source.bytes"] == {"id": "bytes"}
    assert "event.severity" not in formats
    every = json.loads(OBJECTS["siem-log"]["attributes"]["fieldFormatMap"])
    for name in ("source.as.number", "process.pid", "http.response.status_code", "log.offset"):
        assert every[name]["params"] == {"pattern": "0"}, name
    for name in ("file.size", "aws.rds.bytes_sent", "siem.index_metrics.bytes"):
        assert every[name] == {"id": "bytes"}, name
    assert every["event.duration"]["params"]["inputFormat"] == "nanoseconds"
    assert not {"aws.cloudfront.time_to_first_byte", "network.packets"} & every.keys()


def test_the_patterns_are_what_we_import_ourselves() -> None:
    text = index_patterns.ndjson(OBJECTS.values())
    assert saved_objects.parse(text, "some.ndjson") == sorted(
        OBJECTS.values(), key=lambda each: str(each["id"])
    )


def test_the_same_log_types_give_the_same_bytes() -> None:
    once, again = (index_patterns.ndjson(index_patterns.objects(load_all())) for _ in range(2))
    assert once == again
