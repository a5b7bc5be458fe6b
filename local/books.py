"""The account of what was loaded: the ledger's counts beside the documents that are found."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

LEDGER = "siem-ledger-*"
MOST_ENTRIES = 10_000


@dataclass(slots=True)
class Account:
    """Of one log type: objects, records by outcome, and documents in its indices."""

    objects: int = 0
    read: int = 0
    indexed: int = 0
    excluded: int = 0
    quarantined: int = 0
    documents: int = 0


def entries(opensearch: OpenSearch, keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the ledger's entries of these S3 keys, as es_loader/ledger.py writes them."""
    query = {"terms": {"key": list(keys)}}
    found = opensearch.search(index=LEDGER, body={"size": MOST_ENTRIES, "query": query})
    return [hit["_source"] for hit in found["hits"]["hits"]]


def accounts(opensearch: OpenSearch, ledger: list[dict[str, Any]]) -> dict[str, Account]:
    """Return the accounts of all log types in these entries, by name."""
    paths = sorted({f"s3://{entry['bucket']}/{entry['key']}" for entry in ledger})
    query = {"terms": {"log.file.path": paths}}
    by_name: defaultdict[str, Account] = defaultdict(Account)
    for entry in ledger:
        for counts in entry["by_log_type"]:
            account = by_name[counts["name"]]
            account.objects += 1
            account.read += counts["read"]
            account.indexed += counts["indexed"]
            account.excluded += counts["excluded"]
            account.quarantined += counts["quarantined"]
    for name, account in by_name.items():
        found = opensearch.count(index=index_pattern(name), body={"query": query})
        account.documents = found["count"]
    return dict(sorted(by_name.items()))


def index_pattern(log_type: str) -> str:
    """Return the pattern of a log type's indices, whatever its vendor."""
    return f"log-*-{log_type}-*"


def faults(found: dict[str, Account], expected: dict[str, int]) -> list[str]:
    """Return a line for everything that does not balance; `expected` is records by log type."""
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        account = found.get(name, Account())
        ended = account.indexed + account.excluded + account.quarantined
        if account.read != expected.get(name, 0):
            lines.append(f"{name}: {expected.get(name, 0)} records uploaded, read: {account.read}")
        if account.read != ended:
            lines.append(f"{name}: {account.read} records read, with an outcome: {ended}")
        if account.documents != account.indexed:
            lines.append(f"{name}: {account.indexed} records indexed, found: {account.documents}")
    return lines
