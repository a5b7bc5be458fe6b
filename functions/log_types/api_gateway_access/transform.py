"""Reads a line of whatever format the customer gave the access log."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

Object = dict[str, Any]

OWN = "aws.api_gateway_access."
EPOCH = "epoch"  # stands for the time that counts before all others
# Field -> names of $context variables, and what people call them, in small letters and digits only
FIELDS = {
    EPOCH: "requesttimeepoch",
    "@timestamp": "requesttime time timestamp",
    "cloud.account.id": "accountid",
    "cloud.region": "awsregion region",
    "error.code": "errorresponsetype responsetype",
    "error.message": "errormessage",
    "http.request.id": "requestid",
    "http.request.method": "httpmethod method",
    "http.response.body.bytes": "responselength",
    "http.response.status_code": "status statuscode",
    "http.version": "protocol",
    "source.ip": "clientip ip sourceip",
    "tls.client.issuer": "clientcertissuerdn",
    "tls.client.not_after": "clientcertvaliditynotafter",
    "tls.client.not_before": "clientcertvaliditynotbefore",
    "tls.client.subject": "clientcertsubjectdn",
    "tls.client.x509.serial_number": "clientcertserialnumber",
    "trace.id": "xraytraceid",
    "url.domain": "domainname host",
    "url.path": "path",
    "user.id": "user",
    "user_agent.original": "useragent",
    f"{OWN}api.id": "apiid",
    f"{OWN}api.name": "apiname",
    f"{OWN}api_key_id": "apikeyid",
    f"{OWN}authorizer.error": "authorizererror authorizererrormessage",
    f"{OWN}authorizer.latency": "authorizerlatency",
    f"{OWN}authorizer.principal_id": "authorizerprincipalid principalid",
    f"{OWN}authorizer.status": "authorizerstatus",
    f"{OWN}caller": "caller",
    f"{OWN}cognito.identity_id": "cognitoidentityid",
    f"{OWN}cognito.provider": "cognitoauthenticationprovider",
    f"{OWN}connection_id": "connectionid",
    f"{OWN}event_type": "eventtype",
    f"{OWN}extended_request_id": "extendedrequestid",
    f"{OWN}integration.error": "integrationerror integrationerrormessage",
    f"{OWN}integration.latency": "integrationlatency",
    f"{OWN}integration.status": "integrationstatus",
    f"{OWN}resource_path": "resourcepath",
    f"{OWN}response_latency": "responselatency",
    f"{OWN}route_key": "routekey",
    f"{OWN}stage": "stage",
    f"{OWN}user_account_id": "identityaccountid",
    f"{OWN}user_arn": "userarn",
    f"{OWN}waf.latency": "waflatency",
    f"{OWN}waf.response": "waferror wafresponsecode",
    f"{OWN}waf.status": "wafstatus wafstatuscode",
    f"{OWN}waf.web_acl_arn": "webaclarn",
}
NAMES = {name: field for field, names in FIELDS.items() for name in names.split()}
NONE = ("", "-", None)
OTHERS = re.compile(r"\$context\.|[^a-z0-9]")  # what is in names, and tells nothing
NO_VALUE = re.compile(r": ?-(?= ?[,}])")  # of a variable that the format has without quotes
CSV = (
    "sourceip",
    "caller",
    "user",
    "requesttime",
    "httpmethod",
    "resourcepath",
    "protocol",
    "status",
    "responselength",
    "requestid",
)
CLF = re.compile(
    r'([^\s"]+) ([^\s"]+) ([^\s"]+) \[([^\]"]*)\] ?"([^\s"]+) ([^\s"]+) ([^\s"]+)" ([^\s"]+)'
    r"(?: (\S+))?(?: (\S+))?(?: (\S+))?"
)
XML = re.compile(r"<(\w{1,64})>([^<]*)</")
XML_ID = re.compile(r'<request id="([^"]*)"')
TIME = re.compile(r"(\d\d)/(\w{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
REGION = re.compile(r"\.(?:execute-api|appsync-api)\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")
EXECUTION = re.compile(r"\(([\w=+/-]{1,64})\) ?(.*)", re.DOTALL)
METHOD = re.compile(r"HTTP Method: (\S{1,32}), Resource Path: (\S{1,4096})")
STATUS = re.compile(r"(?:Method completed with status|Endpoint response status code): (\d{3})\b")
DEPTH = 4
USUAL = 8192  # characters of a line whose keys are worth remembering
ACCESS, ALLOWED, DENIED = ["access"], ["access", "allowed"], ["access", "denied"]
MILLISECOND = 10**6  # nanoseconds


def transform(record: Object, document: Object) -> None:
    """Sets all fields of a line; of one in no format that is known, the message."""
    line = record["line"].strip()
    document["event.type"] = ACCESS
    values = _json(line) if line[:1] == "{" else _text(line)
    if values is None:
        _execution(line, document)
        return
    if not values:
        document["message"] = line
    if dict in map(type, values.values()):
        values = dict(_flat(values, DEPTH))
    plan = _plan if len(line) < USUAL else _plan.__wrapped__
    known, again = plan(tuple(values))
    for key, field in known:
        document[field] = values[key]
    for key, field in again:
        if document[field] in NONE:
            document[field] = values[key]
    _refine(document)


def _json(line: str) -> Object:
    """The members of a JSON object, none where it is broken."""
    for text in (line, NO_VALUE.sub(":null", line)):
        try:
            values: Object = orjson.loads(text)
        except ValueError:
            continue
        return values
    return {}


def _flat(values: Object, depth: int, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The members of an object and those of the objects in it, whose names come before theirs."""
    for key, value in values.items():
        if type(value) is not dict:
            yield prefix + key, value
        elif depth:
            yield from _flat(value, depth - 1, f"{prefix}{key}.")


