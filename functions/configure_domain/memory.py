"""What configure_domain remembers of the saved objects that it imported, in the snapshot bucket.

It tells an object that a person edited from one that an earlier release put there.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common import aws
from configure_domain.api import ConfigureError
from configure_domain.dashboards_api import Object
from configure_domain.domain import Domain, explained

FOLDER = "saved_objects"
FILE = f"{FOLDER}/imported.json"

Key = tuple[str, str]  # type, id


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hashes of an object as it was sent, and of what a person would edit."""

    sent: str
    content: str


def sent(each: Object) -> str:
    """Hash of an object as it is imported."""
    return _hash([each["attributes"], each.get("references", [])])


def content(each: Object) -> str:
    """Hash of what a person edits; Dashboards itself refreshes the fields of an index pattern."""
    attributes = dict(each["attributes"])
    if each["type"] == "index-pattern":
        fields = _json(attributes.pop("fields", "[]"), [])
        attributes["scripted"] = [
            {name: value for name, value in field.items() if name != "count"}
            for field in fields
            if field.get("scripted")
        ]
        attributes["fieldFormatMap"] = _json(attributes.get("fieldFormatMap", "{}"), {})
    return _hash([attributes, each.get("references", [])])


def _json(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return otherwise


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def read(domain: Domain) -> dict[Key, Remembered]:
    """What was imported last; nothing before the first time."""
    bucket = domain.settings.snapshot_bucket
    with explained(f"s3:GetObject on s3://{bucket}/{FILE}"):
        try:
            found = aws.client("s3").get_object(Bucket=bucket, Key=FILE)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return {}
            raise
    try:
        rows = [(type, id, Remembered(*hashes)) for type, id, *hashes in json.loads(found)]
    except (ValueError, TypeError):
        message = "not what configure_domain wrote; delete it, then all differences count as edits"
        raise ConfigureError(f"{message}: s3://{bucket}/{FILE}") from None
    return {(type, id): remembered for type, id, remembered in rows}


def write(domain: Domain, before: Mapping[Key, Remembered], own: Mapping[Key, Object]) -> None:
    """Remember these objects of ours, if anything about them is new."""
    now = {key: Remembered(sent(each), content(each)) for key, each in own.items()}
    if now != before:
        rows = sorted((*key, each.sent, each.content) for key, each in now.items())
        put(domain, FILE, json.dumps(rows))


def put(domain: Domain, key: str, text: str) -> None:
    """Write an object to the snapshot bucket."""
    bucket = domain.settings.snapshot_bucket
    with explained(f"s3:PutObject on s3://{bucket}/{key}"):
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
