"""Who invoked a model, why it stopped, and what the guardrails did.

The body of an answer is an object, or for streams a list of events, in the model's own words or in
those of Converse.
"""

from functools import lru_cache
from typing import Any

from common.members import object_in, objects_in

Object = dict[str, Any]

OWN = "aws.bedrock_invocation."
MILLISECOND = 10**6  # nanoseconds
REASONS = dict.fromkeys(
    ("stopReason", "stop_reason", "completionReason", "finish_reason", "finishReason")
).keys()
BLOCKED = "BLOCKED"
DEPTH = 8

ASKED = "input.inputBodyJson"
READS = (
    "errorCode",
    "identity.arn",
    f"{ASKED}.guardrailConfig.guardrailIdentifier",
    f"{ASKED}.toolConfig.tools.*.toolSpec.name",
    f"{ASKED}.tools.*.name",
    "modelId",
    "output.outputBodyJson",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    arn = object_in(record, "identity").get("arn")
    if type(arn) is str:
        document.update(_user(arn))
    model = record.get("modelId")
    if type(model) is str:
        document[f"{OWN}model"] = model.rpartition("/")[2]
    request, answer = object_in(record, "input"), object_in(record, "output")
    asked = object_in(request, "inputBodyJson")
    if tools := _tools(asked):
        document[f"{OWN}tool"] = tools
    if "guardrailConfig" in asked:
        guardrail = object_in(asked, "guardrailConfig")
        document[f"{OWN}guardrail.id"] = guardrail.get("guardrailIdentifier")
    body = answer.get("outputBodyJson")
    intervened = False
    for part in body if type(body) is list else (body,):
        if type(part) is dict:
            intervened = _answer(part, document) or intervened
    failed = bool(record.get("errorCode"))
    if intervened:
        document[f"{OWN}guardrail.action"] = "INTERVENED"
    document["event.outcome"] = "failure" if failed or intervened else "success"
    document["event.type"] = [
        "access",
        "denied" if intervened else "error" if failed else "allowed",
    ]


def _tools(asked: Object) -> list[str]:
    """Names of the tools that the model may use."""
    tools = [tool.get("name") for tool in objects_in(asked, "tools")]
    if "toolConfig" in asked:
        for tool in objects_in(object_in(asked, "toolConfig"), "tools"):
            tools.append(object_in(tool, "toolSpec").get("name"))
    return [tool for tool in tools if type(tool) is str]


def _answer(body: Object, document: Object) -> bool:
    """Takes over what a body, or one event of a stream, says; whether a guardrail intervened."""
    places = [body, *[inner for inner in body.values() if type(inner) is dict]]
    for key in ("results", "choices"):
        if key in body:
            places += objects_in(body, key)
    for place in places:
        if not REASONS.isdisjoint(place):
            for name in REASONS:
                if type(reason := place.get(name)) is str and reason:
                    document[f"{OWN}stop_reason"] = reason
        latency = object_in(place, "metrics").get("latencyMs")
        latency = place.get("latencyMs") if latency is None else latency
        if type(latency) is int:
            document[f"{OWN}latency"] = latency
            document["event.duration"] = latency * MILLISECOND
    trace = object_in(body, "amazon-bedrock-trace") or object_in(body, "trace")
    trace = trace or object_in(object_in(body, "metadata"), "trace")
    if guardrail := object_in(trace, "guardrail"):
        document["event.reason"] = guardrail.get("actionReason")
        filters: dict[str, None] = {}
        _filters(guardrail, filters, DEPTH)
        document[f"{OWN}guardrail.filter"] = list(filters)
    return (
        body.get("amazon-bedrock-guardrailAction") == "INTERVENED"
        or document.get(f"{OWN}stop_reason") == "guardrail_intervened"
    )


def _filters(value: Any, found: dict[str, None], depth: int) -> None:
    """Collects the types, or names, of what in a guardrail's trace blocked something."""
    if type(value) is list:
        inner = value
    elif type(value) is dict:
        name = value.get("name") or value.get("type")
        if value.get("action") == BLOCKED and type(name) is str:
            found[name] = None
        inner = list(value.values())
    else:
        return
    if depth:
        for each in inner:
            _filters(each, found, depth - 1)


@lru_cache(4096)
def _user(arn: str) -> Object:
    """Of `...:assumed-role/ROLE/SESSION` the role and session, of `...:user/PATH/NAME` the name."""
    _, _, resource = arn.rpartition(":")
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        fields: Object = {"user.name": role, f"{OWN}session_name": session}
        fields["related.user"] = [value for value in (role, session) if value]
        return fields
    name = name.rpartition("/")[2] or resource
    return {"user.name": name, "related.user": [name]}
