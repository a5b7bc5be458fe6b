"""The databases of the benchmark."""

from pathlib import Path

import pytest

from bench import geoip


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with GeoLite2 City and ASN."""
    folder = tmp_path_factory.mktemp("geoip")
    geoip.write(folder)
    return folder
