"""The GeoIP bucket: what is in it, and how it is replaced.

S3 replaces an object as a whole: readers get the old one or the new one. What is known of its
origin is kept as the object's own metadata, so that both change together.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from geoip_downloader.errors import DownloadError
from geoip_downloader.web import UNKNOWN, Version


@dataclass(frozen=True, slots=True)
class Kept:
    """An object in the bucket. `version` is the server's, `built` seconds since 1970 or 0."""

    version: Version = UNKNOWN
    built: int = 0


def kept(s3: Any, bucket: str, key: str) -> Kept:
    """What is under the key; an empty Kept where nothing is, or it came from elsewhere."""
    try:
        about = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return Kept()
        raise _refused(bucket, key, error) from None
    except BotoCoreError as error:
        raise _refused(bucket, key, error) from None
    built = about.get("built", "")
    return Kept(
        Version(about.get("source-etag", ""), about.get("source-modified", "")),
        int(built) if built.isdecimal() else 0,
    )


def put(s3: Any, bucket: str, key: str, file: Path, new: Kept, sha256: str) -> None:
    """Replace what is under the key by the file, or DownloadError.

    sha256   of the file, hex
    """
    about = {
        "source-etag": new.version.etag,
        "source-modified": new.version.modified,
        "built": str(new.built) if new.built else "",
        "sha256": sha256,
    }
    try:
        with file.open("rb") as body:
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                Metadata={name: text for name, text in about.items() if text},
            )
    except (ClientError, BotoCoreError) as error:
        raise _refused(bucket, key, error) from None


def _refused(bucket: str, key: str, error: Exception) -> DownloadError:
    return DownloadError("bucket", f"{error}: s3://{bucket}/{key}")
