"""The account, hosts, people and addresses that all sample logs speak of."""

import gzip
import json
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# One address goes through all logs: it scans, guesses passwords, comes in by a leaked access key
# (attack.py) and is found by GuardDuty.
INTRUDER = "198.51.100.77"
# Well-known public resolvers, so that GeoIP has something to find.
PUBLIC = ["8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "208.67.222.222", "2001:4860:4860::8888"]
VISITORS = [f"192.0.2.{n}" for n in range(1, 60)] + [f"203.0.113.{n}" for n in range(1, 60)]
USERS = ["alice", "bob", "carol", "dave", "deploy"]
VPC = "vpc-0a1b2c3d4e5f60718"
LOAD_BALANCER = "app/shop/50dc6c495c0c9188"
HOSTS = {f"10.0.1.{n}": f"i-0abcdef12345678{n:02d}" for n in range(10, 18)}
USER_AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "aws-cli/2.22.7 md/awscrt#0.22.0 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12.6",
    "curl/8.5.0",
]


@dataclass(frozen=True, slots=True)
class LogObject:
    """An object to put into the log bucket, and how many records it holds for which log type.

    `log_type` is empty where the key belongs to none; `broken` of the records are damaged.
    """

    log_type: str
    key: str
    body: bytes
    records: int
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when the sample logs happen, and the one source of chance."""

    account: str
    region: str
    now: datetime
    chance: random.Random

    def times(self, count: int) -> list[datetime]:
        """Return `count` moments of the hour before now, in order, to the millisecond."""
        offsets = sorted(self.chance.randrange(60_000, 3_600_000) for _ in range(count))
        start = self.now.astimezone(UTC).replace(microsecond=0) - timedelta(hours=1)
        return [start + timedelta(milliseconds=offset - 60_000) for offset in offsets]

    def moment(self, minutes: float) -> datetime:
        """Return the moment so many minutes before now."""
        return self.now.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=minutes)

    def address(self) -> str:
        """Return an outside address: documentation ranges, some public, some the intruder's."""
        group = self.chance.choices([VISITORS, PUBLIC, [INTRUDER]], [6, 3, 1])[0]
        return self.chance.choice(group)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def letters(self, count: int, alphabet: str = "0123456789abcdef") -> str:
        return "".join(self.chance.choices(alphabet, k=count))

    def prefix(self, service: str, parts: str = "%Y/%m/%d") -> str:
        """Return `AWSLogs/<account>/<service>/<region>/<date>/`."""
        return f"AWSLogs/{self.account}/{service}/{self.region}/{self.now:{parts}}/"

    def stamp(self) -> str:
        """Return the time as AWS puts it into file names."""
        return f"{self.now:%Y%m%dT%H%MZ}"

    def firehose_name(self, stream: str) -> str:
        """Return the name that Firehose gives an object."""
        return f"{stream}-1-{self.now:%Y-%m-%d-%H-%M-%S}-{self.uuid()}"


def iso(time: datetime, timespec: str = "seconds") -> str:
    """Return ISO 8601 with a Z, to the second or finer."""
    return time.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def json_lines(records: Iterable[Any]) -> bytes:
    """Return one compact JSON text a line."""
    lines = [json.dumps(record, separators=(",", ":")) + "\n" for record in records]
    return "".join(lines).encode()


def gzipped(content: bytes) -> bytes:
    """Return gzip that has no time in it."""
    return gzip.compress(content, mtime=0)
