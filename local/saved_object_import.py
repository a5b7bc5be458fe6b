"""The import of saved objects, as OpenSearch Dashboards does it.

Refused, unsupported and conflicting objects are in `errors` of an answer with status 200.
Source: src/core/server/saved_objects/import of OpenSearch-Dashboards.
"""

import email
import email.policy
import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from local.exchange import Answer, Refused, Request

# Those that can be imported and exported, with the last migration that each has had.
TYPES = {
    "config": "7.9.0",
    "dashboard": "7.9.3",
    "index-pattern": "7.6.0",
    "query": "",
    "search": "7.9.3",
    "visualization": "7.10.0",
}
MOST_OBJECTS, MOST_BYTES = 10_000, 26_214_400
CHECKED_REFERENCES = ("index-pattern", "search")

Object = dict[str, Any]


def answer(
    request: Request,
    overwrite: bool,
    all: Callable[[], list[Object]],
    create: Callable[[list[Object]], list[Object]],
) -> Answer:
    """The answer to an import. `all`: what is there; `create`: the error of each, or {}."""
    if len(request.body) > MOST_BYTES:
        message = f"Payload content length greater than maximum allowed: {MOST_BYTES}"
        raise Refused(413, "Request Entity Too Large", message)
    objects = _uploaded(request)
    if len(objects) > MOST_OBJECTS:
        raise Refused(400, "Bad Request", f"Can't import more than {MOST_OBJECTS} objects")
    keys = [f"{each['type']}:{each['id']}" for each in objects]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        message = f"Non-unique import objects detected: [{','.join(twice)}]"
        raise Refused(400, "Bad Request", message)
    there = {f"{each['type']}:{each['id']}" for each in all()}
    errors = [
        _error(each, {"type": "unsupported_type"}) for each in objects if each["type"] not in TYPES
    ]
    known = [each for each in objects if each["type"] in TYPES]
    for each in known:
        missing = [
            {"type": reference["type"], "id": reference["id"]}
            for reference in each.get("references", [])
            if reference["type"] in CHECKED_REFERENCES
            and f"{reference['type']}:{reference['id']}" not in {*there, *keys}
        ]
        if missing:
            errors.append(_error(each, {"type": "missing_references", "references": missing}))
        elif f"{each['type']}:{each['id']}" in there and not overwrite:
            errors.append(_error(each, {"type": "conflict"}))
        _check_migration(each)
    made = []
    # One that could be resolved by the person who imports keeps all others out.
    if not any(e["error"]["type"] in ("conflict", "missing_references") for e in errors):
        for each, error in zip(known, create(known) if known else [], strict=True):
            if error:
                cause = {"type": "unknown", "error": error["type"], "message": error["reason"]}
                errors.append(_error(each, cause))
            else:
                made.append(each)
    result: Object = {"successCount": len(made), "success": not errors}
    if made:
        result["successResults"] = [
            {"type": each["type"], "id": each["id"], "meta": {}} for each in made
        ]
    if errors:
        result["errors"] = errors
    return Answer(200, result)


def _uploaded(request: Request) -> list[Object]:
    """The objects in the multipart field `file`."""
    head = f"content-type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    assert isinstance(message, EmailMessage)
    for part in message.iter_parts():
        if part.get_param("name", header="content-disposition") != "file":
            continue
        name = str(part.get_filename() or "")
        if not name.lower().endswith(".ndjson"):
            extension = "." + name.rpartition(".")[2] if "." in name else ""
            raise Refused(400, "Bad Request", f"Invalid file extension {extension}")
        text = bytes(part.get_payload(decode=True)).decode()
        try:
            objects = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise Refused(400, "Bad Request", str(error)) from None
        return [each for each in objects if "exportedCount" not in each]
    raise Refused(400, "Bad Request", "[request body.file]: expected value of type [Stream]")


def _check_migration(each: Object) -> None:
    """A higher migration than Dashboards knows refuses the whole import."""
    type = each["type"]
    own, last = each.get("migrationVersion", {}).get(type, ""), TYPES[type]
    if own and (not last or _numbers(own) > _numbers(last)):
        message = (
            f'Document "{each["id"]}" has property "{type}" which belongs to a more recent '
            f"version of OpenSearch Dashboards [{own}]. The last known version is [{last}]"
        )
        raise Refused(422, "Unprocessable Entity", message)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _error(each: Object, cause: Object) -> Object:
    title = each.get("attributes", {}).get("title")
    about = {"id": each["id"], "type": each["type"], "title": title, "meta": {"title": title}}
    return {**about, "error": cause}
