"""Downloads, from servers on this machine."""

import base64
from pathlib import Path

import pytest

from geoip_downloader.errors import DownloadError
from geoip_downloader.web import Request, Version, Web, is_safe
from tests.geoip_downloader.maxmind import ACCOUNT, KEY, SIGNATURE, Answer, MaxMind

NAME = "GeoLite2-City.tar.gz"


@pytest.fixture
def slept() -> list[float]:
    """The pauses that were made."""
    return []


@pytest.fixture
def web(slept: list[float]) -> Web:
    return Web(slept.append)


def request(maxmind: MaxMind) -> Request:
    path = "geoip/databases/GeoLite2-City/download?suffix=tar.gz"
    return Request(NAME, f"{maxmind.url}/{path}", f"{ACCOUNT}:{KEY}")


def test_a_file_and_its_version(web: Web, maxmind: MaxMind, tmp_path: Path) -> None:
    file = maxmind.files[NAME]
    version = web.download(request(maxmind), tmp_path / "file", 10**6)
    assert version == Version(file.etag, file.modified)
    assert (tmp_path / "file").read_bytes() == file.content


@pytest.mark.parametrize("part", ["etag", "modified"])
def test_a_known_file_is_not_sent(web: Web, maxmind: MaxMind, tmp_path: Path, part: str) -> None:
    file = maxmind.files[NAME]
    known = Version(**{part: getattr(file, part)})
    assert web.download(request(maxmind), tmp_path / "file", 10**6, known) is None
    assert maxmind.sent == 0
    assert not (tmp_path / "file").exists()


def test_a_file_over_the_limit_is_an_error(web: Web, maxmind: MaxMind, tmp_path: Path) -> None:
    with pytest.raises(DownloadError) as raised:
        web.download(request(maxmind), tmp_path / "file", 100)
    assert str(raised.value) == f"{NAME}: larger than the 100 bytes that are taken"


def test_a_circle_of_redirects_ends(web: Web, maxmind: MaxMind, tmp_path: Path) -> None:
    place = f"{maxmind.storage}/{NAME}?{SIGNATURE}"
    maxmind.faults[NAME] = [Answer(302, {"Location": place})] * 20
    with pytest.raises(DownloadError) as raised:
        web.download(request(maxmind), tmp_path / "file", 10**6)
    assert str(raised.value) == f"{NAME}: redirected more than 5 times"


@pytest.mark.parametrize(
    "place", ["http://example.com/x", "file:///etc/passwd", "https://[x/", "ftp://127.0.0.1/x"]
)
def test_a_redirect_away_from_https_is_refused(
    web: Web, maxmind: MaxMind, tmp_path: Path, place: str
) -> None:
    maxmind.faults[NAME] = [Answer(302, {"Location": place})] * 2
    with pytest.raises(DownloadError) as raised:
        web.download(request(maxmind), tmp_path / "file", 10**6)
    assert str(raised.value) == f"{NAME}: redirected to what is no HTTPS URL"


def test_a_redirect_to_a_malformed_host_is_one_line_without_the_url(
    web: Web, maxmind: MaxMind, tmp_path: Path
) -> None:
    maxmind.faults[NAME] = [Answer(302, {"Location": f"https://a b/{SIGNATURE}"})] * 10
    with pytest.raises(DownloadError) as raised:
        web.download(request(maxmind), tmp_path / "file", 10**6)
    assert str(raised.value) == f"{NAME}: redirected to a malformed URL"


def test_a_file_that_breaks_off_is_read_again_from_the_start(
    web: Web, maxmind: MaxMind, tmp_path: Path, slept: list[float]
) -> None:
    maxmind.faults[NAME] = [Answer(cut=True), Answer(502)]
    web.download(request(maxmind), tmp_path / "file", 10**6)
    assert (tmp_path / "file").read_bytes() == maxmind.files[NAME].content
    assert slept == [2.0, 4.0]


def test_neither_a_request_nor_its_error_shows_its_secrets(
    web: Web, maxmind: MaxMind, tmp_path: Path
) -> None:
    older = Request(
        NAME, f"{maxmind.url}/app/geoip_download?license_key={KEY}&edition_id=x&suffix=y"
    )
    assert KEY not in repr(older)
    assert base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode() not in repr(request(maxmind))
    with pytest.raises(DownloadError) as raised:
        web.download(older, tmp_path / "file", 10**6)
    assert str(raised.value) == f"{NAME}: HTTP 404"
    unreachable = Request(NAME, f"http://127.0.0.1:9/?license_key={KEY}")
    with pytest.raises(DownloadError) as raised:
        web.download(unreachable, tmp_path / "file", 10**6)
    assert KEY not in str(raised.value)


def test_only_https_and_this_machine_are_safe() -> None:
    assert is_safe("https://example.com/x")
    assert is_safe("http://127.0.0.1:8080/x")
    assert not is_safe("http://example.com/x")
    assert not is_safe("ftp://127.0.0.1/x")
