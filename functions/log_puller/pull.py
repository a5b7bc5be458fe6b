"""What a source is: where its records come from, and where they are put."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.errors import SiemError

Record = dict[str, Any]


class PullError(SiemError):
    """Nothing was fetched; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Pull:
    """One run of a source. `moment` is when it began: the time of its records."""

    account: str
    region: str
    moment: datetime

    @property
    def head(self) -> Record:
        """What every record begins with."""
        return {"time": iso(self.moment), "account": self.account, "region": self.region}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The records of a run, and the object that they are to get into.

    folder    of the key: AWSLogs/<account>/<folder>/<region>/<day>/
    file      name of the file, without its time
    """

    folder: str
    file: str
    records: Iterator[Record]

    def key(self, pull: Pull) -> str:
        """The S3 key, as in AWSLogs/111122223333/TrustedAdvisor/eu-west-1/2026/11/24/x.json.gz."""
        moment = pull.moment
        return (
            f"AWSLogs/{pull.account}/{self.folder}/{pull.region}/{moment:%Y/%m/%d}/"
            f"{self.file}-{moment:%Y%m%d_%H%M%S}.json.gz"
        )


def iso(moment: datetime) -> str:
    """ISO 8601, in UTC, to the second or, where there are any, the millisecond."""
    utc = moment.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=precision).replace("+00:00", "Z")
