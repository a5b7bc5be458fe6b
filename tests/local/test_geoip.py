"""The GeoIP databases of the laptop stack."""

from pathlib import Path

import maxminddb

from local import geoip
from local.stack import Stack


def test_the_asn_database_names_the_owner_of_an_address(tmp_path: Path) -> None:
    file = tmp_path / "asn.mmdb"
    file.write_bytes(geoip.asn_database())
    with maxminddb.open_database(file) as database:
        assert database.get("8.8.8.8") == {
            "autonomous_system_number": 15169,
            "autonomous_system_organization": "GOOGLE",
        }
        assert database.get("127.0.0.1") is None


def test_an_address_of_the_documentation_has_an_invented_place(tmp_path: Path) -> None:
    file = tmp_path / "city.mmdb"
    file.write_bytes(geoip.city_database())
    with maxminddb.open_database(file) as database:
        found = database.get("198.51.100.77")
        assert isinstance(found, dict)
        assert found["country"] == {"iso_code": "NO", "names": {"en": "Norway"}}


def test_both_databases_and_the_list_are_uploaded(stack: Stack) -> None:
    geoip.upload(stack)
    listed = stack.s3.list_objects_v2(Bucket=stack.deployment.buckets["geo"])["Contents"]
    assert [found["Key"] for found in listed] == [
        "AddressLists/known_bad.txt",
        "GeoLite2/GeoLite2-ASN.mmdb",
        "GeoLite2/GeoLite2-City.mmdb",
    ]
