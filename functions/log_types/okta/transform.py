"""What kind of event it is, and who did it from where to whom."""

import re
from functools import lru_cache
from typing import Any

from common.members import object_in, objects_in

Object = dict[str, Any]

# The first of these that an event type begins with tells its categories and its first types.
# https://developer.okta.com/docs/reference/api/event-types/
FAMILIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("user.session.", ("authentication", "session"), ()),
    ("user.authentication.", ("authentication",), ()),
    ("policy.evaluate", ("authentication",), ("info",)),
    ("app.oauth2.", ("authentication",), ()),
    ("security.request.blocked", ("network",), ("denied",)),
    ("security.", ("threat",), ("indicator",)),
    ("user.risk.", ("threat",), ("indicator",)),
    ("user.account.report_suspicious", ("threat",), ("indicator",)),
    ("group.", ("iam",), ("group",)),
    ("user.", ("iam",), ("user",)),
    ("app.user_management", ("iam",), ("user",)),
    ("application.user_membership", ("iam",), ("user",)),
    ("application.provision.user", ("iam",), ("user",)),
    ("device.", ("iam",), ("user",)),
    ("iam.", ("iam",), ("admin",)),
    ("", ("configuration",), ()),
)
ALERTS = (
    "security.threat.",
    "security.attack.",
    "security.breached_credential.",
    "user.risk.",
    "user.account.report_suspicious",
)
VERBS = {
    "activate": "change",
    "add": "creation",
    "change": "change",
    "clear": "end",
    "create": "creation",
    "deactivate": "change",
    "delete": "deletion",
    "end": "end",
    "remove": "deletion",
    "revoke": "deletion",
    "reset": "change",
    "sso": "start",
    "start": "start",
    "suspend": "change",
    "unsuspend": "change",
    "update": "change",
}
LEVELS = {"DEBUG": "debug", "INFO": "info", "WARN": "warn", "ERROR": "error"}
RISK = re.compile(r"\blevel=(\w{1,32})")
NONE = ("", "null", "unknown")

READS = (
    "actor.alternateId",
    "actor.displayName",
    "client.zone",
    "debugContext.debugData.logOnlySecurityData",
    "debugContext.debugData.risk",
    "eventType",
    "securityContext.domain",
    "severity",
    "target.*.alternateId",
    "target.*.displayName",
    "target.*.id",
    "target.*.type",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    get = record.get
    if type(kind := get("eventType")) is str:
        document |= _of_type(kind)
    else:
        document["event.kind"] = "event"
    if type(level := get("severity")) is str:
        document["log.level"] = LEVELS.get(level) or level.lower()
    domain = object_in(record, "securityContext").get("domain")
    if domain and domain not in NONE:
        document["client.domain"] = document["source.domain"] = domain
        document["related.hosts"] = domain
    zone = object_in(record, "client").get("zone")
    if zone not in NONE:
        document["okta.client.zone"] = zone
    debug = object_in(object_in(record, "debugContext"), "debugData")
    for key in ("risk", "logOnlySecurityData"):
        text = debug.get(key)
        if type(text) is str and (found := RISK.search(text)):
            document["okta.risk_level"] = found[1]
    actor = object_in(record, "actor")
    users: list[Any] = [actor.get("displayName")]
    _user(actor, users, document, "user.")
    if "user.name" in document:
        document["client.user.name"] = document["source.user.name"] = document["user.name"]
    for target in reversed(objects_in(record, "target")):  # the first of a type is the one
        type_ = target.get("type")
        if type_ == "User":
            document["user.target.id"] = target.get("id")
            document["user.target.full_name"] = name = target.get("displayName")
            users.append(name)
            _user(target, users, document, "user.target.")
        elif type_ == "UserGroup":
            document["user.target.group.id"] = target.get("id")
            document["user.target.group.name"] = target.get("displayName")
    known = [user for user in users if type(user) is str and user not in NONE]
    document["related.user"] = list(dict.fromkeys(known))


def _user(who: Object, users: list[Any], document: Object, prefix: str) -> None:
    """Sets name, e-mail address and domain of a login."""
    login = who.get("alternateId")
    if type(login) is not str or login in NONE:
        return
    name, at, domain = login.rpartition("@")
    if not at:
        name = login
    users += (name, login)
    document[f"{prefix}name"] = name
    document[f"{prefix}email"] = login if at else None
    document[f"{prefix}domain"] = domain if at else None


@lru_cache(4096)
def _of_type(kind: str) -> Object:
    """event.kind, category and type of an event type."""
    categories, types = next((c, t) for start, c, t in FAMILIES if kind.startswith(start))
    verb = "info"
    for word in reversed(re.split(r"[._]", kind)):
        if word in VERBS:
            verb = VERBS[word]
            break
    if kind.startswith("group.user_membership."):
        verb = "change"
    if types and types[-1] in ("info", "denied", "indicator"):
        verb = types[-1]
    return {
        "event.kind": "alert" if kind.startswith(ALERTS) else "event",
        "event.category": list(categories),
        "event.type": list(dict.fromkeys((*types, verb))),
    }
