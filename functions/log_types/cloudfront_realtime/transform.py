"""What the columns of a CloudFront real-time log say beyond what the table reads of them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from common.cloudfront import NO_VALUE, with_text_as_sent
from common.web import forwarded_addresses

# Text of the client, in which CloudFront encodes what would break a line.
ENCODED = {
    "cs-accept": "aws.cloudfront.request.accept",
    "cs-accept-encoding": "aws.cloudfront.request.accept_encoding",
    "cs-cookie": "aws.cloudfront.cookie",
    "cs-referer": "http.request.referrer",
    "cs-user-agent": "user_agent.original",
}
ENCODED_TWICE = ("cs-uri-stem", "cs-uri-query")
# All other columns that have a field; what else there is goes to aws.cloudfront.more.
KNOWN = frozenset(
    (
        *ENCODED,
        *("asn", "c-country", "c-ip", "c-ip-version", "c-port", "cache-behavior-path-pattern"),
        *("connection-id", "cs-bytes", "cs-header-names", "cs-headers", "cs-headers-count"),
        *("cs-host", "cs-method", "cs-protocol", "cs-protocol-version", "cs-uri-query"),
        *("cs-uri-stem", "distribution-tenant-id", "fle-encrypted-fields", "fle-status"),
        *("origin-fbl", "origin-lbl", "primary-distribution-dns-name"),
        *("primary-distribution-id", "r-host", "s-ip", "sc-bytes", "sc-content-len"),
        *("sc-content-type", "sc-range-end", "sc-range-start", "sc-status", "ssl-cipher"),
        *("ssl-protocol", "time-taken", "time-to-first-byte", "timestamp"),
        *("x-edge-detailed-result-type", "x-edge-location", "x-edge-request-id"),
        *("x-edge-response-result-type", "x-edge-result-type", "x-forwarded-for"),
        "x-host-header",
    )
)
MEDIA = "cmcd-"  # what media players tell (Common Media Client Data)


def transform(record: dict[str, Any], document: dict[str, Any]) -> dict[str, Any] | None:
    """Set what several columns say together, and what is encoded in one. Any may be missing."""
    get = record.get
    for name, field in ENCODED.items():
        if (value := get(name)) != "-" and type(value) is str:
            document[field] = _decoded(value) if "%" in value else value
    if (headers := get("cs-headers")) is not None and headers != "-":
        document["aws.cloudfront.request.headers"] = _headers(headers)
    if type(names := get("cs-header-names")) is str:
        document["aws.cloudfront.request.header_names"] = _names(names)
    elif names:
        document["aws.cloudfront.request.header_names"] = _headers(names)
    addresses = [get("c-ip"), get("s-ip")]
    if type(forwarded := get("x-forwarded-for")) is str and forwarded != "-":
        document["network.forwarded_ip"] = through = [*forwarded_addresses(forwarded)]
        addresses += through
    document["related.ip"] = addresses
    names, nothing = _unknown(tuple(record))
    if (values := [*map(get, names)]) != nothing:
        _more(names, values, document)
    return with_text_as_sent(record, ENCODED_TWICE)


@lru_cache(256)
def _unknown(names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Of the names of columns those that have no field, and as many marks of no value."""
    others = [name for name in names if name not in KNOWN]
    return others, ["-"] * len(others)


def _more(names: list[str], values: list[Any], document: dict[str, Any]) -> None:
    """Set the columns that have no field."""
    told = [pair for pair in zip(names, values, strict=True) if pair[1] not in NO_VALUE]
    document["aws.cloudfront.cmcd"] = [
        f"{name.removeprefix(MEDIA)}={value}" for name, value in told if name.startswith(MEDIA)
    ]
    document["aws.cloudfront.more"] = [
        f"{name}={value}" for name, value in told if not name.startswith(MEDIA)
    ]


def _headers(value: Any) -> list[Any] | None:
    """Names and values of headers: encoded lines of a text, or lists of JSON."""
    if type(value) is str:
        if "%0a" in value:
            return _decoded(value).split("\n")
        return [_decoded(line) if "%" in line else line for line in value.split("%0A")]
    if type(value) is not list:
        return None
    return [
        f"{each.get('Name')}:{each.get('Value')}" if type(each) is dict else each for each in value
    ]


_names = lru_cache(4096)(_headers)  # its lists are shared: not to be changed


_decoded = lru_cache(2048)(unquote)
