"""One log object, from S3 to OpenSearch: the line that everything else is a part of.

fetch -> decode -> read -> normalize (and exclude) -> bulk, with quarantine and ledger beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import aws
from common.errors import ObjectError, ObjectGone
from common.opensearch import connect
from common.settings import Settings
from common.telemetry import emit, logger
from es_loader import decode, exclude, ledger, receive
from es_loader.bulk import Bulk, Traffic
from es_loader.cluster import Cluster
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.documents import Documents
from es_loader.enrich import threat_list_files
from es_loader.enrich.forwarded import Trusted
from es_loader.enrich.geoip import GeoIp
from es_loader.exclude import Rules
from es_loader.fetch import Stream, fetch
from es_loader.geoip_files import GeoIpFiles
from es_loader.identity import object_hash
from es_loader.ledger import Counts, Entry, Outcome, Run
from es_loader.log_type_file import load_all
from es_loader.normalize import Normalizer
from es_loader.quarantine import Origin, Quarantine
from es_loader.receive import LogObject
from es_loader.times import to_iso

LEAST_SECONDS = 60.0  # with less time left, the rest of an object is left to another run


@dataclass(slots=True)
class Parts:
    """What all objects share, made once in the life of the function.

    The normalizer is made anew when the GeoIP databases or the lists of bad addresses have changed:
    what it keeps of addresses is no longer true then.
    """

    settings: Settings
    cluster: Cluster
    geoip_files: GeoIpFiles
    normalizer: Normalizer

    def refresh(self) -> None:
        """Look for new GeoIP databases and lists, at most every hour."""
        if self.geoip_files.refresh():
            old = self.normalizer
            self.normalizer = _normalizer(old.log_types, self.geoip_files, old.rules, self.settings)


def build(settings: Settings, exclude_file: Path | None = None) -> Parts:
    """The parts, from the settings. Connects to nothing but the GeoIP bucket.

    exclude_file   rules in place of those that this code was built with
    """
    by_name = load_all()
    log_types = LogTypes(by_name)
    rules = exclude.load(exclude_file, by_name) if exclude_file else exclude.shipped(by_name)
    files = GeoIpFiles(aws.client("s3"), settings.geo_bucket)
    files.refresh()
    return Parts(
        settings=settings,
        cluster=Cluster(connect(settings.opensearch_endpoint, settings.region)),
        geoip_files=files,
        normalizer=_normalizer(log_types, files, rules, settings),
    )


def _normalizer(
    log_types: LogTypes, files: GeoIpFiles, rules: Mapping[str, Rules], settings: Settings
) -> Normalizer:
    databases, lists = GeoIp(files.folder), threat_list_files.read(files.folder)
    if databases.empty:
        logger.warning("no GeoIP database: documents get no place and no network owner")
    locate = None if databases.empty else databases.locate
    proxies = settings.trusted_proxies
    trusted = Trusted(proxies) if proxies else None
    return Normalizer(log_types, locate, rules=rules, lists=lists, trusted=trusted)


def load(parts: Parts, log_object: LogObject, run: Run, overwrite: bool = False) -> Entry:
    """Load an object, or its rest; return its entry, which the ledger then has.

    Anything that this raises leaves the object to a later run.
    """
    started = datetime.now(UTC)
    try:
        entry = _load(parts, log_object, run, started, overwrite)
    except ObjectError as error:
        outcome: Outcome = "gone" if isinstance(error, ObjectGone) else "skipped"
        if str(error) == "unknown_key":
            emit({"UnknownKeyCount": 1})
        logger.info(f"object {outcome}", extra={"object": log_object.key, "cause": str(error)})
        at = log_object.first  # what earlier runs have loaded keeps its entry
        entry = _entry(log_object, run, started, outcome, next=at, end=at, cause=str(error))
    ledger.write(parts.cluster, entry, run.deadline)
    return entry


def _load(
    parts: Parts, log_object: LogObject, run: Run, started: datetime, overwrite: bool
) -> Entry:
    log_types = parts.normalizer.log_types
    log_type = log_types.of_object(log_object.key)
    fetched = fetch(s3_for(parts.settings, log_object.bucket), log_object)
    reader = log_types.framing(log_type)
    if log_object.first and (log_object.reader, log_object.etag) != (reader, fetched.etag):
        log_object = replace(log_object, first=0)  # what was counted before counts no more
    log_object = replace(log_object, etag=fetched.etag)
    stream = Stream(fetched.body)
    identity = object_hash(log_object.bucket, log_object.key, fetched.etag)
    context = Context(
        bucket=log_object.bucket,
        key=log_object.key,
        object_hash=identity,
        modified=fetched.modified,
        ingested=to_iso(started),
        account=decode.account_of(log_object.key),
        region=decode.region_of(log_object.key),
    )
    counts = Counts()
    origin = Origin(
        bucket=log_object.bucket,
        key=log_object.key,
        version=log_object.version,
        etag=fetched.etag,
        modified=fetched.modified,
        object_hash=identity,
    )
    quarantine = Quarantine(aws.client("s3"), parts.settings.snapshot_bucket, origin)
    out_of_time = False

    def stop() -> bool:
        nonlocal out_of_time
        out_of_time = run.deadline() < LEAST_SECONDS
        return out_of_time

    following = log_object.first
    try:
        with Bulk(parts.cluster, run.deadline, quarantine, counts, overwrite) as bulk:
            for after, made in parts.normalizer.batches(
                stream,
                context,
                log_type,
                first=log_object.first,
                stop=stop,
                counted=counts.counted,
            ):
                if isinstance(made, Documents) and not overwrite:
                    bulk.take(made)
                    made = made.left()
                for record in made:
                    if isinstance(record, tuple):
                        position, raw, name, index, id, document = record
                        bulk.add(index, id, document, position, raw, name)
                        continue
                    name, reason = record.log_type, record.reason
                    if record.outcome == "excluded":
                        counts.add_excluded(name, reason)
                    else:
                        quarantine.add(name, reason, record.error, record.position, record.raw)
                        counts.add_quarantined(name, reason)
                following = after
    finally:
        quarantine.flush()  # also of a run that fails: what is put away is not lost by it
    counts.read = following - log_object.first
    if out_of_time:
        sqs, queue = aws.client("sqs"), parts.settings.splitted_logs_queue_url
        receive.send_continuation(sqs, queue, log_object, following, reader)
    cut = "cut" in counts.quarantined
    return _entry(
        log_object,
        run,
        started,
        "partial" if cut else "loaded",
        modified=fetched.modified,
        next=following,
        end=None if out_of_time else following,
        counts=counts,
        bytes_in=stream.bytes,
        traffic=bulk.traffic,
        cause="cut" if cut else "",
    )


def s3_for(settings: Settings, bucket: str) -> Any:
    """The client to read a bucket with: its own role's, where it has one."""
    role = settings.extra_log_buckets.get(bucket)
    return aws.role_client(role, "s3") if role else aws.client("s3")


def _entry(
    log_object: LogObject,
    run: Run,
    started: datetime,
    outcome: Outcome,
    *,
    modified: int = 0,
    next: int = 0,
    end: int | None = None,
    counts: Counts | None = None,
    bytes_in: int = 0,
    traffic: Traffic | None = None,
    cause: str = "",
) -> Entry:
    traffic = traffic or Traffic()
    return Entry(
        outcome=outcome,
        bucket=log_object.bucket,
        key=log_object.key,
        version=log_object.version,
        etag=log_object.etag,
        modified=modified,
        first=log_object.first,
        next=next,
        end=end,
        counts=counts or Counts(),
        started=started,
        ended=datetime.now(UTC),
        event_time=log_object.event_time,
        bytes_in=bytes_in,
        bytes_out=traffic.bytes,
        response_seconds=traffic.seconds,
        cause=cause,
        receive_count=run.receive_count,
        request_id=run.request_id,
    )


__all__ = ["Parts", "build", "load", "s3_for"]
