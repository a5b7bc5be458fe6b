"""What the class, activity, status and severity of an OCSF event are in ECS.

https://schema.ocsf.io/1.1.0/classes
"""

from typing import Any

from common import ocsf
from common.members import object_in, objects_in
from common.ocsf import describe_device, describe_file, describe_process, whole

Object = dict[str, Any]

CATEGORIES = {  # class_uid -> event.category
    1001: ["file"],
    1002: ["driver"],
    1005: ["library"],
    1007: ["process"],
    2002: ["vulnerability"],
    2003: ["configuration"],
    2004: ["intrusion_detection"],
    2006: ["file"],
    3001: ["iam"],
    3002: ["authentication"],
    3003: ["session"],
    3005: ["api"],
    3006: ["iam"],
    4001: ["network"],
    4002: ["web"],
    4003: ["network"],
    4009: ["email"],
    4011: ["email", "file"],
    4012: ["email"],
    5001: ["host"],
    5002: ["configuration"],
    6001: ["web"],
    6003: ["api"],
}
# activity_id -> event.type
CHANGES = {1: "creation", 2: "access", 3: "change", 4: "deletion", 5: "change"}
ACCOUNTS = {1: "creation", 6: "deletion"}
GROUPS = {5: "deletion", 6: "creation"}
STARTS = {1: ["start"], 2: ["end"]}
SEVERITIES = {  # severity_id -> the one scale of all findings, and its name
    1: (0, "informational"),
    2: (3, "low"),
    3: (6, "medium"),
    4: (8, "high"),
    5: (10, "critical"),
    6: (10, "critical"),
}
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 58: "ipv6-icmp", 132: "sctp"}
OUTCOMES = {0: "unknown", 1: "success", 2: "failure"}  # status_id
COMPLIANCE = {"pass": "success", "passed": "success", "fail": "failure", "failed": "failure"}
DIRECTIONS = frozenset({"egress", "inbound", "ingress", "internal", "lateral", "outbound"})
FLOWS = {1: "allowed", 2: "denied"}  # action_id
DENIED = frozenset({"Blocked", "Dropped", "Rejected"})
LAUNCH = (1007, 1)  # class and activity: the actor is the parent of the process
ENDPOINTS = ("src_endpoint", "dst_endpoint")
HOSTS = ("domain", "hostname")
NAMES = frozenset({"CNAME", "DNAME", "NS", "PTR"})  # types of answers that are a name

READS = (
    *ocsf.READS,
    "action_id",
    "activity_id",
    "answers.*.rdata",
    "answers.*.type",
    "api.response.error",
    "class_uid",
    "compliance.status",
    "connection_info.direction",
    "connection_info.protocol_name",
    "connection_info.protocol_num",
    "disposition",
    "duration",
    *(f"{side}.svc_name" for side in ENDPOINTS),
    *(f"{side}.{member}" for side in ENDPOINTS for member in ("instance_uid", *HOSTS)),
    "query.hostname",
    "resources.*.uid",
    "severity_id",
    "status_id",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    kind, activity = record.get("class_uid"), record.get("activity_id")
    finding = type(kind) is int and 2000 <= kind < 3000
    document["event.kind"] = "alert" if finding else "event"
    unknown = "threat" if finding else "network" if _is_network(kind) else "host"
    document["event.category"] = CATEGORIES.get(kind, [unknown]) if type(kind) is int else []
    document["event.type"] = _types(kind, activity, record)
    status = record.get("status_id")
    document["event.outcome"] = OUTCOMES.get(status) if type(status) is int else None
    if finding:
        document["event.outcome"] = None  # a finding's status is that of its handling
        _finding(kind, record, document)
    elif error := object_in(object_in(record, "api"), "response").get("error"):
        document["event.outcome"] = "failure" if error else None
    if "connection_info" in record:
        _connection(object_in(record, "connection_info"), document)
    hosts = _names(record, document) if "query" in record else []
    if "device" in record:
        device = object_in(record, "device")
        describe_device(device, document)
        if type(name := device.get("hostname")) is str and name:
            hosts.append(name)
    for side in ENDPOINTS:
        if side in record:
            endpoint = object_in(record, side)
            instance = endpoint.get("instance_uid")
            if type(instance) is str and instance.startswith("i-"):
                document["cloud.instance.id"] = document["host.id"] = instance
            if type(service := endpoint.get("svc_name")) is str and _is_network(kind):
                document["network.application"] = service.lower()
            hosts += [name for key in HOSTS if type(name := endpoint.get(key)) is str and name]
    document["related.hosts"] = hosts if len(hosts) < 2 else list(dict.fromkeys(hosts))
    if type(milliseconds := record.get("duration")) is int:
        document["event.duration"] = milliseconds * 1_000_000
    if "process" in record or "actor" in record:
        describe_process(record, (kind, activity) == LAUNCH, document)
    describe_file(record, document)
    for resource in objects_in(record, "resources"):
        arn = resource.get("uid")
        if type(arn) is str and ":instance/i-" in arn:
            document["cloud.instance.id"] = document["host.id"] = arn.rpartition("/")[2]


def _names(record: Object, document: Object) -> list[str]:
    """The names of a DNS query and its answers, without the root's dot."""
    name = object_in(record, "query").get("hostname")
    if type(name) is str and len(name) > 1 and name[-1] == ".":
        name = name[:-1]
    document["dns.question.name"] = name
    hosts = [name] if type(name) is str and name else []
    found = []
    for answer in objects_in(record, "answers"):
        data, kind = answer.get("rdata"), answer.get("type")
        if type(data) is str and type(kind) is str and kind in NAMES:
            data = data.removesuffix(".")
            hosts.append(data)
        found.append(data)
    document["dns.answers.data"] = found
    return hosts


def _is_network(kind: Any) -> bool:
    return type(kind) is int and 4000 <= kind < 5000


def _connection(connection: Object, document: Object) -> None:
    direction = connection.get("direction")
    if type(direction) is str and (lower := direction.lower()) in DIRECTIONS:
        document["network.direction"] = lower
    protocol = connection.get("protocol_name")
    if type(protocol) is str:
        document["network.transport"] = protocol.lower()
    else:
        document["network.transport"] = PROTOCOLS.get(whole(connection.get("protocol_num")))


def _types(kind: Any, activity: Any, record: Object) -> list[str]:
    """event.type of a class and an activity."""
    if kind in (3005, 6003, 1001):
        return [CHANGES.get(whole(activity), "info")]
    if kind == 3001:
        return ["user", ACCOUNTS.get(whole(activity), "change")]
    if kind == 3006:
        return ["group", GROUPS.get(whole(activity), "change")]
    if kind in (1007, 3002):
        return STARTS.get(whole(activity), ["info"])
    if kind == 4003:
        return ["protocol"]
    if kind in (4001, 4002):
        decided = FLOWS.get(whole(record.get("action_id")))
        if decided is None and record.get("disposition") in DENIED:
            decided = "denied"
        return [*(["connection"] if kind == 4001 else ["access"]), *([decided] if decided else [])]
    return ["info"]


def _finding(kind: Any, record: Object, document: Object) -> None:
    """Severity of a finding, and the result of a control."""
    severity = SEVERITIES.get(whole(record.get("severity_id")))
    if severity:
        document["event.severity"], document["siem.severity"] = severity
    status = object_in(record, "compliance").get("status")
    result = COMPLIANCE.get(status.lower()) if type(status) is str else None
    if result:
        document["event.outcome"] = result
        document["event.category"] = ["configuration"]
    if kind == 2003 or result:
        document["event.kind"] = "state"
