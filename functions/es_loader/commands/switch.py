"""`siem pause`, `siem resume` and `siem status`: es_loader's switch, by hand."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import aws, loader_status, loader_switch
from common.errors import SiemError
from common.loader_status import Queue, Status
from common.loader_switch import Clients, Loader, Paused
from common.settings import Settings
from es_loader.commands import deployment

T = TypeVar("T")


def pause(reason: str, file: Path | None) -> int:
    """Pause the loader; return the exit status."""
    _, loader, clients = _parts(file)
    why = reason or f"by {getpass.getuser()}"
    before = _told(lambda: loader_switch.pause(clients, loader, "operator", why))
    print(f"{loader.function} is paused since {before.since}: {before.reason}")
    print("New log objects wait in the queues, for up to 14 days. `siem resume` ends it.")
    return 0


def resume(file: Path | None) -> int:
    """Make the loader what it was before; return the exit status."""
    _, loader, clients = _parts(file)
    before = _told(lambda: loader_switch.resume(clients, loader))
    if before is None:
        print(f"{loader.function} is not paused")
        return 0
    print(f"{loader.function} is resumed, paused since {before.since}: {before.reason}")
    found = _told(lambda: loader_status.storage(aws.client("cloudwatch"), loader))
    if found and found.alarm == "ALARM":
        print(f"Mind the alarm on free storage, which is still in ALARM: {loader.alarm}")
    return 0


def status(file: Path | None) -> int:
    """Print how the loader stands; return the exit status."""
    settings, loader, clients = _parts(file)
    urls = (settings.logs_queue_url, settings.splitted_logs_queue_url, settings.dlq_url)
    sqs, cloudwatch = aws.client("sqs"), aws.client("cloudwatch")
    found = _told(lambda: loader_status.status(clients, sqs, cloudwatch, loader, urls))
    for line in lines(loader, found):
        print(line)
    return 0


def lines(loader: Loader, found: Status) -> list[str]:
    """What `siem status` prints."""
    reserved = "none" if found.concurrency is None else found.concurrency
    states = ", ".join(f"{queue} {state}" for queue, state in sorted(found.mappings.items()))
    return [
        f"{loader.function}: {_state(found.paused, found.concurrency)}",
        f"  reserved concurrency: {reserved}",
        f"  triggers: {states or 'none'}",
        *(f"  {each.name}: {_messages(each)}" for each in found.queues),
        f"  free storage: {_storage(found)}",
    ]


def _state(paused: Paused | None, concurrency: int | None) -> str:
    if paused:
        return f"paused since {paused.since} by {paused.holder}: {paused.reason}"
    if concurrency == 0:
        return "stopped, but not by `siem pause`: its reserved concurrency is 0"
    return "on"


def _messages(queue: Queue) -> str:
    if queue.oldest is None:
        age = "age of the oldest not known"
    else:
        age = f"the oldest {_duration(queue.oldest)} old"
    waiting = f"{queue.waiting} waiting, {queue.in_flight} in flight, {queue.delayed} delayed"
    return f"{waiting}, {age}" if queue.waiting or queue.in_flight else waiting


def _storage(found: Status) -> str:
    if found.storage is None:
        return "not known, as there is no alarm on it"
    free = "not known" if found.storage.free is None else f"{found.storage.free:,.0f} MB"
    return f"{free} (alarm below {found.storage.threshold:,.0f} MB: {found.storage.alarm})"


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _parts(file: Path | None) -> tuple[Settings, Loader, Clients]:
    settings = deployment.settings(file)
    return settings, deployment.loader(), Clients(aws.client("lambda"), aws.client("ssm"))


def _told(ask: Callable[[], T]) -> T:
    """What `ask` returns; what AWS refuses is one line that says so."""
    try:
        return ask()
    except (ClientError, BotoCoreError) as error:
        raise SiemError(f"AWS says: {error}") from None
