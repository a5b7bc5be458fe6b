"""The GeoLite2 databases to measure with: City as it is, ASN made here.

City is that of the development package maxminddb-geolite2 (2018). ASN has an owner for seven of
eight /16 networks.
"""

import importlib.util
import sys
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from bench.corpora.pools import FIRST_BYTES


def write(folder: Path) -> None:
    """Put both databases into the folder, under the names that the loader expects."""
    package = importlib.util.find_spec("_maxminddb_geolite2")
    assert package and package.origin
    city = Path(package.origin).with_name("GeoLite2-City.mmdb")
    (folder / city.name).symlink_to(city)
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-ASN")
    for number, first in enumerate(FIRST_BYTES):
        for second in range(256):
            if second % 8:
                owner = 1_000 + number * 256 + second
                network = IPSet([f"{first}.{second}.0.0/16"])
                name = f"EXAMPLE-NETWORK-{owner}"
                writer.insert_network(
                    network,
                    {"autonomous_system_number": owner, "autonomous_system_organization": name},
                )
    writer.to_db_file(str(folder / "GeoLite2-ASN.mmdb"))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
