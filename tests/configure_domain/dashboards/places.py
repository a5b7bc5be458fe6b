"""A GeoIP of the documentation networks that samples are made of: countries and owners invented."""

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from es_loader.enrich.geoip import FILES, GeoIp

NETWORKS = {
    "192.0.2.0/24": ("JP", "Japan", "Tokyo", 35.7, 139.7, 64496, "Example Broadband"),
    "198.51.100.0/24": ("NO", "Norway", "Oslo", 59.9, 10.8, 64497, "Example Hosting"),
    "203.0.113.0/24": ("DE", "Germany", "Berlin", 52.5, 13.4, 64498, "Example Cloud"),
    "2001:db8::/32": ("BR", "Brazil", "Recife", -8.1, -34.9, 64499, "Example Telecom"),
}


def geoip(folder: Path) -> GeoIp:
    """The databases, written into the folder."""
    writers = [
        MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=file.removesuffix(".mmdb"))
        for file in FILES
    ]
    for network, (code, country, town, lat, lon, number, owner) in NETWORKS.items():
        place = {
            "city": {"names": {"en": town}},
            "country": {"iso_code": code, "names": {"en": country}},
            "location": {"latitude": lat, "longitude": lon},
        }
        named = {"autonomous_system_number": number, "autonomous_system_organization": owner}
        for writer, value in zip(writers, (place, named), strict=True):
            writer.insert_network(IPSet([network]), value)
    for file, writer in zip(FILES, writers, strict=True):
        writer.to_db_file(str(folder / file))
    return GeoIp(folder)
