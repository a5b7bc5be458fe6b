"""`siem replay quarantine`: records that were refused are loaded, if they are not refused again.

What is loaded leaves the quarantine; a record that was loaded before has its id already, so a run
that was stopped, or two at a time, do no harm.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from common import aws
from common.errors import OutOfTime, Retry, SiemError
from es_loader import pipeline, quarantine_reader
from es_loader.commands import again, deployment
from es_loader.commands.again import Again
from es_loader.commands.deployment import refusals
from es_loader.commands.plain import plain_log
from es_loader.commands.progress import bar
from es_loader.commands.scratch import Scratch
from es_loader.pipeline import Parts
from es_loader.quarantine_reader import CUT, File

SOME_LEFT = 3
TOLD = 20  # records that are left, each with its error
WIDE = 1000


@dataclass(slots=True)
class Row:
    """Records of one log type and reason."""

    records: int = 0
    indexed: int = 0
    duplicate: int = 0
    excluded: int = 0
    left: int = 0


@dataclass(slots=True)
class Report:
    """What became of the records so far. `files`: those that could not be dealt with."""

    rows: dict[tuple[str, str], Row]
    told: int = 0
    files: int = 0

    def add(self, file: File, records: int, found: Again, where: str) -> None:
        """Count the records of a file; print those that are left."""
        row = self.rows.setdefault((file.log_type, file.reason), Row())
        row.records += records
        row.indexed += found.counts.indexed
        row.duplicate += found.counts.duplicate
        row.excluded += found.counts.excluded.total()
        row.left += len(found.left)
        for line, reason, error in found.left:
            self.told += 1
            if self.told <= TOLD:
                print(f"left     {where} record {line.position}: {reason}: {error}")

    def fail(self, file: str, why: str) -> None:
        """Count and print a file that stays as it is."""
        self.files += 1
        print(f"left     {file}: {why}")

    def show(self, dry_run: bool) -> int:
        """Print the summary; return the exit status."""
        left = sum(row.left for row in self.rows.values())
        if self.told > TOLD:
            print(f"left     {self.told - TOLD:,} more")
        if self.rows:
            _show(self.rows, dry_run)
        records = sum(row.records for row in self.rows.values())
        indexed = sum(row.indexed for row in self.rows.values())
        excluded = sum(row.excluded for row in self.rows.values())
        would = "would be " if dry_run else ""
        files = f", {self.files:,} files as they are" if self.files else ""
        print(
            f"{records:,} records: {indexed:,} {would}indexed, {excluded:,} {would}excluded,"
            f" {left:,} {would}left in quarantine{files}"
        )
        return SOME_LEFT if left or self.files else 0


def run(reason: str, dry_run: bool, rules: Path | None, file: Path | None) -> int:
    """Load what is in quarantine for a reason, or for any; return the exit status.

    rules   file of rules that say what to exclude
    """
    if reason == CUT:
        raise SiemError(f"objects are cut where they end: deliver them again; not replayed: {CUT}")
    settings = deployment.settings(file)
    with plain_log(), refusals():
        parts = pipeline.build(settings, rules)
        scratch = Scratch(parts.cluster.client) if dry_run else None
        report = Report({})
        try:
            _replay(parts, reason, report, scratch)
        except (Retry, OutOfTime) as error:
            report.show(dry_run)
            told = "OpenSearch does not take them all; run the same command again, it goes on from"
            print(f"siem: {told} here: {error}", file=sys.stderr)
            return SOME_LEFT
        finally:
            if scratch:
                scratch.close()
            parts.cluster.client.close()
    return report.show(dry_run)


def _replay(parts: Parts, reason: str, report: Report, scratch: Scratch | None) -> None:
    s3, bucket = aws.client("s3"), parts.settings.snapshot_bucket
    with bar("files") as advance:
        for file in quarantine_reader.files(s3, bucket, reason):
            _replay_file(parts, file, report, scratch)
            advance(1)


def _replay_file(parts: Parts, file: File, report: Report, scratch: Scratch | None) -> None:
    """Load the records of a file, and take out of it what is settled by that."""
    s3, bucket = aws.client("s3"), parts.settings.snapshot_bucket
    target: Callable[[str], str] = scratch.like if scratch else str
    try:
        content = quarantine_reader.read(s3, bucket, file)
        found = again.load(parts, content, file.log_type, target)
    except SiemError as error:
        s3_alone = isinstance(error, Retry) and error.cause.startswith("s3_")
        if isinstance(error, Retry | OutOfTime) and not s3_alone:
            raise
        report.fail(f"s3://{bucket}/{file.key}", str(error))
        return
    origin = content.origin
    report.add(file, len(content.lines), found, f"s3://{origin.bucket}/{origin.key}")
    left = [line for line, *_ in found.left]
    left.sort(key=lambda line: line.position)
    if not scratch and not quarantine_reader.settle(s3, bucket, file, content, left):
        report.fail(f"s3://{bucket}/{file.key}", "it has changed meanwhile; run the command again")


def _show(rows: dict[tuple[str, str], Row], dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    table = Table("log type", "reason", box=None, pad_edge=False, header_style="bold")
    titles = ("records", f"{would}indexed", "were there", f"{would}excluded", f"{would}left")
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for (log_type, reason), row in sorted(rows.items()):
        numbers = (row.records, row.indexed, row.duplicate, row.excluded, row.left)
        table.add_row(log_type, reason, *(f"{number:,}" for number in numbers))
    Console(width=None if sys.stdout.isatty() else WIDE, markup=False).print(table)
