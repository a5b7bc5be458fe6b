"""Reads the quarantine files of the snapshot bucket, and takes out of them what is settled."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from common.errors import SiemError
from es_loader.identity import object_hash
from es_loader.quarantine import Origin

ROOT = "quarantine/"
CUT = "cut"  # the incomplete tail of an object: no record


@dataclass(frozen=True, slots=True)
class File:
    """A quarantine file: refused records of one object, log type and reason."""

    key: str
    log_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """A refused record. `raw`: the line as in the file; `record`: None where none was kept."""

    raw: bytes
    position: int
    reason: str
    error: str
    record: bytes | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds; all its lines are of one object. `etag`: that of the file."""

    origin: Origin
    lines: Sequence[Line]
    etag: str


def files(s3: Any, bucket: str, reason: str = "") -> Iterator[File]:
    """The files of a reason, or of all but `cut`, by log type.

    SiemError, if nothing is in quarantine for that reason; it names those that there are.
    """
    reasons: set[str] = set()
    for log_type in _folders(s3, bucket, ROOT):
        for found in _folders(s3, bucket, f"{ROOT}{log_type}/"):
            reasons.add(found)
            if found == reason or (not reason and found != CUT):
                listed = s3.get_paginator("list_objects_v2").paginate(
                    Bucket=bucket, Prefix=f"{ROOT}{log_type}/{found}/"
                )
                for page in listed:
                    for each in page.get("Contents", []):
                        yield File(each["Key"], log_type, found)
    if reason and reason not in reasons:
        there = ", ".join(sorted(reasons - {CUT})) or "nothing"
        raise SiemError(f"nothing is in quarantine for this reason, there is {there}: {reason}")


def read(s3: Any, bucket: str, file: File) -> Content:
    """What the file holds. SiemError, if it is none of ours."""
    answer = s3.get_object(Bucket=bucket, Key=file.key)
    lines = answer["Body"].read().splitlines()
    try:
        parsed = [json.loads(line) for line in lines]
        origins = {_origin(each["object"]) for each in parsed}
        (origin,) = origins
        found = [_line(*each) for each in zip(lines, parsed, strict=True)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SiemError(
            f"not a quarantine file ({type(error).__name__}: {error}): s3://{bucket}/{file.key}"
        ) from None
    return Content(origin, found, answer["ETag"])


def settle(s3: Any, bucket: str, file: File, content: Content, left: Sequence[Line]) -> bool:
    """Remove the file, or rewrite it with the lines that are left.

    False: it has changed since it was read, and stays as it is.
    """
    known = {"Bucket": bucket, "Key": file.key, "IfMatch": content.etag}
    try:
        if not left:
            s3.delete_object(**known)
        elif len(left) < len(content.lines):
            body = b"\n".join(line.raw for line in left) + b"\n"
            s3.put_object(**known, Body=body, ContentType="application/x-ndjson")
    except ClientError as error:
        if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
            return False
        raise
    return True


def _folders(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, Delimiter="/"
    )
    for page in pages:
        for found in page.get("CommonPrefixes", []):
            yield found["Prefix"].removeprefix(prefix).rstrip("/")


def _line(raw: bytes, parsed: Mapping[str, Any]) -> Line:
    text, encoded = parsed.get("record"), parsed.get("record_base64")
    record = b64decode(encoded) if encoded is not None else text and text.encode()
    return Line(raw, int(parsed["position"]), parsed["reason"], parsed["error"], record)


def _origin(found: Mapping[str, Any]) -> Origin:
    modified = datetime.fromisoformat(found["modified"])
    return Origin(
        bucket=found["bucket"],
        key=found["key"],
        version=found["version"],
        etag=found["etag"],
        modified=round(modified.timestamp() * 1000),
        object_hash=object_hash(found["bucket"], found["key"], found["etag"]),
    )
