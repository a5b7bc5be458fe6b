"""Keeps the databases and lists of the GeoIP bucket in a folder of this execution environment.

They are fetched once, and again when they have changed in the bucket. What cannot be had holds no
log back: documents then get no place, no network owner and no threat, or yesterday's.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from common.telemetry import emit, logger
from es_loader.enrich.threat_list_files import BESIDE, LISTS

FOLDER = Path("/tmp/geoip")  # the only place that Lambda lets a function write to
KEYS = ("GeoLite2/GeoLite2-City.mmdb", "GeoLite2/GeoLite2-ASN.mmdb")
MOST_LISTS = 100
MOST_LIST_BYTES = 50 * 1024 * 1024  # of one
EVERY_SECONDS = 3600.0
PIECE = 1024 * 1024


class GeoIpFiles:
    """The files of some keys of a bucket, each under its own name in `folder`, and the lists in a
    folder of it as in the bucket.

    every   seconds between two looks at the bucket
    """

    def __init__(
        self,
        s3: Any,
        bucket: str,
        folder: Path = FOLDER,
        keys: Sequence[str] = KEYS,
        clock: Callable[[], float] = time.time,
        every: float = EVERY_SECONDS,
    ) -> None:
        self.folder = folder
        self._s3, self._bucket, self._keys = s3, bucket, keys
        self._clock, self._every = clock, every
        self._next = float("-inf")

    def refresh(self) -> bool:
        """Fetch what has changed; return whether a file is another one than before.

        Looks at the bucket at most every hour. A file is replaced at once and only by a whole one;
        who has the old one open may go on reading it. Never raises for what AWS answers.
        """
        if self._clock() < self._next:
            return False
        self._next = self._clock() + self._every
        (self.folder / LISTS).mkdir(parents=True, exist_ok=True)
        changed = [
            self._fetch(key, self.folder / key.rpartition("/")[2], None) for key in self._keys
        ]
        return any([*changed, self._lists()])

    def _lists(self) -> bool:
        """Fetch the lists, and drop those that are no longer there."""
        place = f"s3://{self._bucket}/{LISTS}/"
        try:
            answer = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=f"{LISTS}/")
        except (ClientError, BotoCoreError) as error:
            _tell(f"{error}: {place}")
            return False
        keys = [each["Key"] for each in answer.get("Contents", []) if each["Key"][-1] != "/"]
        if len(keys) > MOST_LISTS:
            logger.warning(f"more than {MOST_LISTS} lists, the others are not used: {place}")
        within = self.folder / LISTS
        # A key may hold what no file name can.
        files = {
            within / quote(key.removeprefix(f"{LISTS}/"), safe=""): key for key in keys[:MOST_LISTS]
        }
        gone = [
            path for path in within.iterdir() if path not in files and path.suffix not in BESIDE
        ]
        for path in gone:
            path.unlink()
            _about(path).unlink(missing_ok=True)
        return any(
            [bool(gone), *(self._fetch(key, path, MOST_LIST_BYTES) for path, key in files.items())]
        )

    def _fetch(self, key: str, path: Path, most: int | None) -> bool:
        """Fetch an object if it has changed, and is not larger than `most` bytes."""
        try:
            etag = _etag(path)
            known = {"IfNoneMatch": etag} if etag else {}
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, **known)
            if most is not None and answer["ContentLength"] > most:
                raise OSError(f"larger than {most} bytes")
            return _replace(path, answer)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("304", "NoSuchKey"):
                return False
            _tell(f"{error}: s3://{self._bucket}/{key}")
        except (BotoCoreError, OSError) as error:
            _tell(f"{error}: s3://{self._bucket}/{key}")
        return False


def _replace(path: Path, answer: dict[str, Any]) -> bool:
    """Put a body in the file's place, if it is as long as S3 says."""
    partial, size = path.with_name(f"{path.name}.part"), 0
    with partial.open("wb") as file:
        while piece := answer["Body"].read(PIECE):
            size += file.write(piece)
    if size != answer["ContentLength"]:
        raise OSError(f"{size} bytes came, of {answer['ContentLength']}")
    _about(path).unlink(missing_ok=True)  # between the next two steps neither is to be trusted
    partial.rename(path)
    _about(path).write_text(f"{answer['ETag']} {size}")
    return True


def _etag(path: Path) -> str:
    """ETag of a file that is there and whole, else "".

    /tmp outlives a process that was ended in the middle of its work.
    """
    try:
        etag, size = _about(path).read_text().split(" ")
        return etag if path.stat().st_size == int(size) else ""
    except (OSError, ValueError):
        return ""


def _about(path: Path) -> Path:
    return path.with_name(f"{path.name}.etag")


def _tell(what: str) -> None:
    logger.warning(f"not fetched from the GeoIP bucket, what is at hand stays: {what}")
    emit({"DownloadErrorCount": 1}, cause="loader")
