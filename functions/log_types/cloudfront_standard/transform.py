"""What the columns of a CloudFront standard log say beyond what the table reads of them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from common.cloudfront import NO_VALUE, with_text_as_sent
from common.web import forwarded_addresses

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


# Text of the client, in which CloudFront encodes what would break a line.
ENCODED = ("cs-uri-stem", "cs-uri-query", "cs(Referer)", "cs(Cookie)")


def transform(record: dict[str, Any], document: dict[str, Any]) -> dict[str, Any] | None:
    """Set what several columns say together, and what is encoded in one. Any may be missing."""
    get = record.get
    day, moment = get("date"), get("time")
    if type(day) is str and type(moment) is str:
        document["@timestamp"] = f"{day}T{moment}Z"
    else:
        document["@timestamp"] = get("timestamp(ms)") or get("timestamp")
    if type(agent := get("cs(User-Agent)")) is str:
        document["user_agent.original"] = _agent(agent)
    document["related.ip"] = addresses = [get("c-ip")]
    if type(client := addresses[0]) is str and client != "-":
        document["network.type"] = "ipv6" if ":" in client else "ipv4"
    if type(forwarded := get("x-forwarded-for")) is str and forwarded != "-":
        document["network.forwarded_ip"] = others = [*forwarded_addresses(forwarded)]
        addresses += others
    if not KNOWN.issuperset(record):
        document["aws.cloudfront.more"] = [
            f"{name}={value}"
            for name, value in record.items()
            if name not in KNOWN and value not in NO_VALUE
        ]
    return with_text_as_sent(record, ENCODED)


@lru_cache(1024)
def _agent(text: str) -> str:
    """The user agent, which some of the logs encode twice."""
    agent = unquote(text) if "%" in text else text
    return unquote(agent) if "%20" in agent else agent
