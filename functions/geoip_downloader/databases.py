"""Brings one GeoLite2 database up to date: download, check, unpack, probe, put.

https://dev.maxmind.com/geoip/updating-databases (direct downloads)
"""

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from geoip_downloader import archive, bucket
from geoip_downloader.bucket import Kept
from geoip_downloader.credentials import Credentials
from geoip_downloader.errors import DownloadError
from geoip_downloader.probe import probe
from geoip_downloader.web import UNKNOWN, Request, Version, Web

EDITIONS = ("GeoLite2-City", "GeoLite2-Country", "GeoLite2-ASN")
PREFIX = "GeoLite2/"
MOST_BYTES = 200 * 1024 * 1024  # of an archive; City's has 35 MB
MOST_CHECKSUM_BYTES = 1024
CHECKSUM = re.compile(r"([0-9a-fA-F]{64})\b")

Outcome = Literal["updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where databases come from and go to."""

    web: Web
    s3: Any
    bucket: str
    maxmind: str
    credentials: Credentials


def update(source: Source, edition: str) -> Outcome:
    """Replace the database in the bucket if MaxMind has a newer one; return what was done.

    Raises DownloadError: then the one in the bucket is what it was.
    """
    key = _key(edition)
    old = bucket.kept(source.s3, source.bucket, key)
    with tempfile.TemporaryDirectory() as folder:
        packed, database = Path(folder, "archive"), Path(folder, "database")
        version = _download(source, edition, "tar.gz", packed, MOST_BYTES, old.version)
        if version is None:
            return "unchanged"
        _verify(source, edition, packed, Path(folder, "checksum"))
        archive.extract(packed, f"{edition}.mmdb", database)
        packed.unlink()  # /tmp has to hold only one of the two while it is put
        epoch = probe(database, edition)
        if epoch < old.built:
            raise DownloadError(
                "database",
                f"{edition}.mmdb: the database is older than the one in the bucket:"
                f" {epoch} < {old.built}",
            )
        new = Kept(version, epoch)
        bucket.put(source.s3, source.bucket, key, database, new, _sha256(database))
    return "updated"


def built(s3: Any, bucket_name: str, edition: str) -> int:
    """When the database in the bucket was built, seconds since 1970; 0 where that is not known."""
    try:
        return bucket.kept(s3, bucket_name, _key(edition)).built
    except DownloadError:
        return 0


def _key(edition: str) -> str:
    return f"{PREFIX}{edition}.mmdb"


def _download(
    source: Source,
    edition: str,
    suffix: str,
    target: Path,
    most_bytes: int,
    known: Version = UNKNOWN,
) -> Version | None:
    request = request_of(source.maxmind, source.credentials, edition, suffix)
    return source.web.download(request, target, most_bytes, known)


def request_of(maxmind: str, credentials: Credentials, edition: str, suffix: str) -> Request:
    """The request for a database's archive (suffix tar.gz) or checksum (tar.gz.sha256)."""
    name = f"{edition}.{suffix}"
    if not credentials.account:
        query = {"edition_id": edition, "license_key": credentials.key, "suffix": suffix}
        return Request(name, f"{maxmind}/app/geoip_download?{urlencode(query)}")
    url = f"{maxmind}/geoip/databases/{edition}/download?{urlencode({'suffix': suffix})}"
    return Request(name, url, f"{credentials.account}:{credentials.key}")


def _verify(source: Source, edition: str, packed: Path, checksum: Path) -> None:
    _download(source, edition, "tar.gz.sha256", checksum, MOST_CHECKSUM_BYTES)
    expected = CHECKSUM.match(checksum.read_text("ascii", "replace"))
    found = _sha256(packed)
    if expected is None or expected[1].lower() != found:
        said = expected[1].lower() if expected else "no checksum"
        raise DownloadError(
            "checksum", f"{edition}.tar.gz: its SHA-256 is to be {said}, but is: {found}"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
