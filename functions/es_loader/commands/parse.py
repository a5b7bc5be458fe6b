"""`siem parse`: a log file as the documents that the loader makes of it."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import orjson

from common.errors import ObjectSkipped, SiemError
from common.settings import networks
from es_loader import decode, exclude, log_type_file, times
from es_loader.commands.find import by_name
from es_loader.commands.recognise import recognise
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.enrich import threat_list_files
from es_loader.enrich.forwarded import Trusted
from es_loader.enrich.geoip import GeoIp
from es_loader.fetch import Stream
from es_loader.identity import object_hash
from es_loader.log_type import LogType
from es_loader.normalize import Document, Normalizer, Refused

BUCKET = "local"
BATCH = 512  # documents that are written at once
QUARANTINED = 3


def run(
    file: Path,
    name: str | None,
    key: str | None,
    modified: str | None,
    meta: bool,
    rules: Path | None = None,
    databases: Path | None = None,
    trusted: str | None = None,
) -> int:
    """Print the documents to stdout and the other records to stderr; return the exit status.

    databases   folder with GeoLite2-City.mmdb, GeoLite2-ASN.mmdb and lists in AddressLists/, as the
                loader has it; None: documents get no place and no threat
    trusted     networks of proxies that are trusted, as in TRUSTED_PROXIES
    """
    stdin = str(file) == "-"
    if modified is not None:
        moment = _milliseconds(modified)
    else:
        moment = int((datetime.now().timestamp() if stdin else _status(file).st_mtime) * 1000)
    forced = by_name(name) if name else None
    log_types = LogTypes({forced.name: forced} if forced else log_type_file.load_all())
    if databases is not None and not databases.is_dir():
        raise SiemError(f"no such folder: {databases}")
    places = GeoIp(databases) if databases else None
    normalizer = Normalizer(
        log_types,
        None if places is None or places.empty else places.locate,
        rules=exclude.load(rules, log_type_file.load_all()) if rules else None,
        lists=threat_list_files.read(databases) if databases else None,
        trusted=_trusted(trusted) if trusted else None,
    )
    counted: Counter[str] = Counter()
    by_key = None
    try:
        with _opened(file, again=not (name or key)) as body:
            if key and not forced:
                by_key = log_types.of_object(key)
            elif not forced:
                forced = recognise(body, normalizer, file.name, moment)
            place = file.name if key is None else key
            forces = forced is not None
            found = records(normalizer, body, place, moment, forced or by_key, forces, counted)
            status = _print(found, sys.stdout.buffer, meta)
            for rule, number in sorted(counted.items()):
                _tell({"outcome": "counted", "rule": rule, "count": number})
            return status
    except ObjectSkipped as error:
        _tell({"outcome": "skipped", "position": 0, "reason": str(error)})
    except BrokenPipeError:  # as `| head` does; the interpreter must not flush into it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def records(
    normalizer: Normalizer,
    body: BinaryIO,
    key: str,
    modified: int,
    by_key: LogType | None,
    forced: bool = False,
    counted: Counter[str] | None = None,
) -> Iterator[Document | Refused]:
    """What becomes of every record of `s3://local/<key>`; ObjectSkipped, if it is empty.

    modified   LastModified, milliseconds since 1970
    by_key, forced   as in `decode.parts`
    counted    as in `Normalizer.run`
    """
    context = Context(
        bucket=BUCKET,
        key=key,
        object_hash=object_hash(BUCKET, key, ""),
        modified=modified,
        ingested=times.to_iso(datetime.now(UTC)),
        account=decode.account_of(key),
        region=decode.region_of(key),
    )
    yield from normalizer.run(Stream(body), context, by_key, forced, counted=counted)


def outcome(refused: Refused) -> dict[str, str | int]:
    """What is told of a record that is not indexed."""
    why = "rule" if refused.outcome == "excluded" else "reason"
    return {"outcome": refused.outcome, "position": refused.position, why: refused.reason}


def _print(found: Iterator[Document | Refused], out: BinaryIO, meta: bool) -> int:
    """Write what was found as it comes; return the exit status."""
    status = 0
    lines: list[bytes] = []
    for record in found:
        if isinstance(record, Refused):
            _tell(outcome(record))
            if record.outcome == "quarantined":
                status = QUARANTINED
            continue
        _, _, _, index, ident, document = record
        if meta:
            document = b'{"_index":"%b","_id":"%b",%b' % (
                index.encode(),
                ident.encode(),
                document[1:],
            )
        lines.append(document)
        if len(lines) == BATCH:
            _write(out, lines)
    _write(out, lines)
    out.flush()
    return status


def _write(out: BinaryIO, lines: list[bytes]) -> None:
    if lines:
        out.write(b"\n".join([*lines, b""]))
        lines.clear()


def _tell(what: dict[str, str | int]) -> None:
    print(str(orjson.dumps(what), "utf-8"), file=sys.stderr)


@contextmanager
def _opened(file: Path, again: bool) -> Iterator[BinaryIO]:
    """The file or stdin; `again`: so that it can be read twice."""
    if str(file) != "-":
        with file.open("rb") as body:
            yield body
        return
    with open(0, "rb", closefd=False) as stdin:
        if not again:
            yield stdin
            return
        with TemporaryFile() as copy:
            shutil.copyfileobj(stdin, copy)
            copy.seek(0)
            yield copy


def _trusted(text: str) -> Trusted:
    try:
        return Trusted(networks(text))
    except ValueError:
        expected = "networks such as 192.0.2.0/24,2001:db8::/32"
        raise SiemError(f"--trusted-proxies must be {expected}, got: {text}") from None


def _status(file: Path) -> os.stat_result:
    if not file.is_file():
        raise SiemError(f"{'a folder' if file.is_dir() else 'no such file'}: {file}")
    return file.stat()


def _milliseconds(text: str) -> int:
    moment = times.iso_date(text)
    if moment is None:
        raise SiemError(f"--modified must be a time such as 2026-11-24T20:00:00Z, got: {text}")
    return moment[1]
