"""MaxMind's download servers, and one with lists of addresses, on 127.0.0.1.

As the real ones do, the first refuses wrong credentials (401) and redirects right ones to a storage
with a signed URL, which answers conditional requests (304) and must not get the credentials.
https://dev.maxmind.com/geoip/updating-databases
"""

import base64
import hashlib
import io
import tarfile
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from local.process import HOST

ACCOUNT, KEY = "123456", "Secret_licence_key_0123456789"
SIGNATURE = "signed-by-the-storage"
PLACE = {
    "country": {"iso_code": "US", "geoname_id": 6252001, "names": {"en": "United States"}},
    "registered_country": {"iso_code": "US", "geoname_id": 6252001},
}
OWNER = {"autonomous_system_number": 15169, "autonomous_system_organization": "GOOGLE"}
RECORDS: dict[str, dict[str, Any]] = {
    "GeoLite2-City": PLACE,
    "GeoLite2-Country": PLACE,
    "GeoLite2-ASN": OWNER,
}
EDITIONS = tuple(RECORDS)


@dataclass
class File:
    """What the storage has under a name."""

    content: bytes
    etag: str
    modified: str = "Tue, 24 Nov 2026 15:00:00 GMT"


@dataclass
class Answer:
    """A fault, in place of the file: `cut` sends half of it and breaks off."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False


class MaxMind:
    """Both servers: what they have, the faults they are to show, and what they were asked."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.faults: defaultdict[str, list[Answer]] = defaultdict(list)
        self.asked: list[tuple[str, int]] = []
        self.sent = 0
        self.heeds_conditions = True
        self.leaked: list[str] = []
        self.url = self.storage = ""

    def publish(self, edition: str, database: bytes, **archive: Any) -> None:
        """Have a database as its archive and checksum."""
        packed = pack(edition, database, **archive)
        self.put(f"{edition}.tar.gz", packed)
        checksum = f"{hashlib.sha256(packed).hexdigest()}  {edition}_20261124.tar.gz\n"
        self.put(f"{edition}.tar.gz.sha256", checksum.encode())

    def put(self, name: str, content: bytes) -> None:
        """Have a file."""
        self.files[name] = File(content, f'"{hashlib.md5(content).hexdigest()}"')

    def statuses(self, name: str) -> list[int]:
        """How each request for a file of the storage ended."""
        return [status for asked, status in self.asked if asked == name]


def pack(
    edition: str, database: bytes, extra: Callable[[tarfile.TarFile], None] | None = None
) -> bytes:
    """The archive of a database; `extra` may add members."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        folder = tarfile.TarInfo(f"{edition}_20261124")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in (("COPYRIGHT.txt", b"(c)"), (f"{edition}.mmdb", database)):
            member = tarfile.TarInfo(f"{edition}_20261124/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        if extra:
            extra(archive)
    return content.getvalue()


def database(edition: str, built: int | None = None, record: Any = None) -> bytes:
    """A small database that knows 8.8.8.0/24; `built`: seconds since 1970, else an hour ago."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=edition, description="x")
    writer.insert_network(IPSet(["8.8.8.0/24"]), record or RECORDS[edition])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "database")
        writer.to_db_file(str(path))
        content = bytearray(path.read_bytes())
    place = content.rindex(b"build_epoch") + len(b"build_epoch")
    assert content[place : place + 2] == b"\x04\x02"  # an integer of four bytes follows
    epoch = int(time.time()) - 3600 if built is None else built
    content[place + 2 : place + 6] = epoch.to_bytes(4)
    return bytes(content)


@contextmanager
def running() -> Iterator[MaxMind]:
    """Both servers, with all three databases."""
    maxmind = MaxMind()
    for edition in EDITIONS:
        maxmind.publish(edition, database(edition))
    servers = [
        ThreadingHTTPServer((HOST, 0), _handler(maxmind, serve)) for serve in (_front, _storage)
    ]
    maxmind.url, maxmind.storage = (f"http://{HOST}:{each.server_port}" for each in servers)
    threads = [
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        for each in servers
    ]
    for thread in threads:
        thread.start()
    yield maxmind
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    maxmind: MaxMind, serve: Callable[[MaxMind, BaseHTTPRequestHandler], None]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            serve(maxmind, self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _front(maxmind: MaxMind, request: BaseHTTPRequestHandler) -> None:
    """download.maxmind.com, and the server of the lists."""
    parts = urlsplit(request.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path.startswith("/lists/"):
        _file(maxmind, request, parts.path.removeprefix("/lists/"))
        return
    folders = parts.path.split("/")
    if parts.path == "/app/geoip_download":
        edition, right = query["edition_id"], query["license_key"] == KEY
    else:
        login = base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
        edition, right = folders[3], request.headers["Authorization"] == f"Basic {login}"
    if not right:
        _answer(request, Answer(401, body=b"Invalid license key\n"))
        return
    name = f"{edition}.{query['suffix']}"
    place = f"{maxmind.storage}/{name}?X-Amz-Signature={SIGNATURE}"
    _answer(request, Answer(302, {"Location": place}))


def _storage(maxmind: MaxMind, request: BaseHTTPRequestHandler) -> None:
    """The storage that downloads are redirected to."""
    if login := request.headers["Authorization"]:
        maxmind.leaked.append(login)
    parts = urlsplit(request.path)
    if SIGNATURE not in parts.query:
        _answer(request, Answer(403))
        return
    _file(maxmind, request, parts.path.removeprefix("/"))


def _file(maxmind: MaxMind, request: BaseHTTPRequestHandler, name: str) -> None:
    file = maxmind.files.get(name)
    answer = Answer(404)
    if maxmind.faults[name]:
        answer = maxmind.faults[name].pop(0)
        if answer.cut and file:
            answer.body = file.content
    elif file:
        told = {"ETag": file.etag, "Last-Modified": file.modified}
        same = request.headers["If-None-Match"] == file.etag or (
            request.headers["If-Modified-Since"] == file.modified
            and not request.headers["If-None-Match"]
        )
        if same and maxmind.heeds_conditions:
            answer = Answer(304, told)
        else:
            answer = Answer(200, told, file.content)
    maxmind.asked.append((name, answer.status))
    maxmind.sent += _answer(request, answer)


def _answer(request: BaseHTTPRequestHandler, answer: Answer) -> int:
    """Send it; return how many bytes of its body were sent."""
    body = answer.body[: len(answer.body) // 2] if answer.cut else answer.body
    try:
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if answer.status != 304:
            request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = request.close_connection or answer.cut
    except (BrokenPipeError, ConnectionResetError):  # as by one who does not want the body
        request.close_connection = True
    return len(body)
