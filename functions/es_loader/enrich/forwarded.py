"""Who sent a request that came through proxies: X-Forwarded-For as far as trusted ones wrote it.

Each proxy adds at the end who connected to it, and whoever sends a request can begin the list with
anything: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from common.indicators import BITS, Network, network, unmapped
from common.web import forwarded_addresses
from es_loader import guard
from es_loader.log_type import LogType, Path_

MOST = 4096  # addresses that are remembered


class Trusted(dict[str, bool]):
    """address -> whether it is one of a trusted proxy, or of a network of them."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    def __missing__(self, address: str) -> bool:
        found = network(address) if guard.is_ip(address) else None
        if found is None:
            return False  # and not remembered: it may be long
        if len(self) >= MOST:
            self.clear()
        trusted = self[address] = any(_has(each, unmapped(found)) for each in self._networks)
        return trusted

    def client(self, chain: Sequence[str]) -> str | None:
        """The last address that no trusted proxy has, or the first where all are trusted; None
        where that is no address."""
        first = chain[0] if chain else ""
        client = next((each for each in reversed(chain) if not self[each]), first)
        return client if guard.is_ip(client) else None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Tells the sender in the documents of a log type that has such lists.

    columns   names of the columns, None for JSON
    parse     raw record -> the record, as the general way reads it
    """

    log_type: LogType
    columns: Sequence[str] | None
    trusted: Trusted
    parse: Callable[[Any], Any]

    def document(self, raw: Any, text: bytes, again: Callable[[Any, bool | None], bytes]) -> bytes:
        """The document with the sender that can be believed, if the record tells one.

        raw     the record, of which `text` is the document so far
        again   makes the document of a record that was changed; True: bytes were replaced in it
        """
        field = self.log_type.forwarded
        if b'"%b":' % field.rpartition(".")[2].encode() not in text:
            return text
        before = orjson.loads(text)
        header = _value(before, field)
        client = self.trusted.client(forwarded_addresses(header)) if type(header) is str else None
        if client is None:
            return text
        source = _value(before, "source.ip")
        through = type(source) is str and self.trusted[source]
        document = before
        if changes := self._changes(client, through):
            record = self.parse(raw)
            for path, value in changes.items():
                record = self._with(record, path, value)
            document = orjson.loads(again(record, _value(before, "siem.encoding_repaired")))
        if through:
            document["source"].pop("port", None)  # that of the proxy
        document.setdefault("network", {})["forwarded_ip"] = client
        related = [*_list(_value(document, "related.ip")), *_list(_value(before, "related.ip"))]
        document.setdefault("related", {})["ip"] = list(dict.fromkeys([client, *related]))
        return orjson.dumps(document)

    def _changes(self, client: str, through: bool) -> dict[Path_, str]:
        """Source path -> the value that it should have. What the first address of the list gives
        is not believed either."""
        mapping = self.log_type.mapping
        first, *others = mapping["network.forwarded_ip"].paths or (None,)
        changes = dict.fromkeys(others, "") | ({first: client} if first else {})
        return changes | (dict.fromkeys(mapping["source.ip"].paths, client) if through else {})

    def _with(self, record: Any, path: Path_, value: str) -> Any:
        """The record with another value at a path that it has."""
        if self.columns is not None:
            return [
                value if (name,) == path else old
                for name, old in zip(self.columns, record, strict=False)
            ]
        node = record
        for key in path[:-1]:
            node = node[key] if _has_key(node, key) else None
        if _has_key(node, path[-1]):
            node[path[-1]] = value
        return record


def _has_key(node: Any, key: str | int) -> bool:
    if type(key) is int:
        return type(node) is list and key < len(node)
    return type(node) is dict and key in node


def _has(around: Network, one: Network) -> bool:
    if around.version != one.version:
        return False
    rest = BITS[one.version] - around.prefix
    return one.number >> rest == around.number >> rest


def _value(document: Any, name: str) -> Any:
    for key in name.split("."):
        document = document.get(key) if type(document) is dict else None
    return document


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else [value] if value is not None else []
