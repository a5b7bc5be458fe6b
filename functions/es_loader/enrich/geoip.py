"""Place and network owner of an address, from the GeoLite2 databases.

Source: https://dev.maxmind.com/geoip/docs/databases (City and ASN, MaxMind DB format).
"""

import shutil
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import maxminddb

from es_loader.guard import quote

FILES = ("GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb")
PREFIX = "GeoLite2/"
FOLDER = Path("/tmp/geoip")  # noqa: S108  # the only place that Lambda lets a function write to


class GeoIp:
    """Open databases: City, ASN, or both."""

    def __init__(self, folder: Path) -> None:
        self._city, self._asn = (_open(folder / name) for name in FILES)

    @property
    def empty(self) -> bool:
        """Whether there is no database at all."""
        return self._city is None and self._asn is None

    def fragment(self, address: str) -> str:
        """`,"geo":{...},"as":{...}` of an address text, or "" where nothing is known of it."""
        if not ip_address(address).is_global:
            return ""
        place = self._city.get(address) if self._city else None
        owner = self._asn.get(address) if self._asn else None
        return (_geo(place) if isinstance(place, dict) else "") + (
            _as(owner) if isinstance(owner, dict) else ""
        )


def download(s3: Any, bucket: str, folder: Path = FOLDER) -> Path:
    """Copies the databases that the bucket has into `folder`, once per start of the function."""
    folder.mkdir(parents=True, exist_ok=True)
    found = s3.list_objects_v2(Bucket=bucket, Prefix=PREFIX).get("Contents", [])
    for item in found:
        name = item["Key"].removeprefix(PREFIX)
        path = folder / name
        if name in FILES and not (path.exists() and path.stat().st_size == item["Size"]):
            partial = path.with_suffix(".part")
            with partial.open("wb") as file:
                shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"], file)
            partial.rename(path)
    return folder


def _open(path: Path) -> Any:
    return maxminddb.open_database(path) if path.exists() else None


def _geo(place: Mapping[str, Any]) -> str:
    parts = []
    if name := _name(place.get("city")):
        parts.append(f'"city_name":{quote(name)}')
    if code := place.get("continent", {}).get("code"):
        parts.append(f'"continent_code":"{code}"')
    country = place.get("country", {})
    if code := country.get("iso_code"):
        parts.append(f'"country_iso_code":"{code}"')
    if name := _name(country):
        parts.append(f'"country_name":{quote(name)}')
    location = place.get("location", {})
    if "latitude" in location and "longitude" in location:
        parts.append(
            f'"location":{{"lat":{location["latitude"]},"lon":{location["longitude"]}}}'
        )
    if regions := place.get("subdivisions"):
        if code := regions[0].get("iso_code"):
            parts.append(f'"region_iso_code":"{country.get("iso_code", "")}-{code}"')
        if name := _name(regions[0]):
            parts.append(f'"region_name":{quote(name)}')
    return f',"geo":{{{",".join(parts)}}}' if parts else ""


def _as(owner: Mapping[str, Any]) -> str:
    number = owner.get("autonomous_system_number")
    if number is None:
        return ""
    name = owner.get("autonomous_system_organization")
    organization = f',"organization":{{"name":{quote(name)}}}' if name else ""
    return f',"as":{{"number":{number}{organization}}}'


def _name(place: Mapping[str, Any] | None) -> str:
    return (place or {}).get("names", {}).get("en", "")
