"""The City database of the development package."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def city_database() -> Path:
    """GeoLite2 City of 2018, with records of 28 bits."""
    package = importlib.util.find_spec("_maxminddb_geolite2")
    assert package and package.origin
    return Path(package.origin).with_name("GeoLite2-City.mmdb")
