"""Looks into a database before it takes the place of another."""

import time
from collections.abc import Callable
from pathlib import Path

from geoip2.database import Reader
from geoip2.errors import AddressNotFoundError
from maxminddb import InvalidDatabaseError

from geoip_downloader.errors import DownloadError

# Public resolvers: every edition has known them for years.
ADDRESSES = ("8.8.8.8", "1.1.1.1", "9.9.9.9", "2001:4860:4860::8888")
DAY = 86400


def probe(path: Path, edition: str) -> int:
    """Return when the database was built, seconds since 1970; DownloadError if it is no good.

    edition   GeoLite2-City, GeoLite2-Country or GeoLite2-ASN
    """
    try:
        with Reader(path) as reader:
            about = reader.metadata()
            if about.database_type != edition:
                raise _error(edition, f"is another one: {about.database_type}")
            if about.build_epoch > time.time() + DAY:
                raise _error(edition, f"is built in the future: {about.build_epoch}")
            if not any(_knows(LOOKUPS[edition], reader, address) for address in ADDRESSES):
                raise _error(edition, f"knows none of: {', '.join(ADDRESSES)}")
            return about.build_epoch
    except (InvalidDatabaseError, OSError, ValueError, TypeError, AttributeError) as error:
        raise _error(edition, f"cannot be read ({type(error).__name__})") from None


def _city(reader: Reader, address: str) -> object:
    found = reader.city(address)
    return found.country.iso_code or found.registered_country.iso_code


def _country(reader: Reader, address: str) -> object:
    found = reader.country(address)
    return found.country.iso_code or found.registered_country.iso_code


def _asn(reader: Reader, address: str) -> object:
    return reader.asn(address).autonomous_system_number


LOOKUPS: dict[str, Callable[[Reader, str], object]] = {
    "GeoLite2-City": _city,
    "GeoLite2-Country": _country,
    "GeoLite2-ASN": _asn,
}


def _knows(look_up: Callable[[Reader, str], object], reader: Reader, address: str) -> bool:
    try:
        return bool(look_up(reader, address))
    except AddressNotFoundError:
        return False


def _error(edition: str, what: str) -> DownloadError:
    return DownloadError("database", f"{edition}.mmdb: the database {what}")
