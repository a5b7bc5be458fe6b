"""The walk of a MaxMind DB finds what the library finds, whatever the size of its records."""

import io
from pathlib import Path
from random import Random

import maxminddb
import orjson
import pytest
from mmdb_writer import MMDBWriter
from msgspec import Raw
from netaddr import IPSet

from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.enrich.geoip import GeoIp
from es_loader.enrich.mmdb import Database
from es_loader.fetch import Stream
from es_loader.log_type_file import load_all
from es_loader.normalize import Normalizer

NETWORKS = {
    "192.0.2.0/24": "documentation",
    "198.51.100.128/25": "half of one",
    "203.0.113.7/32": "a single address",
    "64.0.0.0/4": "a large one",
    "2001:db8::/32": "version 6",
}


def written(path: Path, version: int = 6) -> Path:
    """A database with a text for each network."""
    writer = MMDBWriter(ip_version=version, ipv4_compatible=version == 6, database_type="Test")
    for network, text in NETWORKS.items():
        if version == 6 or ":" not in network:
            writer.insert_network(IPSet([network]), {"text": text})
    writer.to_db_file(str(path))
    return path


def rendered(record: object) -> Raw | None:
    return Raw(orjson.dumps(record)) if record else None


@pytest.mark.parametrize("version", [4, 6])
def test_it_finds_what_the_library_finds(version: int, tmp_path: Path) -> None:
    path = written(tmp_path / "test.mmdb", version)
    library = maxminddb.open_database(path)
    database = Database(path, rendered)
    random = Random(1)
    addresses = ["192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0", "198.51.100.127"]
    addresses += ["198.51.100.128", "203.0.113.6", "203.0.113.7", "203.0.113.8", "79.255.255.255"]
    addresses += ["0.0.0.0", "255.255.255.255", "10.0.0.1"]
    addresses += [".".join(str(random.randrange(256)) for _ in range(4)) for _ in range(500)]
    if version == 6:
        addresses += ["2001:db8::1", "2001:db9::1", "::1"]
    for address in [*addresses, *addresses]:
        assert database.find(address) == rendered(library.get(address)), address


def test_the_real_city_database_is_read_as_the_library_reads_it(city_database: Path) -> None:
    library, database = maxminddb.open_database(city_database), Database(city_database, rendered)
    random = Random(2)
    for _ in range(2000):
        address = ".".join(str(random.randrange(1, 224)) for _ in range(4))
        assert database.find(address) == rendered(library.get(address)), address


def test_a_place_and_an_owner_stand_in_the_document(tmp_path: Path) -> None:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-ASN")
    owner = {"autonomous_system_number": 64500, "autonomous_system_organization": 'Ex"ample'}
    writer.insert_network(IPSet(["203.0.113.0/24"]), owner)
    writer.to_db_file(str(tmp_path / "GeoLite2-ASN.mmdb"))
    databases = GeoIp(tmp_path)
    assert not databases.empty
    log_type = load_all()["vpc_flow"]
    normalizer = Normalizer(LogTypes({"vpc_flow": log_type}), databases.locate)
    line = b"2 111122223333 eni-0a 203.0.113.9 10.0.0.1 1 2 6 1 1 1795546873 1795546874 ACCEPT OK\n"
    context = Context("bucket", "key", "hash", 1_795_546_875_000, "2026-11-24T19:01:15.000Z")
    (found,) = normalizer.run(Stream(io.BytesIO(line)), context, log_type, forced=True)
    assert isinstance(found, tuple)
    document = orjson.loads(found[5])
    assert document["source"]["as"] == {"number": 64500, "organization": {"name": 'Ex"ample'}}
    assert "as" not in document["destination"]
