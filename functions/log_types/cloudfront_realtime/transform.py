"""Reads a line of a CloudFront real-time log, or the JSON that somebody has made of it.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import orjson

from common.web import as_sent, forwarded_addresses, host_and_port, nanoseconds, tls_version
from es_loader.parse import tolerant_json

NO_VALUE = (None, "", "-")
# Columns in the order of the documentation -> the field of a value that stays as it is.
COLUMNS: dict[str, str | None] = {
    "timestamp": "@timestamp",
    "c-ip": "source.ip",
    "s-ip": "destination.ip",
    "time-to-first-byte": "aws.cloudfront.time_to_first_byte",
    "sc-status": "http.response.status_code",
    "sc-bytes": "http.response.bytes",
    "cs-method": "http.request.method",
    "cs-protocol": "url.scheme",
    "cs-host": "aws.cloudfront.distribution.domain",
    "cs-uri-stem": None,
    "cs-bytes": "http.request.bytes",
    "x-edge-location": "aws.cloudfront.edge.location",
    "x-edge-request-id": "event.id",
    "x-host-header": None,
    "time-taken": "aws.cloudfront.time_taken",
    "cs-protocol-version": None,
    "c-ip-version": None,
    "cs-user-agent": None,
    "cs-referer": None,
    "cs-cookie": None,
    "cs-uri-query": None,
    "x-edge-response-result-type": "aws.cloudfront.edge.response_result_type",
    "x-forwarded-for": None,
    "ssl-protocol": None,
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
    "cs-accept-encoding": None,
    "cs-accept": None,
    "cache-behavior-path-pattern": "aws.cloudfront.cache_behavior",
    "cs-headers": None,
    "cs-header-names": None,
    "cs-headers-count": "aws.cloudfront.request.headers_count",
    "primary-distribution-id": "aws.cloudfront.distribution.id",
    "primary-distribution-dns-name": "aws.cloudfront.distribution.dns_name",
    "origin-fbl": "aws.cloudfront.origin.first_byte_latency",
    "origin-lbl": "aws.cloudfront.origin.last_byte_latency",
    "asn": "aws.cloudfront.client.asn",
    "cmcd-encoded-bitrate": None,
    "cmcd-buffer-length": None,
    "cmcd-buffer-starvation": None,
    "cmcd-content-id": None,
    "cmcd-object-duration": None,
    "cmcd-deadline": None,
    "cmcd-measured-throughput": None,
    "cmcd-next-object-request": None,
    "cmcd-next-range-request": None,
    "cmcd-object-type": None,
    "cmcd-playback-rate": None,
    "cmcd-requested-maximum-throughput": None,
    "cmcd-streaming-format": None,
    "cmcd-session-id": None,
    "cmcd-stream-type": None,
    "cmcd-startup": None,
    "cmcd-top-bitrate": None,
    "cmcd-version": None,
    "r-host": "aws.cloudfront.origin.host",
    "sr-reason": None,
    "x-edge-mqcs": None,
    "distribution-tenant-id": "aws.cloudfront.distribution.tenant_id",
    "connection-id": "aws.cloudfront.connection_id",
}
NAMES = tuple(COLUMNS)
WITHOUT_SERVER = tuple(name for name in NAMES if name != "s-ip")
FIELDS = tuple((name, field) for name, field in COLUMNS.items() if field)
# Text of the client, in which CloudFront encodes what would break a line.
DECODED = (
    ("cs-accept", "aws.cloudfront.request.accept"),
    ("cs-accept-encoding", "aws.cloudfront.request.accept_encoding"),
    ("cs-cookie", "aws.cloudfront.cookie"),
    ("cs-referer", "http.request.referrer"),
    ("cs-user-agent", "user_agent.original"),
)
URL = (("cs-uri-query", "url.query"), ("cs-uri-stem", "url.path"))
# Columns that are read by name, here or below; what is left goes where it is named.
READ = (
    {name for name, field in COLUMNS.items() if field}
    | {name for name, _ in URL}
    | {name for name, _ in DECODED}
    | {
        "c-ip-version",
        "cs-header-names",
        "cs-headers",
        "cs-protocol-version",
        "ssl-protocol",
        "x-forwarded-for",
        "x-host-header",
    }
)
MEDIA = "cmcd-"
PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}
TYPES = {"IPv4": "ipv4", "IPv6": "ipv6"}


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set all fields of a request; RecordError, if it is JSON that is cut."""
    line = record.get("line")
    values = _values(line) if type(line) is str else record
    get = values.get
    for name, field in FIELDS:
        if (value := get(name)) not in NO_VALUE:
            document[field] = value
    for name, field in DECODED:
        if type(value := get(name)) is str and value != "-":
            document[field] = _decoded(value)
    for name, field in URL:
        if type(value := get(name)) is str and value != "-":
            document[field] = as_sent(value)
    document["http.request.id"] = document.get("event.id")
    status = get("sc-status")
    if status not in NO_VALUE:
        document["event.outcome"] = "success" if str(status)[0] in "123" else "failure"
    if type(version := get("cs-protocol-version")) is str:
        document["http.version"] = number = version.removeprefix("HTTP/")
        document["network.transport"] = "udp" if number[:1] == "3" else "tcp"  # QUIC
    if type(scheme := get("cs-protocol")) is str:
        document["network.protocol"] = PROTOCOLS.get(scheme)
    if type(family := get("c-ip-version")) is str:
        document["network.type"] = TYPES.get(family)
    if type(tls := get("ssl-protocol")) is str:
        document["tls.version_protocol"], document["tls.version"] = tls_version(tls)
    document["event.duration"] = nanoseconds(get("time-taken"))
    _ends(get, document)
    _headers(get, document)
    _others(values, document)


