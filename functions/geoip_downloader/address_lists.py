"""Brings one list of bad addresses up to date: download, read, put.

What is put has one address or network a line, sorted, each once, whatever the list was: plain text
(Tor: https://check.torproject.org/torbulkexitlist), CSV (abuse.ch: https://feodotracker.abuse.ch/blocklist/),
or lines with an address among other words (Tor's exit-addresses).
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from common.telemetry import logger
from geoip_downloader import bucket
from geoip_downloader.bucket import Kept
from geoip_downloader.databases import Outcome
from geoip_downloader.errors import DownloadError
from geoip_downloader.web import Request, Web

PREFIX = "AddressLists/"
MOST_BYTES = 50 * 1024 * 1024
WORDS = re.compile(r"[^\s,;|\"']+")
# A list that names half of the Internet is a mistake of its maker.
WIDEST = {4: 8, 6: 19}

Network = IPv4Network | IPv6Network


def update(web: Web, s3: Any, bucket_name: str, name: str, url: str) -> Outcome:
    """Replace the list in the bucket if it has changed; DownloadError: it is what it was."""
    key = f"{PREFIX}{name}.txt"
    old = bucket.kept(s3, bucket_name, key)
    with tempfile.TemporaryDirectory() as folder:
        text, sorted_list = Path(folder, "text"), Path(folder, "list")
        version = web.download(Request(name, url), text, MOST_BYTES, old.version)
        if version is None:
            return "unchanged"
        with text.open(encoding="utf-8", errors="replace") as lines:
            found = networks(name, lines)
        content = "".join(f"{_text(each)}\n" for each in found).encode()
        sorted_list.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        bucket.put(s3, bucket_name, key, sorted_list, Kept(version), sha256)
    logger.info(f"list of bad addresses updated, networks: {len(found)}", extra={"list": name})
    return "updated"


def networks(name: str, lines: Iterable[str]) -> list[Network]:
    """The public networks in a list, sorted, each once: of a line the first one that it names.

    Lines that begin with `#` or `;` say nothing. A list of nothing but such lines, and a header, is
    empty: so is Feodo Tracker's at times. Raises DownloadError for a text that names no address.
    """
    found: set[Network] = set()
    unreadable = 0
    for line in lines:
        if not line.strip() or line.lstrip()[0] in "#;":
            continue
        network = _first(line)
        if network is None:
            unreadable += 1
        elif network.is_global and network.prefixlen >= WIDEST[network.version]:
            found.add(network)
    if not found and unreadable > 1:
        raise DownloadError("list", f"{name}: no address in any of its {unreadable} lines")
    return sorted(found, key=lambda each: (each.version, each.network_address, each.prefixlen))


def _first(line: str) -> Network | None:
    for word in WORDS.findall(line):
        if "." in word or ":" in word:
            try:
                return ip_network(word, strict=False)
            except ValueError:
                continue
    return None


def _text(network: Network) -> str:
    one = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if one else str(network)
