"""Shows the main job on a laptop: log objects in S3 become searchable documents.

`python -m local.demo`; with KEEP=1 in the environment, the node and the emulated AWS stay up.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local import (
    aws,
    books,
    demo_data,
    deployment,
    geoip,
    lambda_,
    node,
    permissions,
    preview,
    process,
    searches,
)
from local.demo_data.scene import LogObject
from local.preview.ask import Range
from local.process import LocalStackError, say
from local.stack import Stack, create

ROOT = Path(__file__).resolve().parent.parent
LOADER_LOG = ROOT / ".cache" / "demo-loader.log"
PAGES = ROOT / "demo"
LAST_HOUR = timedelta(hours=1)


def main() -> int:
    """Run the demo; return 0 if something was indexed and the books balance, else 1."""
    process.end_on_sigterm()
    keep = os.environ.get("KEEP") == "1"
    described = deployment.read()
    os.environ.update(described.environment)  # loggers read it when they are imported
    own_node = own_aws = None
    finished = False
    try:
        own_node = node.start()
        own_aws = aws.start(described.account, described.region)
        status = run(create(own_node, own_aws, described), keep)
        finished = True
        return status
    except LocalStackError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    finally:
        if not (keep and finished):
            if own_aws:
                aws.stop(own_aws)
            if own_node:
                node.stop(own_node)


def run(stack: Stack, keep: bool = False, pages: Path = PAGES) -> int:
    """Load the sample logs into an empty deployment and print what arrived; 0 if all is well.

    `pages`: the folder for the preview of the dashboards.
    """
    os.environ.update(stack.environment)
    geoip.upload(stack)
    bucket = stack.deployment.buckets["log"]
    account, region = stack.deployment.account, stack.deployment.region
    now = datetime.now(UTC)
    objects = demo_data.generate(account, region, now)
    for made in objects:
        stack.s3.put_object(Bucket=bucket, Key=made.key, Body=made.body)
    say(f"uploaded {len(objects)} log objects to s3://{bucket}")
    with permissions.recording(stack.deployment, (stack.s3, stack.sqs)) as calls:
        pumped = _load(stack)
    stack.opensearch.indices.refresh(index="log-*,siem-ledger-*")
    ledger = books.entries(stack.opensearch, [made.key for made in objects])
    accounts = books.accounts(stack.opensearch, ledger)
    faults = books.faults(accounts, _expected(objects))
    if pumped.retried:
        faults.append(f"SQS messages that the loader wants to retry: {pumped.retried}")
    if not any(each.indexed for each in accounts.values()):
        faults.append("nothing was indexed")
    refused = calls.refused(stack.deployment.functions["es_loader"])
    if not refused:
        say(f"its role allows all that it called: {len(calls.made)} actions on AWS and the domain")
    faults += refused
    _print_accounts(accounts)
    for entry in ledger:
        if entry["outcome"] != "loaded":
            print(f"{entry['outcome']} ({entry['cause']}): {entry['key']}")
    searches.show(stack.opensearch)
    range = Range(now - LAST_HOUR, datetime.now(UTC))
    index = preview.write(stack.opensearch, pages, range, preview.objects())
    print(f"\nThe dashboards, as pages for a browser: {index}")
    print(f"OpenSearch answers at {stack.node.url}")
    if keep:
        pids = [str(child.pid) for child in (stack.node.child, stack.aws.child) if child]
        print(f"AWS is emulated at {stack.aws.url}; stop both by: kill {' '.join(pids)}")
    if faults:
        say(f"error: {'; '.join(faults)}; the loader's log: {LOADER_LOG}")
    _print_summary(list(accounts.values()))
    return 1 if faults else 0


def _load(stack: Stack) -> lambda_.Pumped:
    from es_loader.handler import handler

    started = time.monotonic()
    with _output_to(LOADER_LOG):
        pumped = lambda_.pump(stack, handler)
    say(
        f"loaded them in {time.monotonic() - started:.1f} s: {pumped.done} SQS messages "
        f"in {pumped.invocations} invocations of the es_loader handler"
    )
    return pumped


@contextmanager
def _output_to(file: Path) -> Iterator[None]:
    """Send logs and metrics to a file: by file descriptor, since the logger holds its stream."""
    file.parent.mkdir(exist_ok=True)
    sys.stdout.flush()
    saved = {stream: os.dup(stream) for stream in (1, 2)}
    with file.open("wb") as log:
        for stream in saved:
            os.dup2(log.fileno(), stream)
    try:
        yield
    finally:
        sys.stdout.flush()
        for stream, copy in saved.items():
            os.dup2(copy, stream)
            os.close(copy)


def _expected(objects: list[LogObject]) -> dict[str, int]:
    records: Counter[str] = Counter()
    for made in objects:
        if made.log_type:
            records[made.log_type] += made.records
    return dict(records)


def _print_accounts(accounts: dict[str, books.Account]) -> None:
    row = "{:18}{:>9}{:>9}{:>9}{:>10}{:>13}{:>17}".format
    titles = ("objects", "records", "indexed", "excluded", "quarantined", "documents found")
    print("\n" + row("log type", *titles))
    for name, each in accounts.items():
        print(row(name, *astuple(each)))


def _print_summary(accounts: list[books.Account]) -> None:
    indexed, excluded, quarantined = (
        sum(getattr(each, outcome) for each in accounts)
        for outcome in ("indexed", "excluded", "quarantined")
    )
    log_types = sum(each.indexed > 0 for each in accounts)
    print(
        f"indexed {indexed} documents of {log_types} log types; "
        f"excluded {excluded}; quarantined {quarantined}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
