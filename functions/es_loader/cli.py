"""The `siem` command: what each of its commands takes, and how they end.

Exit status: 0 done, 2 used wrongly, 3 done but not all is well. A command's own imports wait until
it is run, so that those that need no AWS start without it.
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

app = typer.Typer(
    name="siem",
    help="Look at logs as the SIEM sees them, load them, and account for them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)


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


@app.command(epilog="Example: `siem parse --log-type cloudtrail events.json.gz | head -1`")
def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a log object; `-`: stdin")],
    log_type: Annotated[
        str | None, typer.Option(metavar="NAME", help="log type of every record in it")
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="S3 key to read it as (default: its name)")
    ] = None,
    modified: Annotated[
        str | None, typer.Option(metavar="TIME", help="LastModified (default: the file's own)")
    ] = None,
    meta: Annotated[bool, typer.Option("--meta", help="add _index and _id")] = False,
) -> int:
    """Print the documents that a log file becomes, one a line; needs no AWS.

    Records that would not be indexed are told on stderr, one JSON line each. The exit status is 3
    if any of them was quarantined.
    """
    from es_loader.commands import parse as command

    return command.run(file, log_type, key, modified, meta)


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


def _fail(message: str, status: int) -> int:
    if message:  # none where the help was shown instead
        print(f"siem: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
