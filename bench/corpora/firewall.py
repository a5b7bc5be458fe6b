"""Alerts and flows of Network Firewall.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
"""

from collections.abc import Iterator
from typing import Any

import orjson

from bench.corpora.pools import REGION, START, Pools, iso

Json = dict[str, Any]
SECONDS = 300
SIGNATURES = (
    ("aws:alert_established action", "", 3, "allowed"),
    ("ET SCAN Potential SSH Scan", "Attempted Information Leak", 2, "blocked"),
    (
        "ET EXPLOIT Apache Struts OGNL Expression",
        "Attempted Administrator Privilege Gain",
        1,
        "blocked",
    ),
    ("Query of a denied domain", "Potentially Bad Traffic", 2, "blocked"),
)
METADATA = {
    "affected_product": ["Web_Server_Applications"],
    "attack_target": ["Server"],
    "created_at": ["2026_03_02"],
    "deployment": ["Perimeter"],
    "mitre_tactic_id": ["TA0001"],
    "mitre_tactic_name": ["Initial_Access"],
    "mitre_technique_id": ["T1190"],
    "mitre_technique_name": ["Exploit_Public_Facing_Application"],
    "signature_severity": ["Major"],
}


def records(pools: Pools, count: int) -> Iterator[bytes]:
    """That many records, in the order of their times: three flows to two alerts."""
    for n in range(count):
        moment = START + n * SECONDS / count
        event = _flow(pools, moment) if pools.random.random() < 0.6 else _alert(pools)
        event["timestamp"] = iso(moment, 6).replace("Z", "+0000")
        yield orjson.dumps(
            {
                "firewall_name": "inspection",
                "availability_zone": f"{REGION}{pools.random.choice('abc')}",
                "event_timestamp": str(int(moment)),
                "event": event,
            }
        )


def _ends(pools: Pools) -> Json:
    return {
        "flow_id": pools.random.getrandbits(50),
        "src_ip": pools.internal(),
        "src_port": pools.random.randint(1_024, 65_535),
        "dest_ip": pools.external(),
        "dest_port": pools.random.choice((443, 443, 443, 80, 53, 22)),
        "proto": "TCP",
    }


def _flow(pools: Pools, moment: float) -> Json:
    packets = pools.random.randint(1, 400)
    age = pools.random.randint(0, 300)
    flow = {
        "pkts": packets,
        "bytes": packets * pools.random.randint(40, 1_460),
        "start": iso(moment - age, 6).replace("Z", "+0000"),
        "end": iso(moment, 6).replace("Z", "+0000"),
        "age": age,
        "min_ttl": 62,
        "max_ttl": 62,
        "tx_cnt": 1,
    }
    flags = {"tcp_flags": "1b", "syn": True, "fin": True, "psh": True, "ack": True}
    return {
        "event_type": "netflow",
        **_ends(pools),
        "netflow": flow,
        "tcp": flags,
        "app_proto": "tls",
    }


def _alert(pools: Pools) -> Json:
    which = pools.random.randrange(len(SIGNATURES))
    signature, category, severity, action = SIGNATURES[which]
    alert = {
        "severity": severity,
        "signature_id": 2_030_000 + which,
        "rev": 3,
        "signature": signature,
        "action": action,
        "category": category,
        "metadata": METADATA,
    }
    host = pools.random.choice(pools.hosts)
    event = {"event_type": "alert", **_ends(pools), "alert": alert, "verdict": {"action": "alert"}}
    if which % 2:
        tls = {"sni": host, "version": "TLS 1.3", "ja3": {"hash": pools.hex(32)}}
        return event | {"app_proto": "tls", "tls": tls}
    http = {
        "hostname": host,
        "url": pools.path(),
        "http_user_agent": pools.user_agent(),
        "http_method": "GET",
        "protocol": "HTTP/1.1",
        "length": pools.random.randint(0, 9_000),
    }
    return event | {"app_proto": "http", "http": http}
