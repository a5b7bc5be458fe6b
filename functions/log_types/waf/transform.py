"""What the table of waf cannot say: the parts of the web ACL's ARN, and the headers by name.

A record is a stranger's JSON: a member of another type than expected is passed over.
"""

from functools import lru_cache
from typing import Any

FORWARDED = "aws.waf.forwarded"
# Name of a header, in lower case -> the field that its value belongs to
HEADERS = {
    "host": "url.domain",
    "user-agent": "user_agent.original",
    "referer": "http.request.referrer",
    "content-type": "http.request.mime_type",
    "content-length": "http.request.body.bytes",
    "x-forwarded-for": FORWARDED,
}
PUZZLES = ("captcha", "challenge")

READS = (
    "webaclId",
    "httpRequest.clientIp",
    "httpRequest.headers.*.name",
    "httpRequest.headers.*.value",
    "httpRequest.host",
    "requestBodySize",
    *(f"{puzzle}Response.solveTimestamp" for puzzle in PUZZLES),
)


class _Fields(dict[str, str | None]):
    """Name of a header, in whatever case -> its field, if it has one."""

    def __missing__(self, name: str) -> str | None:
        if not isinstance(name, str) or len(name) > 64:
            raise KeyError
        if len(self) > 4096:
            self.clear()
        field = self[name] = HEADERS.get(name.lower())
        return field


FIELDS = _Fields()


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Sets the fields of web ACL, headers, body size and solved puzzles."""
    get = record.get
    web_acl = get("webaclId")
    if type(web_acl) is str:
        document |= _web_acl(web_acl)
    request = get("httpRequest")
    if type(request) is dict:
        _request(request, document)
    if (size := get("requestBodySize")) is not None:
        document["http.request.body.bytes"] = size
    for puzzle in PUZZLES:
        response = get(f"{puzzle}Response")
        # 0 is the time of a puzzle that was not solved
        if type(response) is dict and (solved := response.get("solveTimestamp")):
            document[f"aws.waf.{puzzle}.solve_time"] = solved


def _request(request: dict[str, Any], document: dict[str, Any]) -> None:
    for header in request.get("headers") or ():
        try:
            field = FIELDS[header["name"]]
        except (KeyError, TypeError):
            continue
        if field and field not in document:  # the first of a name is the one that counts
            document[field] = header.get("value")
        elif field == FORWARDED:  # but for a list, which goes on
            document[field] = f"{document[field]}, {header.get('value')}"
    host = request.get("host") or document.get("url.domain")
    if type(host) is str:
        document |= _host(host)
    addresses = [request.get("clientIp")]
    forwarded = document.get(FORWARDED)
    if type(forwarded) is str:
        client = document["network.forwarded_ip"] = forwarded.partition(",")[0].strip()
        if client != addresses[0]:
            addresses.append(client)
    document["related.ip"] = addresses


@lru_cache(4096)
def _web_acl(identifier: str) -> dict[str, str]:
    """Fields of a web ACL: `arn:aws:wafv2:REGION:ACCOUNT:SCOPE/webacl/NAME/ID`, or Classic's id."""
    parts = identifier.split(":", 5)
    if len(parts) < 6:
        return {"aws.waf.web_acl.id": identifier}
    fields = {
        "aws.waf.web_acl.arn": identifier,
        "cloud.region": parts[3],
        "cloud.account.id": parts[4],
    }
    _, _, resource = parts[5].partition("webacl/")
    name, slash, own = resource.rpartition("/")
    if slash:
        fields |= {"aws.waf.web_acl.name": name, "aws.waf.web_acl.id": own}
    elif own:
        fields["aws.waf.web_acl.id"] = own
    return fields


@lru_cache(4096)
def _host(host: str) -> dict[str, Any]:
    """Fields of a Host header: a name or an address, and perhaps a port."""
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdecimal() or name.endswith(":"):
        name, port = host, ""
    names = ("url.domain", "destination.address", "destination.domain", "related.hosts")
    fields = dict.fromkeys(names, name)
    return fields | {"url.port": port} if port else fields
