"""Takes the database out of the archive that MaxMind delivers it in.

`GeoLite2-City.tar.gz` holds one folder with the database and two texts. Nothing is unpacked by the
names in the archive: they are checked, and the one file that is wanted gets a name of ours.
"""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from geoip_downloader.errors import DownloadError

MOST_MEMBERS = 50
MOST_BYTES = 400 * 1024 * 1024  # of the database; City has 65 MB
PIECE = 1024 * 1024


def extract(archive: Path, file_name: str, target: Path, most_bytes: int = MOST_BYTES) -> None:
    """Write the file of that name, in whichever folder, to `target`.

    Raises DownloadError for an archive that is broken, has a member that leaves its folder or is
    neither file nor folder, does not have the file exactly once, or has too much in it.
    """
    found, size = False, 0
    try:
        with tarfile.open(archive, "r:gz") as members:
            for number, member in enumerate(members):
                if number >= MOST_MEMBERS:
                    raise _error(file_name, f"has more than {MOST_MEMBERS} members")
                _check(file_name, member)
                size += member.size
                if size > most_bytes:
                    raise _error(file_name, f"holds more than {most_bytes} bytes")
                if member.isfile() and PurePosixPath(member.name).name == file_name:
                    if found:
                        raise _error(file_name, "has the database twice")
                    found = True
                    content = members.extractfile(member)
                    assert content is not None
                    _copy(content, target)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _error(file_name, f"is broken ({type(error).__name__})") from None
    if not found:
        raise _error(file_name, "does not have the database")


def _check(file_name: str, member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise _error(file_name, f"has a member that leaves its folder: {member.name}")
    if not (member.isfile() or member.isdir()):
        raise _error(file_name, f"has a member that is neither file nor folder: {member.name}")


def _copy(content: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        while piece := content.read(PIECE):
            file.write(piece)


def _error(file_name: str, what: str) -> DownloadError:
    return DownloadError("archive", f"{file_name}: the archive {what}")
