"""What an audit event did: its outcome, the pod that it made, the command that it ran in one."""

from typing import Any
from urllib.parse import parse_qs

from common.members import object_in, objects_in

Object = dict[str, Any]

TYPES = {
    "create": "creation",
    "delete": "deletion",
    "deletecollection": "deletion",
    "patch": "change",
    "update": "change",
}
DECISIONS = {"allow": "allowed", "forbid": "denied"}
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
COMMANDS = ("exec", "attach")
MOST_ARGUMENTS = 1_000

PODS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")
POD = (
    *(
        f"{key}.*.{member}"
        for key in CONTAINERS
        for member in ("image", "name", "securityContext.privileged")
    ),
    "hostNetwork",
    "hostPID",
    "serviceAccountName",
    "volumes.*.hostPath.path",
)
READS = (
    r"annotations.authorization\.k8s\.io/decision",
    "impersonatedUser.username",
    "objectRef.subresource",
    *(f"requestObject.{place}.{member}" for place in PODS for member in POD),
    "requestURI",
    "responseStatus.code",
    "responseStatus.message",
    "responseStatus.reason",
    "user.username",
    "verb",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    get = record.get
    verb, uri = get("verb"), get("requestURI")
    types = [TYPES.get(verb, "access") if type(verb) is str else "info"]
    decision = object_in(record, "annotations").get("authorization.k8s.io/decision")
    if type(decision) is str and decision in DECISIONS:
        types.append(DECISIONS[decision])
    document["event.type"] = types
    status = get("responseStatus")
    if type(status) is dict and type(code := status.get("code")) is int:
        document["event.outcome"] = "success" if code < 400 else "failure"
        if code >= 400:
            document["error.code"] = status.get("reason")
            document["error.message"] = status.get("message")
    if type(uri) is str:
        path, _, query = uri.partition("?")
        document["url.path"] = path
        if query:
            document["url.query"] = query
            if object_in(record, "objectRef").get("subresource") in COMMANDS:
                document["process.args"] = _arguments(query)
    names = [object_in(record, key).get("username") for key in ("user", "impersonatedUser")]
    document["related.user"] = [name for name in names if type(name) is str and name]
    if type(made := get("requestObject")) is dict:
        _pod(made, document)


def _arguments(query: str) -> list[str]:
    try:
        return parse_qs(query, max_num_fields=MOST_ARGUMENTS).get("command", [])
    except ValueError:  # too many
        return []


def _pod(made: Object, document: Object) -> None:
    """What is dangerous in the pod that was asked for, or in the template of pods."""
    spec = made.get("spec")
    if type(spec) is not dict:
        return
    if "jobTemplate" in spec:
        job = object_in(object_in(spec, "jobTemplate"), "spec")
        spec = object_in(object_in(job, "template"), "spec")
    elif "template" in spec:
        inner = object_in(spec, "template").get("spec")
        spec = inner if type(inner) is dict else spec
    containers = [each for key in CONTAINERS if key in spec for each in objects_in(spec, key)]
    if not containers:
        return
    for target, key in (("container.name", "name"), ("container.image.name", "image")):
        values = [value for each in containers if type(value := each.get(key)) is str]
        document[target] = values if len(values) == 1 else list(dict.fromkeys(values))
    document["aws.eks_audit.pod.privileged"] = any(
        [object_in(each, "securityContext").get("privileged") is True for each in containers]
    )
    document["aws.eks_audit.pod.host_network"] = spec.get("hostNetwork") is True
    document["aws.eks_audit.pod.host_pid"] = spec.get("hostPID") is True
    document["aws.eks_audit.pod.service_account"] = spec.get("serviceAccountName")
    if "volumes" in spec:
        paths = [object_in(each, "hostPath").get("path") for each in objects_in(spec, "volumes")]
        document["aws.eks_audit.pod.host_path"] = [path for path in paths if type(path) is str]
