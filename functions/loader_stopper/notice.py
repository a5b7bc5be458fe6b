"""What people are told when es_loader is paused or resumed, and what they have to do."""

from dataclasses import dataclass

from common.loader_switch import Loader, Paused

MOST_SUBJECT = 100  # characters that SNS takes


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of SNS."""

    title: str
    text: str

    @property
    def subject(self) -> str:
        """The title, as far as SNS takes it."""
        return self.title[:MOST_SUBJECT]


def paused(loader: Loader, before: Paused) -> Notice:
    """It was paused by the alarm."""
    return Notice(
        f"{loader.function} is paused: the domain has too little free storage",
        f"""\
{loader.function} was paused at {before.since}, because the alarm {loader.alarm} is in ALARM:
{before.reason}

Nothing is lost: new log objects wait in the queues, for up to 14 days.

What to do: make room in the OpenSearch domain. Delete indices that are no longer needed, shorten
the retention, or give the domain more storage. When the alarm is OK again, {loader.function} is
resumed by itself and loads what waits. `siem status` shows how it stands, `siem resume` resumes it
at once.
""",
    )


def resumed(loader: Loader, before: Paused) -> Notice:
    """The alarm is OK again, and it was resumed."""
    return Notice(
        f"{loader.function} is resumed: the domain has free storage again",
        f"""\
{loader.function}, paused since {before.since}, was resumed, because the alarm {loader.alarm} is OK
again. It now loads what waited in the queues.

What to do: nothing. `siem status` shows how the queues get empty.
""",
    )


def held(loader: Loader, before: Paused) -> Notice:
    """The alarm is OK again, but an operator had paused it."""
    return Notice(
        f"{loader.function} stays paused: it was paused by an operator",
        f"""\
The alarm {loader.alarm} is OK again, but {loader.function} was paused by an operator, not by the
alarm, at {before.since}:
{before.reason}

What to do: `siem resume`, when the reason is gone. Messages wait in the queues for up to 14 days.
""",
    )


def failed(loader: Loader, state: str, error: str) -> Notice:
    """The switch failed."""
    wanted, command = ("paused", "pause") if state == "ALARM" else ("resumed", "resume")
    return Notice(
        f"{loader.function} could not be {wanted}",
        f"""\
The alarm {loader.alarm} is in the state {state}, but {loader.function} could not be {wanted}:
{error}

It is tried again twice. What to do if no other message follows: `siem status` shows how it stands,
`siem {command}` tries it again.
""",
    )