def _values(line: str) -> dict[str, Any]:
    """Values by the name of their column; RecordError, if it is a piece of JSON."""
    if line.lstrip()[:1] == "{":
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            found, _ = tolerant_json(line)
        return found if type(found) is dict else {}
    columns = line.split("\t")
    # The seventh column is the protocol where there is no address of the server.
    names = WITHOUT_SERVER if len(columns) > 6 and columns[6] in PROTOCOLS else NAMES
    values: dict[str, Any] = dict(zip(names, columns, strict=False))
    for number, value in enumerate(columns[len(names) :], len(names) + 1):
        values[str(number)] = value
    return values


def _ends(get: Any, document: dict[str, Any]) -> None:
    """Who asked whom: the client, those that it asked for, and the name that it asked."""
    document["source.address"] = client = get("c-ip")
    addresses = [client, get("s-ip")]
    if type(forwarded := get("x-forwarded-for")) is str and forwarded != "-":
        document["network.forwarded_ip"] = others = [*forwarded_addresses(forwarded)]
        addresses += others
    document["related.ip"] = addresses
    host = get("x-host-header")
    if host in NO_VALUE:
        host = get("cs-host")
    if type(host) is str and host != "-":
        name, document["url.port"] = host_and_port(host)
        document["url.domain"] = document["destination.domain"] = name
        document["destination.address"] = document["related.hosts"] = name


def _headers(get: Any, document: dict[str, Any]) -> None:
    """Names and values of the headers: encoded lines of a text, or lists of JSON."""
    for column, field in (("cs-headers", "headers"), ("cs-header-names", "header_names")):
        found = get(column)
        if found in NO_VALUE:
            continue
        if type(found) is str:
            document[f"aws.cloudfront.request.{field}"] = _decoded(found).split("\n")
        elif type(found) is list:
            document[f"aws.cloudfront.request.{field}"] = [
                f"{each.get('Name')}:{each.get('Value')}" if type(each) is dict else each
                for each in found
            ]


def _others(values: dict[str, Any], document: dict[str, Any]) -> None:
    """What the players of media say of themselves, and columns that are yet to come."""
    if values.keys() <= READ:
        return
    more = [
        (name, f"{name.removeprefix(MEDIA)}={value}")
        for name, value in values.items()
        if name not in READ and value not in NO_VALUE
    ]
    document["aws.cloudfront.cmcd"] = [text for name, text in more if name.startswith(MEDIA)]
    document["aws.cloudfront.more"] = [text for name, text in more if not name.startswith(MEDIA)]


@lru_cache(1024)
def _decoded(text: str) -> str:
    return unquote(text) if "%" in text else text
