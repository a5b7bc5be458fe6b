"""The `siem` command: what each of its commands takes, and how they end.

Exit status: 0 done, 2 used wrongly, 3 done but not all is well, 130 stopped by Ctrl-C. A command's
own imports wait until it is run, so that those that need no AWS start without it.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from common.errors import SiemError

USAGE = 2

Deployment = Annotated[
    Path | None,
    typer.Option(
        "--deployment",
        metavar="FILE",
        help="Terraform's output `deployment` (default: the loader's environment variables)",
    ),
]

Rules = Annotated[
    Path | None,
    typer.Option("--exclude", metavar="FILE", help="rules that say what to exclude (exclude.toml)"),
]

Place = Annotated[str, typer.Argument(metavar="s3://BUCKET/PREFIX", help="where the objects are")]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="only objects of this LastModified and later: 2026-11-24, or 7d (ago)"
    ),
]

app = typer.Typer(
    name="siem",
    help="Look at logs as the SIEM sees them, load them, and account for them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)


replay = typer.Typer(
    help="Load again what was refused, or have the loader try again what it has given up.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(replay, name="replay")


def main() -> int:
    """Run the command line; return the exit status. An error is one line on stderr."""
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        return _fail(error.format_message(), error.exit_code)
    except SiemError as error:
        return _fail(str(error), USAGE)
    except typer.Abort:
        return _fail("stopped", 130)
    return status or 0


@app.command(epilog="Example: `siem parse events.json.gz | head -1`")
def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a log object; `-`: stdin")],
    log_type: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="log type of every record in it (default: found by content)"
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="S3 key to read it as (default: its name)")
    ] = None,
    modified: Annotated[
        str | None, typer.Option(metavar="TIME", help="LastModified (default: the file's own)")
    ] = None,
    meta: Annotated[bool, typer.Option("--meta", help="add _index and _id")] = False,
    exclude: Rules = None,
    databases: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="GeoLite2-City.mmdb, GeoLite2-ASN.mmdb, lists of bad addresses in AddressLists/",
        ),
    ] = None,
    trusted_proxies: Annotated[
        str | None,
        typer.Option(
            metavar="NETWORKS", help="whose X-Forwarded-For is believed: 10.0.0.0/8,2001:db8::/32"
        ),
    ] = None,
) -> int:
    """Print the documents that a log file becomes, one a line; needs no AWS.

    Records that would not be indexed are told on stderr, one JSON line each, and then how many each
    rule counts. The exit status is 3 if any record was quarantined.
    """
    from es_loader.commands import parse as command

    return command.run(file, log_type, key, modified, meta, exclude, databases, trusted_proxies)


@app.command("log-types", epilog="Example: `siem log-types cloudtrail --code`")
def log_types(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="show this one")] = None,
    code: Annotated[bool, typer.Option("--code", help="print its generated code")] = False,
) -> int:
    """List the log types, or show the fields of one."""
    from es_loader.commands import log_types as command

    return command.run(name, code)


@app.command(epilog="Example: `siem pause --reason 'reindexing' --deployment deployment.json`")
def pause(
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="shown by `siem status` (default: who you are)")
    ] = "",
    deployment: Deployment = None,
) -> int:
    """Stop the loader; new log objects wait in its queues, for up to 14 days."""
    from es_loader.commands import switch as command

    return command.pause(reason, deployment)


@app.command(epilog="Example: `siem resume --deployment deployment.json`")
def resume(deployment: Deployment = None) -> int:
    """Make the loader what it was before `siem pause`, or before an alarm paused it."""
    from es_loader.commands import switch as command

    return command.resume(deployment)


@app.command(epilog="Example: `siem status --deployment deployment.json`")
def status(deployment: Deployment = None) -> int:
    """Show whether the loader is paused, what waits in its queues, and the free storage."""
    from es_loader.commands import switch as command

    return command.status(deployment)


@app.command(epilog="Example: `siem audit s3://aes-siem-111122223333-log/AWSLogs --since 7d`")
def audit(
    place: Place,
    since: Since = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="queue what is not whole, so that it is loaded again")
    ] = False,
    deployment: Deployment = None,
) -> int:
    """Compare the objects of a bucket with the ledger: is anything missing?

    Prints each object that is partial, failed or missing, and how many are loaded, skipped, pending
    (a message about them may still wait in a queue) and so on. The exit status is 3 if any object
    is partial, failed or missing.
    """
    from es_loader.commands import audit as command

    return command.run(place, since, replay, deployment)


@app.command(epilog="Example: `siem load s3://old-logs/AWSLogs --since 2026-01-01 --dry-run`")
def load(
    place: Place,
    since: Since = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="only objects of before this LastModified")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only show what would be loaded")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="load what the ledger has too, and replace documents"),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="load also logs that are older than they would be kept")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, metavar="N", help="processes (default: two for each core, at most 16)"
        ),
    ] = None,
    exclude: Rules = None,
    deployment: Deployment = None,
) -> int:
    """Load past logs of a bucket from here, in several processes.

    What the ledger has is left out, so after Ctrl-C the same command goes on where it was. Objects
    that are not whole are printed; the exit status is 3 if there are any, 130 after Ctrl-C.
    """
    from es_loader.commands import load as command

    options = command.Options(since, until, dry_run, overwrite, keep, workers, exclude)
    return command.run(place, options, deployment)


@replay.command(epilog="Example: `siem replay quarantine --reason transform_error --dry-run`")
def quarantine(
    reason: Annotated[
        str, typer.Option(metavar="NAME", help="only records refused for this (default: for any)")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only show what would be loaded now")
    ] = False,
    exclude: Rules = None,
    deployment: Deployment = None,
) -> int:
    """Load records that were refused, and take out of quarantine those that are not any more.

    The records are made anew of the objects that they are in. Those that are refused again are
    printed and stay; the exit status is 3 if there are any. Where an object was cut there is
    nothing to load, so that reason is left out.
    """
    from es_loader.commands import replay as command

    return command.run(reason, dry_run, exclude, deployment)


@replay.command(epilog="Example: `siem replay dlq --dry-run`")
def dlq(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only show the messages and where they would go")
    ] = False,
    deployment: Deployment = None,
) -> int:
    """Move the messages that failed too often back to the queues that they came from.

    Messages that name no object are printed and stay; the exit status is 3 if there are any.
    """
    from es_loader.commands import dlq as command

    return command.run(dry_run, deployment)


def _fail(message: str, status: int) -> int:
    if message:  # none where the help was shown instead
        print(f"siem: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
