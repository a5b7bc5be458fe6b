"""Place and network owner of an address, from the GeoLite2 databases.

Source: https://dev.maxmind.com/geoip/docs/databases (City and ASN, MaxMind DB format).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from msgspec import Raw

from es_loader.enrich.mmdb import Database
from es_loader.memo import Place

FILES = ("GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb")


class GeoIp:
    """Open databases: City, ASN, or both."""

    def __init__(self, folder: Path) -> None:
        city, asn = (folder / name for name in FILES)
        self._city = Database(city, _geo) if city.exists() else None
        self._asn = Database(asn, _as) if asn.exists() else None

    @property
    def empty(self) -> bool:
        """Whether there is no database at all."""
        return self._city is None and self._asn is None

    def locate(self, address: str) -> Place:
        """(geo, as) of an address as JSON, each None where nothing is known."""
        return (
            self._city.find(address) if self._city else None,
            self._asn.find(address) if self._asn else None,
        )


def databases(
    locate: Callable[[str], Place] | None,
) -> tuple[Database | None, Database | None] | None:
    """City and ASN where they are all that a `locate` looks into; None where it is another one."""
    if locate is None:
        return None, None
    found = getattr(locate, "__self__", None)
    return (found._city, found._asn) if isinstance(found, GeoIp) else None


def _geo(place: Any) -> Raw | None:
    if not isinstance(place, dict):
        return None
    country, location = place.get("country", {}), place.get("location", {})
    region = (place.get("subdivisions") or [{}])[0]
    code = region.get("iso_code")
    geo = {
        "city_name": _name(place.get("city")),
        "continent_code": place.get("continent", {}).get("code"),
        "country_iso_code": country.get("iso_code"),
        "country_name": _name(country),
        "region_iso_code": code and f"{country.get('iso_code', '')}-{code}",
        "region_name": _name(region),
    }
    geo = {name: value for name, value in geo.items() if value}
    if "latitude" in location and "longitude" in location:
        geo["location"] = {"lat": location["latitude"], "lon": location["longitude"]}
    return Raw(orjson.dumps(geo)) if geo else None


def _as(owner: Any) -> Raw | None:
    number = owner.get("autonomous_system_number") if isinstance(owner, dict) else None
    if number is None:
        return None
    name = owner.get("autonomous_system_organization")
    return Raw(
        orjson.dumps({"number": number} | ({"organization": {"name": name}} if name else {}))
    )


def _name(place: Mapping[str, Any] | None) -> Any:
    return (place or {}).get("names", {}).get("en")