@lru_cache(256)
def _plan(keys: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The keys that have a field, with it; then those whose field another key has before, since it
    is the first that has a value that counts."""
    known: dict[str, str] = {}
    again = []
    for key in keys:
        name = OTHERS.sub("", key.lower())
        field = NAMES.get(name) or NAMES.get(name.removeprefix("identity"))
        if field in known:
            again.append((key, field))
        elif field:
            known[field] = key
    return [(key, field) for field, key in known.items()], again


def _text(line: str) -> Object | None:
    """The values of CLF, XML and CSV, None where it is none of them."""
    if found := CLF.fullmatch(line):
        values = dict(zip((*CSV, "extendedrequestid"), found.groups(), strict=True))
    elif line.startswith("<"):
        values = dict(XML.findall(line))
        if found := XML_ID.match(line):
            values["requestid"] = found[1]
    elif line.count(",") == len(CSV) - 1 and TIME.search(line):
        values = dict(zip(CSV, line.split(","), strict=True))
    else:
        return None
    return values


def _refine(document: Object) -> None:
    """What follows from the values that were found."""
    get = document.get
    if (epoch := document.pop(EPOCH, None)) not in NONE:
        document["@timestamp"] = epoch
    if type(time := get("@timestamp")) is str:
        document["@timestamp"] = _time(time)
    document["source.address"] = document["related.ip"] = get("source.ip")
    region = get("cloud.region")
    facts = get("url.domain"), get("http.version"), get("http.response.status_code")
    try:
        document |= _facts(*facts)
    except TypeError:  # a list or an object
        document |= _facts(*(fact if type(fact) is str else None for fact in facts))
    if region not in NONE:
        document["cloud.region"] = region
    if latency := get(f"{OWN}response_latency"):
        text = str(latency)
        if type(latency) in (str, int) and text.isdecimal() and len(text) < 12:
            document["event.duration"] = int(text) * MILLISECOND
    arn, user = get(f"{OWN}user_arn"), get("user.id")
    if user in NONE:
        user = get(f"{OWN}authorizer.principal_id")
    if arn not in NONE or user not in NONE:
        name = arn.rpartition("/")[2] if type(arn) is str else None
        document["user.id"], document["user.name"] = user, name
        document["related.user"] = [each for each in (name, user) if type(each) is str]
    action = get(f"{OWN}event_type")
    document["event.action"] = get(f"{OWN}route_key") if action in NONE else action


@lru_cache(4096)
def _facts(host: Any, version: Any, status: Any) -> Object:
    """What follows from the values that few requests do not share."""
    facts: Object = {}
    if type(host) is str:
        facts["destination.address"] = facts["destination.domain"] = facts["related.hosts"] = host
        if found := REGION.search(host):
            facts["cloud.region"] = found[1]
    if type(version) is str:
        facts["http.version"] = version.rpartition("/")[2]
    text = str(status)
    if len(text) == 3 and text.isdecimal():
        good = text < "400"
        types = DENIED if text in ("401", "403") else ALLOWED if good else ACCESS
        facts["event.outcome"] = "success" if good else "failure"
        facts["event.type"] = types
    return facts


@lru_cache(4096)
def _time(text: str) -> str:
    """`10/Jun/2023:15:36:28 +0000` as ISO 8601; other times as they are."""
    found = TIME.fullmatch(text.strip("[]"))
    if not found or found[2] not in MONTHS:
        return text
    day, month, year, time, offset = found.groups()
    return f"{year}-{MONTHS.index(month) + 1:02}-{day}T{time}{offset}"


def _execution(line: str, document: Object) -> None:
    """A line of an execution log: `(request id) message`."""
    found = EXECUTION.fullmatch(line)
    if not found:
        document["message"] = line
        return
    document["http.request.id"], message = found.groups()
    document["message"] = message
    if parts := METHOD.match(message):
        document["http.request.method"], document[f"{OWN}resource_path"] = parts.groups()
    if status := STATUS.match(message):
        document["http.response.status_code"] = status[1]
        document["event.outcome"] = "success" if status[1] < "400" else "failure"
    elif message.startswith("Execution failed"):
        document["error.message"], document["event.outcome"] = message, "failure"
        document["event.type"] = ["error"]
