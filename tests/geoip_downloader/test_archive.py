"""Archives that are not what MaxMind delivers."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoip_downloader import archive
from geoip_downloader.errors import DownloadError
from tests.geoip_downloader.maxmind import pack

EDITION = "GeoLite2-City"
FILE = f"{EDITION}.mmdb"
Extra = Callable[[tarfile.TarFile], None]


def member(name: str, data: bytes = b"x", **about: Any) -> Extra:
    """Adds a member to an archive."""

    def add(to: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.size = 0 if about else len(data)
        for key, value in about.items():
            setattr(info, key, value)
        to.addfile(info, io.BytesIO(data))

    return add


def extract(folder: Path, content: bytes, **limits: Any) -> bytes:
    packed, target = folder / "packed", folder / "out" / "target"
    target.parent.mkdir(exist_ok=True)
    packed.write_bytes(content)
    archive.extract(packed, FILE, target, **limits)
    return target.read_bytes()


def test_the_database_is_taken_out_whatever_its_folder(tmp_path: Path) -> None:
    assert extract(tmp_path, pack(EDITION, b"database")) == b"database"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["target"]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (member(f"../{FILE}"), f"has a member that leaves its folder: ../{FILE}"),
        (member("a/../../b"), "has a member that leaves its folder: a/../../b"),
        (member("/etc/passwd"), "has a member that leaves its folder: /etc/passwd"),
        (member("..\\b"), "has a member that leaves its folder: ..\\b"),
        (
            member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
            "has a member that is neither file nor folder: link",
        ),
        (
            member("hard", type=tarfile.LNKTYPE, linkname=f"x/{FILE}"),
            "has a member that is neither file nor folder: hard",
        ),
        (
            member("device", type=tarfile.CHRTYPE),
            "has a member that is neither file nor folder: device",
        ),
        (member(f"other/{FILE}"), "has the database twice"),
    ],
    ids=["parent", "inner parent", "absolute", "windows", "symlink", "link", "device", "twice"],
)
def test_a_member_that_does_not_belong_there_refuses_the_archive(
    tmp_path: Path, extra: Extra, message: str
) -> None:
    with pytest.raises(DownloadError) as raised:
        extract(tmp_path, pack(EDITION, b"database", extra))
    assert str(raised.value) == f"{FILE}: the archive {message}"
    assert raised.value.cause == "archive"


def test_an_archive_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    content = pack(EDITION, bytes(900), member("more", bytes(200)))
    with pytest.raises(DownloadError, match="the archive holds more than 1000 bytes"):
        extract(tmp_path, content, most_bytes=1000)
    assert len(extract(tmp_path, content, most_bytes=1200)) == 900


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    def many(to: tarfile.TarFile) -> None:
        for number in range(60):
            member(str(number))(to)

    with pytest.raises(DownloadError, match="the archive has more than 50 members"):
        extract(tmp_path, pack(EDITION, b"database", many))


def test_an_archive_without_the_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="the archive does not have the database"):
        extract(tmp_path, pack("GeoLite2-ASN", b"database"))


@pytest.mark.parametrize("end", [10, 60, -20])
def test_a_cut_archive_is_refused(tmp_path: Path, end: int) -> None:
    content = pack(EDITION, bytes(range(256)) * 4096)
    with pytest.raises(DownloadError, match=r"the archive (is broken|does not have)"):
        extract(tmp_path, content[:end])


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x1f\x8b\x08" + b"\xff" * 40])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DownloadError, match="the archive is broken"):
        extract(tmp_path, content)
