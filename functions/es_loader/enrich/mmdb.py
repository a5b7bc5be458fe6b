"""Looks addresses up in a MaxMind DB, and decodes each record of it once.

Many addresses share a record, and decoding one costs far more than finding it: the search tree is
walked here, what a record says is kept by its place in the file, and the library decodes the rest.

Source: https://maxmind.github.io/MaxMind-DB/ (version 2.0, binary search tree section).
"""

import mmap
from collections.abc import Callable
from pathlib import Path
from socket import AF_INET, inet_pton
from typing import Any

import maxminddb
from msgspec import Raw

MOST = 16_384
Render = Callable[[Any], Raw | None]


class Database:
    """An open database; `render` makes JSON of a record."""

    def __init__(self, path: Path, render: Render) -> None:
        self.path, self._reader = path, maxminddb.open_database(path)
        with path.open("rb") as file:
            self._tree = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        metadata = self._reader.metadata()
        self._render, self._nodes = render, metadata.node_count
        self._size = metadata.record_size
        # Number of nodes, bits of half a node, version of IP.
        self.layout = metadata.node_count, metadata.record_size, metadata.ip_version
        self._root = self._walk(0, 0, 96) if metadata.ip_version == 6 else 0
        self._starts: dict[int, int] = {}  # first 16 bits -> node or record
        self._known: dict[int, Raw | None] = {}  # record -> its JSON

    def find(self, address: str) -> Raw | None:
        """JSON of what is known of an address (text of IPv4 or IPv6), or None."""
        if ":" in address:
            return self._render(self._reader.get(address))
        number = int.from_bytes(inet_pton(AF_INET, address), "big")
        record = self._starts.get(number >> 16)
        if record is None:
            record = self._starts[number >> 16] = self._walk(self._root, number >> 16, 16)
        if record < self._nodes:
            record = self._walk(record, number & 0xFFFF, 16)
        if record <= self._nodes:
            return None
        if record not in self._known:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[record] = self._render(self._reader.get(address))
        return self._known[record]

    def _walk(self, node: int, number: int, bits: int) -> int:
        """The node or record that `bits` bits of a number lead to; a node is below the node count,
        the node count itself stands for "nothing", above it are records."""
        tree, nodes, size = self._tree, self._nodes, self._size
        width = size // 4
        mask = (1 << size) - 1
        for bit in range(bits - 1, -1, -1):
            if node >= nodes:
                break
            both = int.from_bytes(tree[node * width : node * width + width], "big")
            right = number >> bit & 1
            if size != 28:
                node = both & mask if right else both >> size
            elif right:
                node = both & 0xFFFFFFF
            else:  # the middle byte has the high bits of both
                node = both >> 32 | (both >> 4 & 0xF000000)
        return node
