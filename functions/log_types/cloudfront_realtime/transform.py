"""Reads a line of a CloudFront real-time log, or the JSON that somebody has made of it.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from common.web import as_sent, forwarded_addresses, host_and_port, nanoseconds, tls_version
from es_loader.parse import json_object

NO_VALUE = (None, "", "-")
# Columns in the order of the documentation -> the field that a value goes to, if only for a start.
COLUMNS = {
    "timestamp": "@timestamp",
    "c-ip": "source.ip",
    "s-ip": "destination.ip",
    "time-to-first-byte": "aws.cloudfront.time_to_first_byte",
    "sc-status": "http.response.status_code",
    "sc-bytes": "http.response.bytes",
    "cs-method": "http.request.method",
    "cs-protocol": "url.scheme",
    "cs-host": "aws.cloudfront.distribution.domain",
    "cs-uri-stem": "url.path",
    "cs-bytes": "http.request.bytes",
    "x-edge-location": "aws.cloudfront.edge.location",
    "x-edge-request-id": "event.id",
    "x-host-header": "url.domain",
    "time-taken": "aws.cloudfront.time_taken",
    "cs-protocol-version": "http.version",
    "c-ip-version": "network.type",
    "cs-user-agent": "user_agent.original",
    "cs-referer": "http.request.referrer",
    "cs-cookie": "aws.cloudfront.cookie",
    "cs-uri-query": "url.query",
    "x-edge-response-result-type": "aws.cloudfront.edge.response_result_type",
    "x-forwarded-for": "network.forwarded_ip",
    "ssl-protocol": "tls.version_protocol",
    "ssl-cipher": "tls.cipher",
    "x-edge-result-type": "aws.cloudfront.edge.result_type",
    "fle-encrypted-fields": "aws.cloudfront.field_level_encryption.fields",
    "fle-status": "aws.cloudfront.field_level_encryption.status",
    "sc-content-type": "http.response.mime_type",
    "sc-content-len": "http.response.body.bytes",
    "sc-range-start": "aws.cloudfront.range.start",
    "sc-range-end": "aws.cloudfront.range.end",
    "c-port": "source.port",
    "x-edge-detailed-result-type": "aws.cloudfront.edge.detailed_result_type",
    "c-country": "aws.cloudfront.client.country",
    "cs-accept-encoding": "aws.cloudfront.request.accept_encoding",
    "cs-accept": "aws.cloudfront.request.accept",
    "cache-behavior-path-pattern": "aws.cloudfront.cache_behavior",
    "cs-headers": "aws.cloudfront.request.headers",
    "cs-header-names": "aws.cloudfront.request.header_names",
    "cs-headers-count": "aws.cloudfront.request.headers_count",
    "primary-distribution-id": "aws.cloudfront.distribution.id",
    "primary-distribution-dns-name": "aws.cloudfront.distribution.dns_name",
    "origin-fbl": "aws.cloudfront.origin.first_byte_latency",
    "origin-lbl": "aws.cloudfront.origin.last_byte_latency",
    "asn": "aws.cloudfront.client.asn",
}
MEDIA = (
    *("cmcd-encoded-bitrate", "cmcd-buffer-length", "cmcd-buffer-starvation", "cmcd-content-id"),
    *("cmcd-object-duration", "cmcd-deadline", "cmcd-measured-throughput"),
    *("cmcd-next-object-request", "cmcd-next-range-request", "cmcd-object-type"),
    *("cmcd-playback-rate", "cmcd-requested-maximum-throughput", "cmcd-streaming-format"),
    *("cmcd-session-id", "cmcd-stream-type", "cmcd-startup", "cmcd-top-bitrate", "cmcd-version"),
)
LATER = {
    "r-host": "aws.cloudfront.origin.host",
    "sr-reason": None,
    "x-edge-mqcs": None,
    "distribution-tenant-id": "aws.cloudfront.distribution.tenant_id",
    "connection-id": "aws.cloudfront.connection_id",
}
NAMES = (*COLUMNS, *MEDIA, *LATER)
WITHOUT_SERVER = tuple(name for name in NAMES if name != "s-ip")
FIELDS = tuple(COLUMNS.values())
FIELDS_WITHOUT_SERVER = tuple(field for field in FIELDS if field != "destination.ip")
FIELD = COLUMNS | {name: field for name, field in LATER.items() if field}
# Text of the client, in which CloudFront encodes what would break a line.
DECODED = (
    "aws.cloudfront.cookie",
    "aws.cloudfront.request.accept",
    "aws.cloudfront.request.accept_encoding",
    "http.request.referrer",
    "user_agent.original",
)
TEXTS = frozenset(
    (
        *(*DECODED, "http.version", "network.forwarded_ip", "network.type"),
        *("tls.version_protocol", "url.domain", "url.path", "url.query", "url.scheme"),
    )
)
HEADERS, HEADER_NAMES = COLUMNS["cs-headers"], COLUMNS["cs-header-names"]
PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}
TYPES = {"IPv4": "ipv4", "IPv6": "ipv6"}


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set all fields of a request; RecordError, if it is JSON that is cut."""
    line = record.get("line")
    if type(line) is not str:
        _members(record, document)
    elif line[0] != "{" and line.lstrip()[:1] != "{":
        _columns(line, document)
    else:
        _members(json_object(line), document)


