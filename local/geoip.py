"""Puts GeoLite2 databases into the GeoIP bucket, where geoip_downloader would put them.

City comes from the development package maxminddb-geolite2; ASN is a small one made here.
"""

import importlib.util
import tempfile
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from local.process import say
from local.stack import Stack

PREFIX = "GeoLite2/"
OWNERS = {
    "1.1.1.0/24": (13335, "CLOUDFLARENET"),
    "8.8.4.0/24": (15169, "GOOGLE"),
    "8.8.8.0/24": (15169, "GOOGLE"),
    "9.9.9.0/24": (19281, "QUAD9-AS-1"),
    "208.67.222.0/24": (36692, "OPENDNS"),
    "2001:4860::/32": (15169, "GOOGLE"),
}


def upload(stack: Stack) -> None:
    """Upload City, if its package is installed, and ASN."""
    bucket = stack.deployment.buckets["geo"]
    if package := importlib.util.find_spec("_maxminddb_geolite2"):
        assert package.origin is not None
        city = Path(package.origin).with_name("GeoLite2-City.mmdb")
        stack.s3.upload_file(str(city), bucket, f"{PREFIX}{city.name}")
    else:
        say("GeoIP: no city names, because the package maxminddb-geolite2 is not installed")
    stack.s3.put_object(Bucket=bucket, Key=f"{PREFIX}GeoLite2-ASN.mmdb", Body=asn_database())


def asn_database() -> bytes:
    """Return a GeoLite2-ASN database of the well-known networks in the sample logs."""
    writer = MMDBWriter(
        ip_version=6,
        ipv4_compatible=True,
        database_type="GeoLite2-ASN",
        description="Networks of the sample logs",
    )
    for network, (number, name) in OWNERS.items():
        writer.insert_network(
            IPSet([network]),
            {"autonomous_system_number": number, "autonomous_system_organization": name},
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asn.mmdb"
        writer.to_db_file(str(file))
        return file.read_bytes()
