"""Alerts: the channel to the SNS topic, and the monitors.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/alerting.html
"""

from functools import partial
from typing import Any

from configure_domain import monitors
from configure_domain.compare import describe, differences
from configure_domain.domain import Domain
from configure_domain.report import Report

CHANNELS = "/_plugins/_notifications/configs"
MONITORS = "/_plugins/_alerting/monitors"
MOST = 1000


def configure_channel(domain: Domain, report: Report) -> None:
    """Bring the channel up to date by which OpenSearch publishes to the topic."""
    name = channel_id(domain)
    wanted = channel(domain)
    found = domain.api.get(f"{CHANNELS}/{name}")
    listed = found["config_list"] if found else []
    paths = differences(wanted, listed[0]["config"] if listed else None)
    if not paths:
        report.same()
    elif listed:
        put = partial(domain.api.put, f"{CHANNELS}/{name}", {"config": wanted})
        report.change("updated", name, describe(paths), put)
    else:
        post = partial(domain.api.post, CHANNELS, {"config_id": name, "config": wanted})
        report.change("created", name, domain.settings.alert_topic, post)


def configure_monitors(domain: Domain, report: Report) -> None:
    """Bring our monitors up to date and delete those that the product no longer has.

    One that is as we made it or as a person changed it afterwards stays, until ours is another.
    Whether a monitor is enabled stays as it is.
    """
    present = _present(domain)
    for monitor in monitors.MONITORS:
        wanted = monitors.body(monitor, domain.settings.domain, channel_id(domain))
        found = present.pop(wanted["name"], None)
        if found is None:
            report.change("created", wanted["name"], "", partial(domain.api.post, MONITORS, wanted))
        elif monitors.mark(found[1]) == monitors.mark(wanted):
            report.same()
        else:
            wanted["enabled"] = found[1].get("enabled", True)
            path = f"{MONITORS}/{found[0]}"
            report.change("updated", wanted["name"], "", partial(domain.api.put, path, wanted))
    for name, (id, body) in present.items():
        if monitors.mark(body):
            report.change(
                "deleted",
                name,
                "the product has it no longer",
                partial(domain.api.delete, f"{MONITORS}/{id}"),
            )


def channel_id(domain: Domain) -> str:
    """The id of the channel, which is its name too."""
    return f"{domain.settings.domain}-alert"


def channel(domain: Domain) -> dict[str, Any]:
    """The channel's configuration."""
    return {
        "name": channel_id(domain),
        "description": "made by configure_domain, which overwrites changes",
        "config_type": "sns",
        "is_enabled": True,
        "sns": {
            "topic_arn": domain.settings.alert_topic,
            "role_arn": domain.settings.alert_role,
        },
    }


def _present(domain: Domain) -> dict[str, tuple[str, dict[str, Any]]]:
    """Monitors with our prefix: name -> id and body. 404: the cluster never had any."""
    prefix = f"{domain.settings.domain}: "
    search = {"size": MOST, "query": {"match_all": {}}}
    found = domain.api.post(f"{MONITORS}/_search", search, missing=True)
    hits = found["hits"]["hits"] if found else []
    return {
        body["name"]: (hit["_id"], body)
        for hit in hits
        for body in [hit["_source"].get("monitor", hit["_source"])]
        if body.get("name", "").startswith(prefix)
    }
