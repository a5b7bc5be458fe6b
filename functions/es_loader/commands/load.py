"""`siem load`: past logs of a bucket, loaded from here as the Lambda function loads new ones.

The ledger says what is loaded, so a run that was stopped goes on where it was.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import SiemError
from common.opensearch import connect
from es_loader import exclude, ledger_reader, log_type_file
from es_loader.cluster import Cluster
from es_loader.commands import argument, deployment, plan
from es_loader.commands.deployment import refusals
from es_loader.commands.plain import plain_log
from es_loader.commands.plan import Place
from es_loader.commands.progress import bar
from es_loader.commands.retention import Kept
from es_loader.commands.worker import Loaded
from es_loader.commands.workers import Workers
from es_loader.decode import LogTypes
from es_loader.pipeline import s3_for

NOT_ALL, STOPPED = 3, 130
MOST_WORKERS = 16
WORTH = 10  # objects that are worth the start of another worker
AHEAD = 4  # objects for each worker that are handed out before they are asked for
OUTCOMES = ("loaded", "partial", "failed", "skipped", "gone")


@dataclass(frozen=True, slots=True)
class Options:
    """As on the command line. `workers` None: twice as many as the machine has cores; `rules`: the
    file given as --exclude."""

    since: str | None = None
    until: str | None = None
    dry_run: bool = False
    overwrite: bool = False
    keep: bool = False
    workers: int | None = None
    rules: Path | None = None


@dataclass(slots=True)
class Tally:
    """What became of objects and records.

    refused   objects in a row that failed, and not for S3, which says nothing about the next one
    """

    bucket: str
    outcomes: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def add(self, loaded: Loaded) -> None:
        """Count an object; print it, if it is not whole."""
        self.outcomes[loaded.outcome] += 1
        for name in ("read", "indexed", "duplicate", "excluded", "quarantined"):
            self.records[name] += getattr(loaded, name)
        failed = loaded.outcome == "failed"
        if failed or loaded.outcome == "partial":
            why = loaded.error or loaded.cause
            print(f"{loaded.outcome:8} s3://{self.bucket}/{loaded.key}: {why}")
        self.refused = self.refused + 1 if failed and not loaded.cause.startswith("s3_") else 0

    def tell(self, done: int, stopped: bool) -> int:
        """Print the summary; return the exit status."""
        wrong = self.outcomes["failed"] or self.outcomes["partial"]
        head = "stopped" if stopped else "not all is whole" if wrong else "done"
        told = ", ".join(f"{self.outcomes[name]:,} {name}" for name in OUTCOMES)
        print(f"{head}: {self.outcomes.total():,} objects: {told}; {done:,} were in the ledger")
        records = self.records
        print(
            f"{records['read']:,} records: {records['indexed']:,} indexed"
            f" ({records['duplicate']:,} of them were there), {records['excluded']:,} excluded,"
            f" {records['quarantined']:,} quarantined"
        )
        if stopped or self.outcomes["failed"]:
            print("the same command goes on from here")
        return STOPPED if stopped else NOT_ALL if wrong else 0


def run(url: str, options: Options, file: Path | None) -> int:
    """Load what the ledger does not have; return the exit status."""
    bucket, prefix = argument.place(url)
    since = argument.moment("--since", options.since)
    until = argument.moment("--until", options.until)
    settings = deployment.settings(file)
    log_types = LogTypes(log_type_file.load_all())
    if options.rules:
        exclude.load(options.rules, log_types.by_name)
    with plain_log(), refusals(), connect(settings.opensearch_endpoint, settings.region) as client:
        cluster = Cluster(client)
        place = Place(s3_for(settings, bucket), bucket, prefix, since, until, options.overwrite)
        ledger_reader.refresh(cluster)
        kept = None if options.keep else Kept(cluster, log_types.by_name)
        counted = plan.rows(plan.candidates(place, cluster, log_types), kept)
        if options.dry_run:
            plan.show(counted)
        plan.check(counted)
        if options.dry_run:
            return 0
        return _load(place, cluster, log_types, counted, options)


def _load(
    place: Place, cluster: Cluster, log_types: LogTypes, counted: plan.Rows, options: Options
) -> int:
    tally, error, stopped = Tally(place.bucket), "", False
    done = sum(row.done for row in counted.values())
    objects = sum(row.objects for row in counted.values())
    most = options.workers or min(MOST_WORKERS, 2 * (os.cpu_count() or 1))
    number = min(most, -(-objects // WORTH))
    if not objects:
        return tally.tell(done, False)
    pool = Workers(number, place.anew, options.rules)
    try:
        with bar("load", objects) as advance:
            try:
                _hand_out(place, cluster, log_types, number, pool, tally, advance)
            except SiemError as raised:
                error = str(raised)
            except KeyboardInterrupt:
                stopped = True
                print("siem: stopping; objects under way are finished first", file=sys.stderr)
            pool.cancel()
            for loaded in pool.results():
                tally.add(loaded)
                advance(1)
    except KeyboardInterrupt:
        stopped = True
        pool.kill()
    finally:
        pool.close()
    status = tally.tell(done, stopped)
    if error:
        print(f"siem: {error}", file=sys.stderr)
    return NOT_ALL if error else status


def _hand_out(
    place: Place,
    cluster: Cluster,
    log_types: LogTypes,
    number: int,
    pool: Workers,
    tally: Tally,
    advance: Callable[[int], None],
) -> None:
    """Hand all objects out that are not done, and take what became of them."""

    def take(most: int) -> None:
        for loaded in pool.results(most):
            tally.add(loaded)
            advance(1)
            if tally.refused >= 2 * number:
                raise SiemError(
                    f"{tally.refused} objects in a row failed, so the rest is left; run the same"
                    f" command again when this is mended: {loaded.error or loaded.cause}"
                )

    for candidate in plan.candidates(place, cluster, log_types):
        if not candidate.done:
            pool.begin(candidate.to_load(place.bucket))
            take(AHEAD * number)
    take(0)
