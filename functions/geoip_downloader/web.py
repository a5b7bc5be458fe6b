"""Downloads a file over HTTPS, unless it is the one that is known, into a file on disk.

No URL is ever shown or logged: MaxMind's older ones hold the licence key, and those of the storage
that it redirects to are signed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.response import BaseHTTPResponse

from common import VERSION
from geoip_downloader.errors import DownloadError

ATTEMPTS = 4
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
REDIRECTS = 5
TIMEOUT = urllib3.Timeout(connect=10, read=60)
PIECE = 1024 * 1024
LOCAL = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Version:
    """What a server says of a file's state, each "" where it does not say."""

    etag: str = ""
    modified: str = ""


UNKNOWN = Version()


@dataclass(frozen=True, slots=True)
class Request:
    """What is downloaded. `name` is shown; `login` is sent to the URL's own host only."""

    name: str
    url: str = field(repr=False)
    login: str = field(default="", repr=False)


class Web:
    """A pool of connections, and how the time between two attempts passes."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        for name in ("urllib3", "botocore"):  # at DEBUG they log URLs, and what a secret holds
            logging.getLogger(name).setLevel(logging.INFO)
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)
        self._sleep = sleep

    def download(
        self, request: Request, target: Path, most_bytes: int, known: Version = UNKNOWN
    ) -> Version | None:
        """Write the file to `target` and return its version; None where it is the known one.

        Tries again after what may pass, with growing pauses or as long as the server asks, up to
        a minute. Raises DownloadError.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._try(request, target, most_bytes, known)
            except _MayPass as error:
                if attempt == ATTEMPTS or error.pause > LONGEST_PAUSE:
                    raise error.final from None
                self._sleep(max(error.pause, FIRST_PAUSE**attempt))
        raise AssertionError("not reached")

    def _try(
        self, request: Request, target: Path, most_bytes: int, known: Version
    ) -> Version | None:
        try:
            response = self._get(request, known)
            try:
                return _receive(request, response, target, most_bytes, known)
            finally:
                response.close()  # not drained: what is not wanted is not transferred
        except HTTPError as error:
            raise _MayPass("network", f"{request.name}: {_reason(error)}") from None

    def _get(self, request: Request, known: Version) -> BaseHTTPResponse:
        """The answer after all redirects; each has to stay on HTTPS."""
        url, first = request.url, urlsplit(request.url)
        for _ in range(REDIRECTS + 1):
            parts = urlsplit(url)
            own = (parts.scheme, parts.netloc) == (first.scheme, first.netloc)
            headers = _headers(request.login if own else "", known)
            response = self._pool.request(
                "GET", url, headers=headers, redirect=False, preload_content=False
            )
            place = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not place:
                return response
            response.close()
            try:
                url = urljoin(url, place)
                safe = is_safe(url)
            except ValueError:
                safe = False
            if not safe:
                raise DownloadError("http", f"{request.name}: redirected to what is no HTTPS URL")
        raise DownloadError("http", f"{request.name}: redirected more than {REDIRECTS} times")


class _MayPass(Exception):
    """An attempt failed; `pause` is what the server asks for, in seconds."""

    def __init__(self, cause: str, message: str, pause: float = 0.0) -> None:
        super().__init__(message)
        self.final = DownloadError(cause, message)
        self.pause = pause


def is_safe(url: str) -> bool:
    """Whether a URL is HTTPS, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)


def _headers(login: str, known: Version) -> dict[str, str]:
    headers = {"User-Agent": f"aes-siem/{VERSION}", "Accept-Encoding": "identity"}
    if login:
        headers |= urllib3.make_headers(basic_auth=login)
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers


def _receive(
    request: Request,
    response: BaseHTTPResponse,
    target: Path,
    most_bytes: int,
    known: Version,
) -> Version | None:
    _check(request, response)
    found = Version(
        response.headers.get("ETag", "").removeprefix("W/"),
        response.headers.get("Last-Modified", ""),
    )
    # Not every server heeds the conditions; what is the known file is not read all the same.
    if response.status == 304 or (found == known and found != UNKNOWN):
        return None
    size = 0
    with target.open("wb") as file:
        for piece in response.stream(PIECE, decode_content=False):
            size += len(piece)
            if size > most_bytes:
                raise DownloadError(
                    "archive", f"{request.name}: larger than the {most_bytes} bytes that are taken"
                )
            file.write(piece)
    return found


def _check(request: Request, response: BaseHTTPResponse) -> None:
    """Raise what an answer means that is neither the file nor `not modified`."""
    status = response.status
    if status in (200, 304):
        return
    if status == 401:
        raise DownloadError("wrong_key", f"{request.name}: the credentials are refused (HTTP 401)")
    if status in (403, 451):
        raise DownloadError("forbidden", f"{request.name}: access is refused (HTTP {status})")
    message = f"{request.name}: HTTP {status}"
    if status == 429 or status >= 500:
        pause = _seconds(response.headers)
        asked = f", to be tried again after {pause:.0f} s" if pause else ""
        raise _MayPass("http", message + asked, pause)
    raise DownloadError("http", message)


def _seconds(headers: Mapping[str, str]) -> float:
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def _reason(error: HTTPError) -> str:
    """What urllib3 says, less the URL that it may hold."""
    if isinstance(error, LocationParseError):
        return "redirected to a malformed URL"
    return " ".join(str(error).split("?")[0].split())
