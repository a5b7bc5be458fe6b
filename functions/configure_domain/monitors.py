"""The monitors that come with the product: what each looks for, and what it says.

Documents are counted by when they were loaded (event.ingested, for the ledger @timestamp), not by
when their event was, so that late logs raise alarms too. The window reaches back further than a
monitor's interval: a run of the loader takes up to ten minutes, and marks its documents with its
beginning. The same finding is told once a window.
https://docs.opensearch.org/latest/observing-your-data/alerting/api/
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from es_loader import ledger

INTERVAL, WINDOW = 5, 20  # minutes
MARK = "// configure_domain "
LOADED = "event.ingested"
HIGH = 7  # of event.severity, 0 to 10 for the findings of all services
# A person is told what to look at first.
TEXT = """{{ctx.monitor.name}}: {{ctx.results.0.hits.total.value}} in the last %d minutes.
%s
"""


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor over documents.

    severity   1 (highest) to 5
    filters    what a document has to match, besides having been loaded lately
    advice     what to do
    """

    name: str
    indices: tuple[str, ...]
    severity: int
    filters: tuple[Mapping[str, Any], ...]
    advice: str
    loaded: str = LOADED


@dataclass(frozen=True, slots=True)
class HealthMonitor:
    """A monitor over the state of the cluster."""

    name: str
    severity: int
    condition: str
    advice: str
    indices: tuple[str, ...] = field(default=())


MONITORS: tuple[Monitor | HealthMonitor, ...] = (
    Monitor(
        name="loader errors",
        indices=(f"{ledger.INDEX}-*",),
        severity=2,
        filters=(
            {
                "bool": {
                    "should": [
                        {"terms": {"outcome": ["failed", "partial"]}},
                        {"range": {"quarantined": {"gt": 0}}},
                    ],
                    "minimum_should_match": 1,
                }
            },
        ),
        advice="Log objects failed, or records are in quarantine: siem audit, then siem replay.",
        loaded="@timestamp",
    ),
    HealthMonitor(
        name="domain health",
        severity=1,
        condition='ctx.results[0].status == "red" || ctx.results[0].number_of_pending_tasks > 1000',
        advice="The cluster is red or overloaded; logs wait in SQS. See the domain's console page.",
    ),
    Monitor(
        name="root login",
        indices=("log-aws-cloudtrail-*",),
        severity=1,
        filters=(
            {"term": {"event.action": "ConsoleLogin"}},
            {"term": {"aws.cloudtrail.user_identity.type": "Root"}},
        ),
        advice="The root user of an account signed in, or tried to: ask its owner.",
    ),
    Monitor(
        name="GuardDuty high",
        indices=("log-aws-guardduty-*",),
        severity=1,
        filters=({"range": {"event.severity": {"gte": HIGH}}},),
        advice="GuardDuty has findings of severity high or critical: open its dashboard.",
    ),
)


def body(monitor: Monitor | HealthMonitor, prefix: str, channel: str) -> dict[str, Any]:
    """The monitor as the API takes it; `channel` is the id of where alerts go.

    The condition carries a mark with a hash of it all: OpenSearch rewrites the query, so that what
    it gives back tells nothing about what it was given.
    """
    name = f"{prefix}: {monitor.name}"
    if isinstance(monitor, Monitor):
        kind, condition = "query_level_monitor", "ctx.results[0].hits.total.value > 0"
        search = {"indices": [*monitor.indices], "query": query(monitor)}
        source: dict[str, Any] = {"search": search}
        text = TEXT % (WINDOW, monitor.advice)
    else:
        kind, condition = "cluster_metrics_monitor", monitor.condition
        path = "_cluster/health"
        url = f"http://localhost:9200/{path}"
        uri = {"api_type": "CLUSTER_HEALTH", "path": path, "path_params": "", "url": url}
        source = {"uri": uri}
        text = "{{ctx.monitor.name}}: {{ctx.results.0.status}}.\n" + monitor.advice + "\n"
    action = {
        "name": "tell",
        "destination_id": channel,
        "subject_template": {"source": name, "lang": "mustache"},
        "message_template": {"source": text, "lang": "mustache"},
        "throttle_enabled": True,
        "throttle": {"value": WINDOW, "unit": "MINUTES"},
    }
    trigger = {
        "name": monitor.name,
        "severity": str(monitor.severity),
        "condition": {"script": {"source": condition, "lang": "painless"}},
        "actions": [action],
    }
    made: dict[str, Any] = {
        "type": "monitor",
        "name": name,
        "monitor_type": kind,
        "enabled": True,
        "schedule": {"period": {"interval": INTERVAL, "unit": "MINUTES"}},
        "inputs": [source],
        "triggers": [{"query_level_trigger": trigger}],
    }
    made_of = json.dumps(made, sort_keys=True).encode()
    trigger["condition"] = {
        "script": {
            "source": f"{condition} {MARK}{hashlib.sha256(made_of).hexdigest()[:12]}",
            "lang": "painless",
        }
    }
    return made


def query(monitor: Monitor) -> dict[str, Any]:
    """The search of a monitor, with `{{period_end}}` for the time at which it runs."""
    window = {
        "gte": "{{period_end}}||-" + f"{WINDOW}m",
        "lte": "{{period_end}}",
        "format": "epoch_millis",
    }
    filters = [{"range": {monitor.loaded: window}}, *monitor.filters]
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": filters}}}


def mark(body: Mapping[str, Any]) -> str | None:
    """The mark that a monitor of ours carries; None for one of a user's own."""
    for trigger in body.get("triggers", []):
        inner = trigger.get("query_level_trigger", trigger)
        source = inner.get("condition", {}).get("script", {}).get("source", "")
        if MARK in source:
            found: str = source.rpartition(MARK)[2]
            return found
    return None
