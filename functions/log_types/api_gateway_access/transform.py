"""Reads a line of whatever format the customer gave the access log."""

import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

Object = dict[str, Any]

OWN = "aws.api_gateway_access."
# Name of a $context variable, or what people call it, in small letters only -> field
NAMES = {
    "accountid": "cloud.account.id",
    "apiid": f"{OWN}api.id",
    "apikeyid": f"{OWN}api_key_id",
    "apiname": f"{OWN}api.name",
    "authorizererror": f"{OWN}authorizer.error",
    "authorizererrormessage": f"{OWN}authorizer.error",
    "authorizerlatency": f"{OWN}authorizer.latency",
    "authorizerprincipalid": f"{OWN}authorizer.principal_id",
    "authorizerstatus": f"{OWN}authorizer.status",
    "awsregion": "cloud.region",
    "caller": f"{OWN}caller",
    "clientcertissuerdn": "tls.client.issuer",
    "clientcertserialnumber": "tls.client.x509.serial_number",
    "clientcertsubjectdn": "tls.client.subject",
    "clientcertvaliditynotafter": "tls.client.not_after",
    "clientcertvaliditynotbefore": "tls.client.not_before",
    "clientip": "source.ip",
    "cognitoauthenticationprovider": f"{OWN}cognito.provider",
    "cognitoidentityid": f"{OWN}cognito.identity_id",
    "connectionid": f"{OWN}connection_id",
    "domainname": "url.domain",
    "errormessage": "error.message",
    "errorresponsetype": "error.code",
    "eventtype": f"{OWN}event_type",
    "extendedrequestid": f"{OWN}extended_request_id",
    "host": "url.domain",
    "httpmethod": "http.request.method",
    "identityaccountid": f"{OWN}user_account_id",
    "integrationerror": f"{OWN}integration.error",
    "integrationerrormessage": f"{OWN}integration.error",
    "integrationlatency": f"{OWN}integration.latency",
    "integrationstatus": f"{OWN}integration.status",
    "ip": "source.ip",
    "method": "http.request.method",
    "path": "url.path",
    "principalid": f"{OWN}authorizer.principal_id",
    "protocol": "http.version",
    "region": "cloud.region",
    "requestid": "http.request.id",
    "requesttime": "@timestamp",
    "requesttimeepoch": "@timestamp",
    "resourcepath": f"{OWN}resource_path",
    "responselatency": f"{OWN}response_latency",
    "responselength": "http.response.body.bytes",
    "responsetype": "error.code",
    "routekey": f"{OWN}route_key",
    "sourceip": "source.ip",
    "stage": f"{OWN}stage",
    "status": "http.response.status_code",
    "statuscode": "http.response.status_code",
    "time": "@timestamp",
    "timestamp": "@timestamp",
    "user": "user.id",
    "useragent": "user_agent.original",
    "userarn": f"{OWN}user_arn",
    "waferror": f"{OWN}waf.response",
    "waflatency": f"{OWN}waf.latency",
    "wafresponsecode": f"{OWN}waf.response",
    "wafstatus": f"{OWN}waf.status",
    "wafstatuscode": f"{OWN}waf.status",
    "webaclarn": f"{OWN}waf.web_acl_arn",
    "xraytraceid": "trace.id",
}
EPOCH = "epoch"  # stands for the time that counts before all others
NONE = ("", "-", None)
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
    if line.startswith("{"):
        values = _json(line)
        plan = None
        if len(line) < USUAL and dict not in set(map(type, values.values())):
            plan = _plan(tuple(values))
        if plan:
            fields, pick = plan
            document.update(zip(fields, pick(values), strict=True))
        else:
            _collect(values, "", document, DEPTH)
        if not values:
            document["message"] = line
    elif not _text(line, document):
        _execution(line, document)
        return
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


@lru_cache(256)
def _plan(keys: tuple[str, ...]) -> tuple[list[str], Callable[[Object], tuple[Any, ...]]] | None:
    """The fields of the keys that are known, and what takes their values out of a line.

    None where two keys have one field: then it is the first that has a value that counts.
    """
    known = {key: field for key in keys if (field := _targets("")[key])}
    if len(known) < 2 or len({*known.values()}) < len(known):
        return None
    return list(known.values()), itemgetter(*known)


