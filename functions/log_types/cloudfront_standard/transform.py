"""What the columns of a CloudFront standard log say beyond what the table reads of them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from common.web import as_sent, forwarded_addresses, host_and_port, nanoseconds, tls_version

NO_VALUE = (None, "", "-")
PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}
KNOWN = frozenset(
    (
        *("DistributionId", "asn", "c-country", "c-ip", "c-port", "cache-behavior-path-pattern"),
        *("connection-id", "cs(Cookie)", "cs(Host)", "cs(Referer)", "cs(User-Agent)", "cs-bytes"),
        *("cs-method", "cs-protocol", "cs-protocol-version", "cs-uri-query", "cs-uri-stem"),
        *("date", "distribution-tenant-id", "distributionid", "fle-encrypted-fields"),
        *("fle-status", "origin-fbl", "origin-lbl", "sc-bytes", "sc-content-len"),
        *("sc-content-type", "sc-range-end", "sc-range-start", "sc-status", "ssl-cipher"),
        *("ssl-protocol", "time", "time-taken", "time-to-first-byte", "timestamp"),
        *("timestamp(ms)", "x-edge-detailed-result-type", "x-edge-location", "x-edge-request-id"),
        *("x-edge-response-result-type", "x-edge-result-type", "x-forwarded-for"),
        "x-host-header",
    )
)


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set what several columns say together, and what is encoded in one. Any may be missing."""
    get = record.get
    day, moment = get("date"), get("time")
    if type(day) is str and type(moment) is str:
        document["@timestamp"] = f"{day}T{moment}Z"
    else:
        document["@timestamp"] = get("timestamp(ms)") or get("timestamp")
    # Text of the client, in which CloudFront encodes what would break a line.
    if type(path := get("cs-uri-stem")) is str:
        document["url.path"] = as_sent(path)
    if (query := get("cs-uri-query")) != "-":
        document["url.query"] = _as_sent(query)
    if (referrer := get("cs(Referer)")) != "-":
        document["http.request.referrer"] = _as_sent(referrer)
    if (cookie := get("cs(Cookie)")) != "-":
        document["aws.cloudfront.cookie"] = _as_sent(cookie)
    if type(agent := get("cs(User-Agent)")) is str:
        document["user_agent.original"] = _agent(agent)
    document["related.ip"] = addresses = [get("c-ip")]
    if type(client := addresses[0]) is str and client != "-":
        document["network.type"] = "ipv6" if ":" in client else "ipv4"
    if type(forwarded := get("x-forwarded-for")) is str and forwarded != "-":
        document["network.forwarded_ip"] = others = [*forwarded_addresses(forwarded)]
        addresses += others
    host = get("x-host-header")
    if host in NO_VALUE:
        host = get("cs(Host)")
    tls, version, scheme = get("ssl-protocol"), get("cs-protocol-version"), get("cs-protocol")
    facts = host, get("sc-status"), version, scheme, tls
    try:
        document |= _facts(*facts)
    except TypeError:  # a list or an object
        document |= _facts(*(fact if type(fact) is str else None for fact in facts))
    taken = get("time-taken")
    document["event.duration"] = _taken(taken) if type(taken) is str else nanoseconds(taken)
    if not KNOWN.issuperset(record):
        document["aws.cloudfront.more"] = [
            f"{name}={value}"
            for name, value in record.items()
            if name not in KNOWN and value not in NO_VALUE
        ]


@lru_cache(4096)
def _facts(host: Any, status: Any, version: Any, scheme: Any, tls: Any) -> dict[str, Any]:
    """What follows from the name that was asked, and other values that many requests share."""
    found: dict[str, Any] = {}
    if type(host) is str and host != "-":
        name, port = host_and_port(host)
        fields = ("destination.address", "destination.domain", "related.hosts", "url.domain")
        found = dict.fromkeys(fields, name) | ({"url.port": port} if port else {})
    if status not in NO_VALUE:
        found["event.outcome"] = "success" if str(status)[0] in "123" else "failure"
    if type(version) is str and version not in NO_VALUE:
        found["http.version"] = number = version.removeprefix("HTTP/")
        found["network.transport"] = "udp" if number[:1] == "3" else "tcp"  # QUIC
    if scheme in PROTOCOLS:
        found["network.protocol"] = PROTOCOLS[scheme]
    if type(tls) is str:
        found["tls.version_protocol"], found["tls.version"] = tls_version(tls)
    return {name: value for name, value in found.items() if value is not None}


_taken = lru_cache(4096)(nanoseconds)


def _as_sent(value: Any) -> Any:
    return as_sent(value) if type(value) is str else None


@lru_cache(1024)
def _agent(text: str) -> str:
    """The user agent, which some of the logs encode twice."""
    agent = unquote(text) if "%" in text else text
    return unquote(agent) if "%20" in agent else agent
