"""Index patterns of OpenSearch Dashboards, made from the log types: one for each, one for all.

Each carries its list of fields. Dashboards makes the list itself only from indices that exist, and
a panel on a field that is not in the list says "Could not locate that index-pattern-field".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from configure_domain import templates
from es_loader import ledger
from es_loader.log_type import LogType

PREFIX = "siem-"  # of the ids of all our saved objects
ALL = "log-*"
# The last migration of the type; a higher number is refused.
# https://github.com/opensearch-project/OpenSearch-Dashboards/blob/main/src/plugins/data/server/saved_objects/index_pattern_migrations.ts
MIGRATION = {"index-pattern": "7.6.0"}
# Addresses, users and hosts are links to the dashboard of all that is known of them, in the range
# of time that is on the screen.
HUNTING = "../app/dashboards#/view/siem-hunting?_a=(query:(language:kuery,query:%27{}%27))"
LINKS = {
    "client.ip": 'related.ip:"{{value}}"',
    "destination.ip": 'related.ip:"{{value}}"',
    "source.ip": 'related.ip:"{{value}}"',
    "host.name": 'host.name:"{{value}}"',
    "user.name": 'user.name:"{{value}}" or related.user:"{{value}}"',
}
KINDS = {  # mapping type -> Dashboards' own
    "boolean": "boolean",
    "date": "date",
    "geo_point": "geo_point",
    "ip": "ip",
    "keyword": "string",
    "match_only_text": "string",
    "text": "string",
} | dict.fromkeys(("double", "float", "integer", "long", "scaled_float"), "number")
TEXTS = ("match_only_text", "text")
# Words in the names of numbers that count nothing.
NAMES = {"port", "pid", "id", "uid", "code", "asn", "offset", "line", "version"}
META = (("_id", "string", True), ("_index", "string", True), ("_source", "_source", False))


def objects(log_types: Mapping[str, LogType]) -> Iterator[dict[str, Any]]:
    """The saved objects of all index patterns."""
    for title, fields in fields_by_title(log_types).items():
        yield pattern(title, fields)


def fields_by_title(log_types: Mapping[str, LogType]) -> dict[str, dict[str, str]]:
    """The mapping type of each field that can be searched, by the title of the index pattern."""
    common = templates.common_fields()
    every = dict(common)
    found = {}
    for log_type in log_types.values():
        fields = common | dict(log_type.targets)
        every |= fields
        found[f"{log_type.index_prefix}-*"] = mapped(fields)
    found[ALL] = mapped(every)
    found[f"{ledger.INDEX}-*"] = dict(_leaves(ledger.MAPPING["properties"]))
    return found


def ndjson(saved: Iterable[Mapping[str, Any]]) -> str:
    """Saved objects as a file that Dashboards imports: one a line, in a fixed order."""
    ordered = sorted(saved, key=lambda each: (each["type"], each["id"]))
    return "".join(json.dumps(each, sort_keys=True, ensure_ascii=False) + "\n" for each in ordered)


def object_id(title: str) -> str:
    """The id of the index pattern with this title: `siem-log-aws-waf` for `log-aws-waf-*`."""
    names = [each.removesuffix("*").removesuffix("-") for each in title.split(",")]
    name = ".".join(each.replace("*", "") for each in names)
    return name if name.startswith(PREFIX) else f"{PREFIX}{name}"


def mapped(fields: Mapping[str, str]) -> dict[str, str]:
    """The mapping type of each field that can be searched, by dotted name."""
    return dict(_leaves(templates.properties(fields)))


def pattern(title: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """The saved object of an index pattern; `fields`: mapping type by name."""
    listed = [_field(name, kind, ok, ok, False) for name, kind, ok in META]
    for name, kind in sorted(fields.items()):
        listed.append(_field(name, kind, True, kind not in TEXTS, kind not in TEXTS))
    attributes = {
        "title": title,
        "timeFieldName": "@timestamp",
        "fields": json.dumps(listed),
        "fieldFormatMap": json.dumps(dict(_formats(fields))),
    }
    return {
        "type": "index-pattern",
        "id": object_id(title),
        "attributes": attributes,
        "references": [],
        "migrationVersion": MIGRATION,
    }


def _field(name: str, kind: str, searchable: bool, aggregatable: bool, doc: bool) -> dict[str, Any]:
    return {
        "count": 0,
        "name": name,
        "type": KINDS.get(kind, kind),
        "esTypes": [name if name.startswith("_") else kind],
        "scripted": False,
        "searchable": searchable,
        "aggregatable": aggregatable,
        "readFromDocValues": doc,
    }


def _formats(fields: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers that are names (ports, AS numbers, ids) without separators; sizes as such; links."""
    for name, kind in sorted(fields.items()):
        words = set(name.replace(".", "_").split("_"))
        if query := LINKS.get(name):
            template = HUNTING.format(query.replace(" ", "%20").replace('"', "%22"))
            params = {"urlTemplate": template, "labelTemplate": "{{value}}"}
            yield name, {"id": "url", "params": params | {"openLinkInCurrentTab": True}}
        elif KINDS.get(kind) == "number":
            if "bytes" in words or name.endswith(("file.size", "object_size")):
                yield name, {"id": "bytes"}
            elif words & NAMES or name.endswith("as.number"):
                yield name, {"id": "number", "params": {"pattern": "0"}}
            elif name == "event.duration":
                params = {"inputFormat": "nanoseconds", "outputFormat": "asSeconds"}
                yield name, {"id": "duration", "params": params | {"outputPrecision": 3}}


def _leaves(properties: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, node in properties.items():
        if "properties" in node:
            yield from _leaves(node["properties"], f"{prefix}{name}.")
        elif node["type"] != "object":
            yield f"{prefix}{name}", node["type"]
