"""Keeps records that cannot be indexed, in the snapshot bucket, where `siem replay` finds them."""

from base64 import b64encode
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from common.errors import Retry

FULL = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Origin:
    """The object that a record is of. `modified` is its LastModified, ms since 1970."""

    bucket: str
    key: str
    version: str
    etag: str
    modified: int
    object_hash: str


@dataclass(slots=True)
class _File:
    first: int
    size: int = 0
    lines: list[bytes] = field(default_factory=list)


class Quarantine:
    """Files of refused records, one open for each log type and reason."""

    def __init__(self, s3: Any, bucket: str, origin: Origin) -> None:
        self._s3, self._bucket = s3, bucket
        self._hash = origin.object_hash
        modified = datetime.fromtimestamp(origin.modified / 1000, UTC)
        self._day = f"{modified:%Y-%m-%d}"
        self._object = asdict(origin)
        del self._object["object_hash"]
        iso = modified.isoformat(timespec="milliseconds")
        self._object["modified"] = iso.replace("+00:00", "Z")
        self._files: dict[tuple[str, str], _File] = {}

    def add(
        self, log_type: str, reason: str, error: str, position: int, record: bytes | str | None
    ) -> None:
        """Keep a record. Uploads the file that it fills up; raises Retry where that fails."""
        line = orjson.dumps(
            {
                "reason": reason,
                "error": error,
                "log_type": log_type,
                "position": position,
                "object": self._object,
                **kept(record),
            }
        )
        file = self._files.setdefault((log_type, reason), _File(position))
        file.lines.append(line)
        file.size += len(line) + 1
        if file.size >= FULL:
            self._upload(log_type, reason)

    def flush(self) -> None:
        """Upload all files. Raises Retry."""
        for log_type, reason in list(self._files):
            self._upload(log_type, reason)

    def _upload(self, log_type: str, reason: str) -> None:
        file = self._files[log_type, reason]
        name = f"{self._hash}-{file.first}.ndjson"
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=f"quarantine/{log_type}/{reason}/{self._day}/{name}",
                Body=b"\n".join(file.lines) + b"\n",
                ContentType="application/x-ndjson",
            )
        except (BotoCoreError, ClientError) as error:
            raise Retry("s3_quarantine", str(error)) from error
        del self._files[log_type, reason]


def kept(record: bytes | str | None) -> dict[str, str]:
    """A record as the members of its line: `record`, or `record_base64` where it is no UTF-8."""
    if record is None:
        return {}
    try:
        return {"record": record.encode().decode() if isinstance(record, str) else record.decode()}
    except UnicodeError:
        raw = record.encode("utf-8", "surrogatepass") if isinstance(record, str) else record
        return {"record_base64": b64encode(raw).decode("ascii")}
