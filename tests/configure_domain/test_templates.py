"""The index templates: what they hold, and that a real node takes them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opensearchpy import OpenSearch

from common import ecs
from configure_domain import templates
from configure_domain.report import Report
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from tests.configure_domain.conftest import Plain

LOG_TYPES = load_all()


def leaves(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, node in properties.items():
        if "properties" in node:
            yield from leaves(node["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", node


def objects(properties: Mapping[str, Any]) -> int:
    inner = [node["properties"] for node in properties.values() if "properties" in node]
    return len(inner) + sum(map(objects, inner))


def own_mapping(log_type: LogType) -> dict[str, Any]:
    found = templates.index_templates({log_type.name: log_type})
    template = found[f"siem-{log_type.index_prefix}"]["template"]
    properties: dict[str, Any] = template["mappings"]["properties"]
    return properties


def test_the_component_template_has_about_120_fields() -> None:
    assert 100 <= len(templates.common_fields()) <= 150


def test_the_shared_fields_are_listed_once() -> None:
    names = templates.SHARED.split()
    assert len(names) == len(set(names))


@pytest.mark.parametrize("log_type", LOG_TYPES.values(), ids=LOG_TYPES)
def test_a_log_type_has_at_most_400_fields(log_type: LogType) -> None:
    fields = templates.common_fields() | dict(log_type.targets)
    tree = templates.properties(fields)
    # OpenSearch counts objects too.
    assert len(list(leaves(tree))) + objects(tree) <= templates.MOST_FIELDS


@pytest.mark.parametrize("log_type", LOG_TYPES.values(), ids=LOG_TYPES)
def test_every_field_of_a_log_type_is_mapped_once(log_type: LogType) -> None:
    own = {name for name, _ in leaves(own_mapping(log_type))}
    common = templates.common_fields()
    assert not own & common.keys()
    parents = {k for k, kind in log_type.targets.items() if kind in ("object", "nested")}
    assert log_type.targets.keys() - parents <= own | common.keys()


def test_a_field_has_the_same_type_in_every_log_type() -> None:
    kinds = defaultdict(set)
    for log_type in LOG_TYPES.values():
        for name, kind in log_type.targets.items():
            kinds[name].add(kind)
    assert not {name: found for name, found in kinds.items() if len(found) > 1}


def test_long_texts_are_cut_off_from_keywords_and_searchable_in_text_fields() -> None:
    mapped = dict(leaves(templates.properties(templates.common_fields())))
    assert mapped["event.action"] == {"type": "keyword", "ignore_above": 1024}
    assert mapped["url.path"] == {"type": "keyword", "ignore_above": 1024}
    assert mapped["event.original"] == mapped["message"] == {"type": "match_only_text"}


def test_every_ecs_type_can_be_mapped() -> None:
    by_kind = {kind: name for name, kind in ecs.field_types().items()}
    tree = templates.properties({name: kind for kind, name in by_kind.items()})
    assert len(list(leaves(tree))) == len(by_kind)


def test_members_of_object_fields_are_mapped_below_them() -> None:
    tree = templates.properties({"dns.answers": "object", "dns.answers.ttl": "long"})
    answers = tree["dns"]["properties"]["answers"]
    assert answers == {"type": "object", "properties": {"ttl": {"type": "long"}}}


def test_the_node_gives_each_log_type_its_mapping(opensearch: OpenSearch) -> None:
    templates.put_templates(opensearch)
    for log_type in LOG_TYPES.values():
        for period in ("2026-11", "2026-11-late"):
            name = f"{log_type.index_prefix}-{period}"
            body = opensearch.indices.simulate_index_template(name=name)["template"]
            mapped = dict(leaves(body["mappings"]["properties"]))
            assert body["mappings"]["dynamic"] == "false"
            assert body["settings"]["index"]["codec"] == "best_compression"
            assert body["settings"]["index"]["auto_expand_replicas"] == "0-1"
            wanted = templates.common_fields() | dict(log_type.targets)
            parents = {k for k, kind in wanted.items() if kind in ("object", "nested")}
            assert wanted.keys() - parents <= mapped.keys()


def test_the_node_takes_every_ecs_type(opensearch: OpenSearch, index_prefix: str) -> None:
    by_kind = {kind: name for name, kind in ecs.field_types().items()}
    mapping = {"properties": templates.properties({name: kind for kind, name in by_kind.items()})}
    opensearch.indices.create(index=f"{index_prefix}-kinds", body={"mappings": mapping})


def test_the_ledger_has_its_own_template(opensearch: OpenSearch) -> None:
    templates.put_templates(opensearch)
    body = opensearch.indices.simulate_index_template(name="siem-ledger-2026")["template"]
    assert body["mappings"]["dynamic"] == "false"
    assert body["mappings"]["properties"]["quarantined"] == {"type": "long"}


def run(plain: Plain, apply: bool = True) -> Report:
    report = Report(apply, "templates")
    templates.configure(plain.domain(), report)
    return report


def test_templates_are_put_once_and_again_only_where_they_differ(plain: Plain) -> None:
    plain.node.indices.delete_index_template(name="siem-*", ignore=404)
    plain.node.cluster.delete_component_template(name="siem-*", ignore=404)
    assert [entry.name for entry in run(plain, apply=False).changes] == [
        entry.name for entry in run(plain).changes
    ]
    assert run(plain).changes == []
    name = "siem-log-aws-waf"
    present = plain.node.indices.get_index_template(name=name)["index_templates"][0]
    body = present["index_template"]
    body["template"]["mappings"]["properties"]["aws"]["properties"].clear()
    plain.node.indices.put_index_template(name=name, body=body)
    (entry,) = run(plain).changes
    assert (entry.action, entry.name) == ("updated", name)
    assert "template.mappings.properties.aws" in entry.detail
    assert run(plain).changes == []


def test_a_field_that_somebody_added_to_a_template_stays_until_ours_changes(plain: Plain) -> None:
    run(plain)
    name = "siem-log-aws-waf"
    body = plain.node.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
    body["template"]["mappings"]["properties"]["mine"] = {"type": "keyword"}
    plain.node.indices.put_index_template(name=name, body=body)
    assert run(plain).changes == []
