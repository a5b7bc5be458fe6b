"""Brings one list of bad addresses and domains up to date: download, read, put.

What is put has one address, network or domain a line, sorted, each once, whatever the list was.
"""

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from common import list_files
from common.indicators import Indicator, Network, is_usable, of_line
from common.telemetry import logger
from geoip_downloader import bucket
from geoip_downloader.bucket import Kept
from geoip_downloader.databases import Outcome
from geoip_downloader.errors import DownloadError
from geoip_downloader.web import Request, Web

PREFIX = "AddressLists/"
MOST_BYTES = 50 * 1024 * 1024


def update(web: Web, s3: Any, bucket_name: str, name: str, url: str) -> Outcome:
    """Replace the list in the bucket if it has changed; DownloadError: it is what it was."""
    key = f"{PREFIX}{name}.txt"
    old = bucket.kept(s3, bucket_name, key)
    with tempfile.TemporaryDirectory() as folder:
        text, sorted_list = Path(folder, "text"), Path(folder, "list")
        version = web.download(Request(name, url), text, MOST_BYTES, old.version)
        if version is None:
            return "unchanged"
        try:
            found = indicators(name, list_files.lines(text))
        except OSError as error:
            raise DownloadError("list", f"{name}: {error}") from None
        content = "".join(f"{each}\n" for each in found).encode()
        sorted_list.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        bucket.put(s3, bucket_name, key, sorted_list, Kept(version), sha256)
    logger.info(f"list of bad addresses updated, entries: {len(found)}", extra={"list": name})
    return "updated"


def indicators(name: str, lines: Iterable[str]) -> list[Indicator]:
    """The public networks in a list and then the domains, each once and sorted.

    A list of nothing but comments, and a header, is empty: so is Feodo Tracker's at times. Raises
    DownloadError for a text that names nothing.
    """
    networks: set[Network] = set()
    domains: set[str] = set()
    unreadable = 0
    for line in lines:
        found = of_line(line)
        if not found and line.strip() and line.lstrip()[0] not in "#;!":
            unreadable += 1
        for each in found:
            if isinstance(each, str):
                domains.add(each)
            elif is_usable(each):
                networks.add(each)
    if not networks and not domains and unreadable > 1:
        raise DownloadError("list", f"{name}: no address in any of its {unreadable} lines")
    return [*sorted(networks), *sorted(domains)]
