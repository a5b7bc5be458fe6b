"""Reads a line of a CloudFront standard log, in whichever of its forms it is.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from common.web import as_sent, forwarded_addresses, host_and_port, nanoseconds, tls_version
from es_loader.parse import json_object

# Of the legacy logs, and of v2 as it is unless somebody chooses others.
COLUMNS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
)
FIELDS = {
    "DistributionId": "aws.cloudfront.distribution.id",
    "asn": "aws.cloudfront.client.asn",
    "c-country": "aws.cloudfront.client.country",
    "c-port": "source.port",
    "cache-behavior-path-pattern": "aws.cloudfront.cache_behavior",
    "connection-id": "aws.cloudfront.connection_id",
    "cs(Host)": "aws.cloudfront.distribution.domain",
    "cs-bytes": "http.request.bytes",
    "cs-method": "http.request.method",
    "cs-protocol": "url.scheme",
    "distribution-tenant-id": "aws.cloudfront.distribution.tenant_id",
    "distributionid": "aws.cloudfront.distribution.id",
    "fle-encrypted-fields": "aws.cloudfront.field_level_encryption.fields",
    "fle-status": "aws.cloudfront.field_level_encryption.status",
    "origin-fbl": "aws.cloudfront.origin.first_byte_latency",
    "origin-lbl": "aws.cloudfront.origin.last_byte_latency",
    "sc-bytes": "http.response.bytes",
    "sc-content-len": "http.response.body.bytes",
    "sc-content-type": "http.response.mime_type",
    "sc-range-end": "aws.cloudfront.range.end",
    "sc-range-start": "aws.cloudfront.range.start",
    "sc-status": "http.response.status_code",
    "ssl-cipher": "tls.cipher",
    "time-taken": "aws.cloudfront.time_taken",
    "time-to-first-byte": "aws.cloudfront.time_to_first_byte",
    "x-edge-detailed-result-type": "aws.cloudfront.edge.detailed_result_type",
    "x-edge-location": "aws.cloudfront.edge.location",
    "x-edge-response-result-type": "aws.cloudfront.edge.response_result_type",
    "x-edge-result-type": "aws.cloudfront.edge.result_type",
}
# Text of the client, in which CloudFront encodes what would break a line.
ENCODED = {
    "cs(Cookie)": "aws.cloudfront.cookie",
    "cs(Referer)": "http.request.referrer",
    "cs-uri-query": "url.query",
    "cs-uri-stem": "url.path",
}
OTHERS = {
    "date",
    "time",
    "timestamp",
    "timestamp(ms)",
    "c-ip",
    "cs(User-Agent)",
    "cs-protocol-version",
    "ssl-protocol",
    "x-edge-request-id",
    "x-forwarded-for",
    "x-host-header",
}
KNOWN = FIELDS.keys() | ENCODED.keys() | OTHERS
PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}
NO_VALUE = (None, "", "-")
# The fields of the columns whose values stay as they are, and where these are.
PLAIN = tuple((FIELDS[name], number) for number, name in enumerate(COLUMNS) if name in FIELDS)


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set all fields of a request; RecordError, if it is JSON that is cut."""
    line = record.get("line")
    if type(line) is not str:
        values = record
    elif line[0] == "{" or line.lstrip()[:1] == "{":
        values = json_object(line)
    else:
        columns = line.split("\t" if "\t" in line else " ")
        if len(columns) == len(COLUMNS):
            _columns(columns, document)
            return
        values = dict(zip(COLUMNS, columns, strict=False))
        for number, text in enumerate(columns[len(COLUMNS) :], len(COLUMNS) + 1):
            values[str(number)] = text
    for name, field in FIELDS.items():
        if (value := values.get(name)) not in NO_VALUE:
            document[field] = value
    if not values.keys() <= KNOWN:
        document["aws.cloudfront.more"] = [
            f"{name}={value}"
            for name, value in values.items()
            if name not in KNOWN and value not in NO_VALUE
        ]
    get = values.get
    document["@timestamp"] = _time(get)
    for name, field in ENCODED.items():
        if type(value := get(name)) is str and value != "-":
            document[field] = as_sent(value)
    ends = get("c-ip"), get("x-forwarded-for")
    _ends(*ends, get("x-host-header"), get("cs(Host)"), document)
    if (ident := get("x-edge-request-id")) not in NO_VALUE:
        document["event.id"] = document["http.request.id"] = ident
    if type(agent := get("cs(User-Agent)")) is str and agent != "-":
        document["user_agent.original"] = _agent(agent)
    texts = (get("cs-protocol-version"), get("cs-protocol"), get("ssl-protocol"))
    status = get("sc-status")
    document |= _facts(
        "" if status in NO_VALUE else str(status)[0],
        *(each if type(each) is str else None for each in texts),
    )
    document["event.duration"] = nanoseconds(get("time-taken"))


