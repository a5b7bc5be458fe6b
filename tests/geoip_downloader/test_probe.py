"""Databases that must not take the place of a good one."""

import time
from pathlib import Path

import pytest

from geoip_downloader.errors import DownloadError
from geoip_downloader.probe import probe
from tests.geoip_downloader.maxmind import EDITIONS, database


def look(folder: Path, content: bytes, edition: str = "GeoLite2-City") -> int:
    path = folder / "database"
    path.write_bytes(content)
    return probe(path, edition)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_good_database_tells_when_it_was_built(tmp_path: Path, edition: str) -> None:
    assert look(tmp_path, database(edition, 1_795_000_000), edition) == 1_795_000_000


def test_another_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError) as raised:
        look(tmp_path, database("GeoLite2-Country"))
    assert str(raised.value) == (
        "GeoLite2-City.mmdb: the database is another one: GeoLite2-Country"
    )


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.95])
def test_a_half_written_database_is_refused(tmp_path: Path, part: float) -> None:
    content = database("GeoLite2-City")
    with pytest.raises(DownloadError, match="the database cannot be read"):
        look(tmp_path, content[: int(len(content) * part)])


def test_a_database_whose_head_is_lost_is_refused(tmp_path: Path) -> None:
    content = database("GeoLite2-City")
    with pytest.raises(DownloadError, match=r"GeoLite2-City\.mmdb: the database "):
        look(tmp_path, content[len(content) // 2 :])


def test_a_database_that_knows_nothing_is_refused(tmp_path: Path) -> None:
    empty = database("GeoLite2-City", record={"city": {"names": {"en": "x"}}})
    with pytest.raises(DownloadError, match=r"the database knows none of: 8\.8\.8\.8, "):
        look(tmp_path, empty)


def test_a_database_of_the_future_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="the database is built in the future: "):
        look(tmp_path, database("GeoLite2-City", int(time.time()) + 10 * 86400))
