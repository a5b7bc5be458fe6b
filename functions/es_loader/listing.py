"""Lists the objects of a bucket, a page at a time.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from common.errors import SiemError


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as S3 lists it: ETag without quotes, LastModified in ms since 1970, bytes."""

    key: str
    etag: str
    modified: int
    size: int

    @property
    def time(self) -> str:
        """LastModified in ISO 8601."""
        moment = datetime.fromtimestamp(self.modified / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pages(
    s3: Any, bucket: str, prefix: str, since: int | None = None, until: int | None = None
) -> Iterator[list[Listed]]:
    """The objects whose key begins with `prefix`, by key, up to 1,000 a page.

    since, until   only those with since <= LastModified < until (ms since 1970)

    SiemError, if there is no such bucket, it may not be listed, or nothing is under the prefix.
    """
    at_all = False
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            found = page.get("Contents", [])
            at_all = at_all or bool(found)
            objects = [_listed(each) for each in found]
            yield [
                each
                for each in objects
                if (since is None or since <= each.modified)
                and (until is None or each.modified < until)
            ]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise SiemError(f"S3 does not list the bucket ({code}): s3://{bucket}/{prefix}") from None
    if not at_all:
        raise SiemError(f"no object has a key that begins so: s3://{bucket}/{prefix}")


def _listed(found: dict[str, Any]) -> Listed:
    modified = int(found["LastModified"].timestamp() * 1000)
    return Listed(found["Key"], found["ETag"].strip('"'), modified, found["Size"])
