"""Three questions of a security team, asked of the documents that the demo has loaded."""

from typing import Any

from opensearchpy import OpenSearch

from local.books import index_pattern
from local.demo_data.scene import INTRUDER

SHOWN = 3


def show(opensearch: OpenSearch) -> None:
    """Print each question, how many documents answer it, and what they say."""
    _failed_logins(opensearch)
    _refused_connections(opensearch)
    _one_address(opensearch)


def _failed_logins(opensearch: OpenSearch) -> None:
    answer = _search(
        opensearch,
        index_pattern("cloudtrail"),
        {"event.action": "ConsoleLogin", "event.outcome": "failure"},
    )
    _title("Who failed to sign in to the AWS console?", answer)
    for hit in answer["hits"]["hits"]:
        document = hit["_source"]
        print(f"  {document['@timestamp']}  {_get(document, 'user.name')} from {_from(document)}")


def _refused_connections(opensearch: OpenSearch) -> None:
    answer = _search(
        opensearch,
        index_pattern("vpc_flow"),
        {"event.type": "denied", "destination.port": 22},
    )
    _title("Which SSH connections did a security group refuse?", answer)
    for hit in answer["hits"]["hits"]:
        document = hit["_source"]
        print(
            f"  {document['@timestamp']}  {_from(document)} "
            f"to {_get(document, 'destination.ip')} port {_get(document, 'destination.port')}"
        )


def _one_address(opensearch: OpenSearch) -> None:
    answer = _search(
        opensearch,
        "log-*",
        {"related.ip": INTRUDER},
        {"datasets": {"terms": {"field": "event.dataset", "size": 50}}},
    )
    _title(f"Where does {INTRUDER} appear, in all logs?", answer)
    counts = [
        f"{bucket['key']} {bucket['doc_count']}"
        for bucket in answer["aggregations"]["datasets"]["buckets"]
    ]
    print(f"  {', '.join(counts)}")


def _search(
    opensearch: OpenSearch,
    index: str,
    terms: dict[str, Any],
    aggregations: dict[str, Any] | None = None,
) -> dict[str, Any]:
    filters = [{"term": {field: value}} for field, value in terms.items()]
    answer: dict[str, Any] = opensearch.search(
        index=index,
        body={
            "size": SHOWN,
            "query": {"bool": {"filter": filters}},
            "sort": [{"@timestamp": "desc"}],
            "aggs": aggregations or {},
        },
    )
    return answer


def _title(question: str, answer: dict[str, Any]) -> None:
    print(f"\n{question}  {answer['hits']['total']['value']} documents")


def _from(document: dict[str, Any]) -> str:
    parts = [
        _get(document, "source.ip"),
        _get(document, "source.geo.country_name"),
        _get(document, "source.as.organization.name"),
    ]
    return ", ".join(part for part in parts if part)


def _get(document: dict[str, Any], field: str) -> str:
    value: Any = document
    for part in field.split("."):
        value = value.get(part, {}) if isinstance(value, dict) else {}
    return str(value) if value != {} else ""
