"""Values that the logs of CloudFront share.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging.html
The results are shared by all records that have the same values: they are not to be changed.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from common.web import host_and_port, nanoseconds, tls_version

NO_VALUE = (None, "", "-")
PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}


def of_request(get: Callable[[str], Any], host: Any) -> dict[str, Any]:
    """What follows from the name that was asked, the status and the protocols of a record, of
    which `get` gives the columns."""
    version, scheme, tls = get("cs-protocol-version"), get("cs-protocol"), get("ssl-protocol")
    values = host, get("sc-status"), version, scheme, tls
    try:
        return _facts(*values)
    except TypeError:  # a list or an object
        return _facts(*(value if type(value) is str else None for value in values))


def duration(taken: Any) -> int | None:
    """`time-taken` in nanoseconds."""
    return _duration(taken) if type(taken) is str else nanoseconds(taken)


_duration = lru_cache(4096)(nanoseconds)


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
