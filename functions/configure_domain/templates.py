"""Index templates made from the log types: the types are those that the loader's guard keeps to.

One component template has the fields that most log types share; each log type's own template adds
what only its documents can have. No template lists all of ECS: each field costs heap in each index.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from opensearchpy import OpenSearch

from common import VERSION, ecs
from configure_domain.compare import describe, differences
from configure_domain.domain import Domain
from configure_domain.report import Report
from es_loader import ledger
from es_loader.log_type import ALWAYS, GEO, LogType
from es_loader.log_type_file import load_all

COMMON = "siem-common"
LEDGER = "siem-ledger"
PRIORITY = 100  # below a template of the user's own, above none
MOST_FIELDS = 400
# In the form that a cluster gives back.
REPLICAS = {"auto_expand_replicas": "0-1", "number_of_shards": "1"}

SHARED = """
    message tags
    cloud.availability_zone cloud.instance.id cloud.provider cloud.service.name
    client.address client.ip client.port
    destination.address destination.bytes destination.domain destination.ip destination.packets
    destination.port destination.user.name
    dns.question.name dns.question.type dns.response_code
    error.code error.message error.type
    event.action event.category event.code event.created event.duration event.end event.id
    event.kind event.outcome event.provider event.reason event.severity event.start event.type
    file.name file.path
    group.id group.name
    host.hostname host.id host.ip host.name
    http.request.bytes http.request.method http.request.referrer http.response.bytes
    http.response.status_code http.version
    log.level
    network.bytes network.community_id network.direction network.iana_number network.packets
    network.protocol network.transport network.type
    observer.hostname observer.name observer.type
    process.name process.pid
    related.hash related.hosts related.ip related.user
    rule.category rule.description rule.id rule.name rule.ruleset
    server.address server.ip server.port
    service.name service.type
    source.address source.bytes source.domain source.ip source.packets source.port
    source.user.name
    tls.cipher tls.version
    url.domain url.full url.original url.path url.query url.scheme
    user.domain user.id user.name user.target.name
    user_agent.device.name user_agent.name user_agent.original user_agent.os.name
    user_agent.version
"""

# A value that is longer stays in event.original: Lucene refuses keywords of over 32,766 bytes.
KEYWORD = {"type": "keyword", "ignore_above": 1024}
MAPPINGS: Mapping[str, dict[str, Any]] = {
    "constant_keyword": KEYWORD,
    "date": {"type": "date", "format": "strict_date_optional_time||epoch_millis"},
    "flattened": {"type": "object", "enabled": False},  # OpenSearch has no such type
    "keyword": KEYWORD,
    "nested": {"type": "object"},  # nested refuses documents with more than 10,000 objects
    "scaled_float": {"type": "scaled_float", "scaling_factor": 1000},
    # Aggregations on wildcard fields fail: https://github.com/opensearch-project/OpenSearch/issues/20838
    "wildcard": KEYWORD,
}


def common_fields() -> dict[str, str]:
    """Type of every field in the component template, by dotted name."""
    types = ecs.field_types()
    ends = ("source", "destination")
    places = {f"{end}.{name}": kind for end in ends for name, kind in GEO.items()}
    return ALWAYS | {name: types[name] for name in SHARED.split()} | places


def component_templates() -> dict[str, dict[str, Any]]:
    """The component templates, by name."""
    settings = {"codec": "best_compression"} | REPLICAS
    mappings = {"dynamic": False, "properties": properties(common_fields())}
    template = {"settings": {"index": settings}, "mappings": mappings}
    return {COMMON: _described({"template": template})}


def index_templates(log_types: Mapping[str, LogType]) -> dict[str, dict[str, Any]]:
    """One index template for each log type, and the ledger's, by name."""
    common = common_fields()
    templates = {}
    for log_type in log_types.values():
        own = {name: kind for name, kind in log_type.targets.items() if name not in common}
        templates[f"siem-{log_type.index_prefix}"] = _described(
            {
                "index_patterns": [f"{log_type.index_prefix}-*"],
                "composed_of": [COMMON],
                "priority": PRIORITY,
                "template": {"mappings": {"properties": properties(own)}},
            }
        )
    templates[LEDGER] = _described(
        {
            "index_patterns": [f"{ledger.INDEX}-*"],
            "priority": PRIORITY,
            "template": {"settings": {"index": dict(REPLICAS)}, "mappings": ledger.MAPPING},
        }
    )
    return templates


def configure(domain: Domain, report: Report) -> None:
    """Bring the templates up to date; indices that exist keep the mapping they have."""
    for path, list_name, item_name, wanted in (
        ("_component_template", "component_templates", "component_template", component_templates()),
        ("_index_template", "index_templates", "index_template", index_templates(domain.log_types)),
    ):
        found = domain.api.get(f"/{path}/siem-*") or {}
        present = {each["name"]: each[item_name] for each in found.get(list_name, [])}
        for name, body in wanted.items():
            paths = differences(body, present.get(name))
            if not paths:
                report.same()
                continue
            report.change(
                "updated" if name in present else "created",
                name,
                describe(paths) if name in present else "",
                partial(domain.api.put, f"/{path}/{name}", body),
            )


def put_templates(client: OpenSearch, log_types: Mapping[str, LogType] | None = None) -> None:
    """Puts all templates, in place of those of an earlier version; indices that exist stay."""
    for name, body in component_templates().items():
        client.cluster.put_component_template(name=name, body=body)
    for name, body in index_templates(load_all() if log_types is None else log_types).items():
        client.indices.put_index_template(name=name, body=body)


def properties(fields: Mapping[str, str]) -> dict[str, Any]:
    """The `properties` of a mapping, from dotted names and their types."""
    tree: dict[str, Any] = {}
    for name, kind in sorted(fields.items()):
        *parents, leaf = name.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {}).setdefault("properties", {})
        place[leaf] = dict(MAPPINGS.get(kind, {"type": kind}))
    return tree


def _described(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"_meta": {"made_by": "configure_domain", "version": VERSION}}
