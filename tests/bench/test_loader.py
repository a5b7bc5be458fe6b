"""The documents that are timed are those that `siem parse` prints, and that golden tests check."""

import io
import json
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from bench import loader
from bench.corpora import CORPORA
from es_loader import cli
from es_loader.decode import LogTypes
from es_loader.log_type_file import load_all

RECORDS = 300
GEO = ("geo", "as")
each_corpus = pytest.mark.parametrize("name", CORPORA)
LOG_TYPES = LogTypes(load_all())


@pytest.fixture
def packed(name: str, tmp_path: Path) -> Path:
    """A short object of the corpus."""
    file = tmp_path / "object"
    with file.open("wb") as out:
        CORPORA[name].pack(RECORDS, out)
    return file


@each_corpus
def test_the_documents_are_those_of_siem_parse(
    name: str,
    packed: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = CORPORA[name].key
    modified = "2026-11-24T20:25:00Z"
    command = ["siem", "parse", "--key", key, "--modified", modified, "--meta", str(packed)]
    monkeypatch.setattr(sys, "argv", command)
    assert cli.main() == 0
    printed = capfdbinary.readouterr().out.splitlines()
    actions, documents = bulk(name, packed, None)
    assert len(printed) == RECORDS
    for line, action, document in zip(printed, actions, documents, strict=True):
        target = action["create"]
        meta = f'{{"_index":"{target["_index"]}","_id":"{target["_id"]}",'.encode()
        assert ingested_anew(line) == meta + document[1:]


@each_corpus
def test_geoip_adds_places_and_owners_and_nothing_else(
    name: str, packed: Path, databases: Path
) -> None:
    plain = [json.loads(document) for document in bulk(name, packed, None)[1]]
    located = [json.loads(document) for document in bulk(name, packed, databases)[1]]
    if any(has_public_end(document, LOG_TYPES.by_name[name].geoip) for document in plain):
        assert located != plain
    assert [without_geo(document) for document in located] == list(map(without_geo, plain))


def bulk(name: str, file: Path, databases: Path | None) -> tuple[list[Any], list[bytes]]:
    """Actions and documents of the bulk bodies of an object."""
    normalizer = loader.normalizer(LOG_TYPES, databases)
    context = loader.context(CORPORA[name].key, "local")
    packed = io.BytesIO(file.read_bytes())
    bodies = [body for _, body in loader.bodies(normalizer, packed, context)]
    lines = b"".join(bodies).splitlines()
    return [json.loads(line) for line in lines[::2]], lines[1::2]


def ingested_anew(line: bytes) -> bytes:
    """The document as if it had been made when the benchmark's are."""
    ingested = json.loads(line)["event"]["ingested"].encode()
    assert line.count(ingested) == 1
    return line.replace(ingested, loader.INGESTED.encode())


def has_public_end(document: Any, entities: tuple[str, ...]) -> bool:
    """Whether one of these entities has an address that a database may know."""
    for entity in entities:
        found = document
        for key in entity.split("."):
            found = found.get(key, {})
        addresses = found.get("ip", [])
        for address in addresses if isinstance(addresses, list) else [addresses]:
            if ip_address(address).is_global:
                return True
    return False


def without_geo(value: Any) -> Any:
    """A document without any place and owner; an object that had nothing else is gone too."""
    if not isinstance(value, dict):
        return value
    members = {key: without_geo(member) for key, member in value.items() if key not in GEO}
    return {key: member for key, member in members.items() if member != {}}