def _columns(columns: list[str], document: dict[str, Any]) -> None:
    """Set all fields of a line that has the usual columns."""
    for field, number in PLAIN:
        if (value := columns[number]) != "-":
            document[field] = value
    document["@timestamp"] = f"{columns[0]}T{columns[1]}Z"
    path, query, referrer, cookie = columns[7], columns[11], columns[9], columns[12]
    document["url.path"] = as_sent(path)
    for text, field in (
        (query, "url.query"),
        (referrer, "http.request.referrer"),
        (cookie, "aws.cloudfront.cookie"),
    ):
        if text != "-":
            document[field] = as_sent(text)
    _ends(columns[4], columns[19], columns[15], columns[6], document)
    document["event.id"] = document["http.request.id"] = columns[14]
    if (agent := columns[10]) != "-":
        document["user_agent.original"] = _agent(agent)
    status = columns[8]
    document |= _facts("" if status == "-" else status[:1], columns[23], columns[16], columns[20])
    document["event.duration"] = _taken(columns[18])


@lru_cache(4096)
def _facts(status: str, version: str | None, scheme: str | None, tls: str | None) -> dict[str, Any]:
    """What follows from the values that few requests do not share."""
    found: dict[str, Any] = {}
    if status:
        found["event.outcome"] = "success" if status in "123" else "failure"
    if version is not None:
        found["http.version"] = number = version.removeprefix("HTTP/")
        found["network.transport"] = "udp" if number[:1] == "3" else "tcp"  # QUIC
    if scheme in PROTOCOLS:
        found["network.protocol"] = PROTOCOLS[scheme]
    if tls is not None:
        found["tls.version_protocol"], found["tls.version"] = tls_version(tls)
    return found


_taken = lru_cache(4096)(nanoseconds)


def _time(get: Any) -> Any:
    day, moment = get("date"), get("time")
    if type(day) is str and type(moment) is str:
        return f"{day}T{moment}Z"
    return get("timestamp(ms)") or get("timestamp")


def _ends(client: Any, forwarded: Any, host: Any, own: Any, document: dict[str, Any]) -> None:
    """Who asked whom: the client, those that it asked for, and the name that it asked; `own` is
    that of the distribution."""
    addresses: list[Any] = []
    if type(client) is str and client != "-":
        document["source.address"] = document["source.ip"] = client
        document["network.type"] = "ipv6" if ":" in client else "ipv4"
        addresses.append(client)
    if type(forwarded) is str and forwarded != "-":
        document["network.forwarded_ip"] = others = [*forwarded_addresses(forwarded)]
        addresses += others
    document["related.ip"] = addresses
    if host in NO_VALUE:
        host = own
    if type(host) is str and host != "-":
        name, port = host_and_port(host)
        if port:
            document["url.port"] = port
        document["url.domain"] = document["destination.domain"] = name
        document["destination.address"] = document["related.hosts"] = name


@lru_cache(1024)
def _agent(text: str) -> str:
    """The user agent, which some of the logs encode twice."""
    agent = unquote(text) if "%" in text else text
    return unquote(agent) if "%20" in agent else agent
