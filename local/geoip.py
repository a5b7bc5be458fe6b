"""Puts GeoLite2 databases and a list of bad domains into the GeoIP bucket, where geoip_downloader
would put them.

Both databases are small ones made here, of the networks in the sample logs: the documentation
ranges have a place and an owner here, invented ones, and in no real database.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from local.stack import Stack

PREFIX = "GeoLite2/"
LIST = "AddressLists/known_bad.txt"
LISTED = "# what the sample logs meet\nbad.example\n"
# ISO code, country, town, latitude, longitude.
PLACES = {
    "192.0.2.0/24": ("JP", "Japan", "Tokyo", 35.7, 139.7),
    "198.51.100.0/24": ("NO", "Norway", "Oslo", 59.9, 10.8),
    "203.0.113.0/24": ("JP", "Japan", "Osaka", 34.7, 135.5),
    "1.1.1.0/24": ("AU", "Australia", "Sydney", -33.9, 151.2),
    "8.8.4.0/24": ("US", "United States", "Ashburn", 39.0, -77.5),
    "8.8.8.0/24": ("US", "United States", "Ashburn", 39.0, -77.5),
    "9.9.9.0/24": ("US", "United States", "Berkeley", 37.9, -122.3),
    "208.67.222.0/24": ("US", "United States", "San Jose", 37.3, -121.9),
    "2001:4860::/32": ("US", "United States", "Ashburn", 39.0, -77.5),
}
OWNERS = {
    "192.0.2.0/24": (64496, "Example Broadband"),
    "198.51.100.0/24": (64497, "Example Hosting"),
    "203.0.113.0/24": (64498, "Example Mobile"),
    "1.1.1.0/24": (13335, "CLOUDFLARENET"),
    "8.8.4.0/24": (15169, "GOOGLE"),
    "8.8.8.0/24": (15169, "GOOGLE"),
    "9.9.9.0/24": (19281, "QUAD9-AS-1"),
    "208.67.222.0/24": (36692, "OPENDNS"),
    "2001:4860::/32": (15169, "GOOGLE"),
}


def upload(stack: Stack) -> None:
    """Upload City, ASN, and the list."""
    bucket = stack.deployment.buckets["geo"]
    for name, content in (("City", city_database()), ("ASN", asn_database())):
        stack.s3.put_object(Bucket=bucket, Key=f"{PREFIX}GeoLite2-{name}.mmdb", Body=content)
    stack.s3.put_object(Bucket=bucket, Key=LIST, Body=LISTED.encode())


def city_database() -> bytes:
    """Return a GeoLite2-City database of the networks in the sample logs."""
    entries = {
        network: {
            "city": {"names": {"en": town}},
            "country": {"iso_code": code, "names": {"en": country}},
            "location": {"latitude": latitude, "longitude": longitude},
        }
        for network, (code, country, town, latitude, longitude) in PLACES.items()
    }
    return _database("GeoLite2-City", entries)


def asn_database() -> bytes:
    """Return a GeoLite2-ASN database of the networks in the sample logs."""
    entries = {
        network: {"autonomous_system_number": number, "autonomous_system_organization": name}
        for network, (number, name) in OWNERS.items()
    }
    return _database("GeoLite2-ASN", entries)


def _database(kind: str, entries: Mapping[str, Mapping[str, Any]]) -> bytes:
    writer = MMDBWriter(
        ip_version=6,
        ipv4_compatible=True,
        database_type=kind,
        description="Networks of the sample logs",
    )
    for network, entry in entries.items():
        writer.insert_network(IPSet([network]), dict(entry))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "database.mmdb"
        writer.to_db_file(str(file))
        return file.read_bytes()