def _columns(line: str, document: dict[str, Any]) -> None:
    columns = line.split("\t")
    # The seventh column is the protocol where there is no address of the server.
    server = len(columns) < 7 or columns[6] not in PROTOCOLS
    fields = FIELDS if server else FIELDS_WITHOUT_SERVER
    if len(columns) > len(fields):
        names = NAMES if server else WITHOUT_SERVER
        values = dict(zip(names, columns, strict=False))
        for number, value in enumerate(columns[len(names) :], len(names) + 1):
            values[str(number)] = value
        _members(values, document)
        return
    document |= {
        field: value for field, value in zip(fields, columns, strict=False) if value != "-"
    }
    _finish(document)


def _members(values: dict[str, Any], document: dict[str, Any]) -> None:
    """Values by the name of their column, of which there may be any."""
    media, more = [], []
    for name, value in values.items():
        if value in NO_VALUE:
            continue
        if field := FIELD.get(name):
            if field not in TEXTS or type(value) is str:
                document[field] = value
        elif name.startswith("cmcd-"):
            media.append(f"{name[5:]}={value}")
        else:
            more.append(f"{name}={value}")
    document["aws.cloudfront.cmcd"], document["aws.cloudfront.more"] = media, more
    _finish(document)


def _finish(document: dict[str, Any]) -> None:
    """Make of what the columns hold what their fields shall have."""
    get = document.get
    time = get("@timestamp")
    if type(time) is str and len(time) == 14 and time[10] == "." and time.isascii():
        document["@timestamp"] = f"{_second(time[:10])}{time[10:]}Z"
    for field in DECODED:
        if (value := get(field)) and "%" in value:
            document[field] = _decoded(value)
    for field in ("url.path", "url.query"):
        if (value := get(field)) and "%25" in value:
            document[field] = as_sent(value)
    if (value := get(HEADERS)) is not None:
        document[HEADERS] = _headers(value)
    if (value := get(HEADER_NAMES)) is not None:
        document[HEADER_NAMES] = _names(value) if type(value) is str else _headers(value)
    document["http.request.id"] = get("event.id")
    document |= _kind(
        str(get("http.response.status_code", ""))[:1],
        get("http.version"),
        get("url.scheme"),
        get("network.type"),
        get("tls.version_protocol"),
    )
    taken = get("aws.cloudfront.time_taken")
    document["event.duration"] = _taken(taken) if type(taken) is str else nanoseconds(taken)
    _ends(document)


def _ends(document: dict[str, Any]) -> None:
    """Who asked whom: the client, those that it asked for, and the name that it asked."""
    get = document.get
    document["source.address"] = client = get("source.ip")
    addresses = [client, get("destination.ip")]
    if forwarded := get("network.forwarded_ip"):
        others = [*forwarded_addresses(forwarded)]
        document["network.forwarded_ip"] = others
        addresses += others
    document["related.ip"] = addresses
    host = get("url.domain") or get("aws.cloudfront.distribution.domain")
    if type(host) is str:
        host, port = host_and_port(host)
        if port:
            document["url.port"] = port
        document["url.domain"] = document["destination.domain"] = host
        document["destination.address"] = document["related.hosts"] = host


def _headers(value: Any) -> list[Any] | None:
    """Names and values of headers: encoded lines of a text, or lists of JSON."""
    if type(value) is str:
        if "%0a" in value:
            return _decoded(value).split("\n")
        return [_decoded(line) for line in value.split("%0A")]
    if type(value) is not list:
        return None
    return [
        f"{each.get('Name')}:{each.get('Value')}" if type(each) is dict else each for each in value
    ]


_names = lru_cache(4096)(_headers)  # its lists are shared: not to be changed
_taken = lru_cache(4096)(nanoseconds)


@lru_cache(4096)
def _kind(
    status: str, version: str | None, scheme: str | None, family: str | None, tls: str | None
) -> dict[str, Any]:
    """What follows from the values that few requests do not share."""
    found: dict[str, Any] = {}
    if status:
        found["event.outcome"] = "success" if status in "123" else "failure"
    if version:
        found["http.version"] = number = version.removeprefix("HTTP/")
        found["network.transport"] = "udp" if number[:1] == "3" else "tcp"  # QUIC
    if scheme:
        found["network.protocol"] = PROTOCOLS.get(scheme)
    if family:
        found["network.type"] = TYPES.get(family)
    if tls:
        found["tls.version_protocol"], found["tls.version"] = tls_version(tls)
    return {name: value for name, value in found.items() if value or name in COLUMNS.values()}


@lru_cache(1024)
def _second(text: str) -> str:
    """Seconds since 1970 as ISO 8601."""
    return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%dT%H:%M:%S}"


@lru_cache(2048)
def _decoded(text: str) -> str:
    return unquote(text) if "%" in text else text