def _collect(values: Object, prefix: str, document: Object, depth: int) -> None:
    """Takes over every value whose name is known; the name may have those of its parents before."""
    targets = _targets(prefix)
    for key, value in values.items():
        if type(value) is dict:
            if depth:
                _collect(value, prefix + _name(key), document, depth - 1)
        elif value not in NONE and (target := targets[key]) and target not in document:
            document[target] = value


class _Targets(dict[str, str | None]):
    """Key, however it is spelt -> its field, if it has one."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __missing__(self, key: str) -> str | None:
        if len(self) > 1024:
            self.clear()
        whole = self.prefix + _name(key)
        target = NAMES.get(whole) or NAMES.get(whole.removeprefix("identity"))
        if target == "cloud.account.id" and self.prefix:
            target = f"{OWN}user_account_id"
        if whole == "requesttimeepoch":
            target = EPOCH
        self[key] = target
        return target


_targets = lru_cache(64)(_Targets)


@lru_cache(4096)
def _name(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower().removeprefix("$context."))


def _text(line: str, document: Object) -> bool:
    """Reads CLF, XML and CSV; whether it was one of them."""
    if found := CLF.fullmatch(line):
        values = dict(zip((*CSV, "extendedrequestid"), found.groups(), strict=True))
    elif line.startswith("<"):
        values = {_name(name): value for name, value in XML.findall(line)}
        if found := XML_ID.match(line):
            values["requestid"] = found[1]
    elif line.count(",") == len(CSV) - 1 and TIME.search(line):
        values = dict(zip(CSV, line.split(","), strict=True))
    else:
        return False
    _collect(values, "", document, 0)
    return True


def _refine(document: Object) -> None:
    """What follows from the values that were found."""
    get = document.get
    if EPOCH in document:
        document["@timestamp"] = document.pop(EPOCH)
    if type(time := get("@timestamp")) is str:
        document["@timestamp"] = _time(time)
    if address := get("source.ip"):
        document["source.address"] = document["related.ip"] = address
    if type(host := get("url.domain")) is str:
        named, region = _host(host)
        document |= named
        if region and get("cloud.region") in NONE:
            document["cloud.region"] = region
    if type(version := get("http.version")) is str:
        document["http.version"] = version.rpartition("/")[2]
    if latency := get(f"{OWN}response_latency"):
        text = str(latency)
        if type(latency) in (str, int) and text.isdecimal() and len(text) < 12:
            document["event.duration"] = int(text) * MILLISECOND
    _user(document)
    document["event.action"] = _told(document, f"{OWN}event_type", f"{OWN}route_key")
    status = get("http.response.status_code")
    if type(status) in (str, int):
        document |= _status(str(status))


def _user(document: Object) -> None:
    arn = _told(document, f"{OWN}user_arn")
    user = _told(document, "user.id", f"{OWN}authorizer.principal_id")
    if arn or user:
        name = arn.rpartition("/")[2] if type(arn) is str else None
        document["user.id"], document["user.name"] = user, name
        document["related.user"] = [v for v in (name, user) if type(v) is str and v]


def _told(document: Object, *fields: str) -> Any:
    """The first of the fields' values that is one."""
    for field in fields:
        if (value := document.get(field)) not in NONE:
            return value
    return None


@lru_cache(4096)
def _host(host: str) -> tuple[Object, str | None]:
    """Fields of the name that was asked, and the region in it."""
    fields = dict.fromkeys(("destination.address", "destination.domain", "related.hosts"), host)
    found = REGION.search(host)
    return fields, found[1] if found else None


@lru_cache(1024)
def _status(status: str) -> Object:
    """event.outcome and event.type of an answer's status."""
    if len(status) != 3 or not status.isdecimal():
        return {}
    good = status < "400"
    types = DENIED if status in ("401", "403") else ALLOWED if good else ACCESS
    return {"event.outcome": "success" if good else "failure", "event.type": types}


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
