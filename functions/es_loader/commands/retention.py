"""How long each log type is kept, as its policy in the cluster says; what is older is not loaded.

Index State Management counts from the day on which an index was made. An index made today for logs
of long ago would so be kept as long as one of today's logs: cluster and purse should not find that
out for themselves.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from common.errors import SiemError
from configure_domain.retention import API, DAYS
from es_loader.cluster import Cluster
from es_loader.log_type import LogType

SECONDS = 60.0
AGE = re.compile(r"(\d+)d")
DELETES = {"delete", "cold_delete"}
DAY = 86_400_000  # ms


class Kept:
    """Days that log types are kept, asked for when first needed."""

    def __init__(self, cluster: Cluster, log_types: Mapping[str, LogType]) -> None:
        self._cluster, self._log_types = cluster, log_types
        self._days: dict[str, int | None] = {}

    def days(self, log_type: LogType | None) -> int | None:
        """Days after its last event that an index is deleted; None: it never is.

        What only its content can tell the type of is kept as long as any type is.
        """
        if log_type is None:
            every = [self.days(each) for each in self._log_types.values()]
            known = [days for days in every if days is not None]
            return max(known) if known and len(known) == len(every) else None
        if log_type.name not in self._days:
            self._days[log_type.name] = self._ask(log_type)
        return self._days[log_type.name]

    def is_past(self, log_type: LogType | None, modified: int) -> bool:
        """Whether logs of that time (ms since 1970) would have been deleted by now."""
        days = self.days(log_type)
        return days is not None and modified < _now() - days * DAY

    @staticmethod
    def begins(days: int) -> str:
        """The first day that is not past a retention of so many days."""
        return f"{datetime.fromtimestamp(_now() / 1000, UTC) - timedelta(days=days - 1):%Y-%m-%d}"

    def _ask(self, log_type: LogType) -> int | None:
        path = f"{API}/policies/siem-{log_type.index_prefix}"
        reply = self._cluster.ask(lambda: SECONDS, "GET", path, b"")
        if reply.status == 404 or (reply.status == 400 and "no handler" in reply.error):
            return None
        if reply.status != 200:
            raise SiemError(
                f"the retention of {log_type.name} cannot be read ({reply.error}); with --keep it"
                f" is not asked for: {path}"
            )
        ages = list(_ages(reply.data["policy"]))
        return min(ages) - DAYS[log_type.index] if ages else None


def _ages(policy: dict[str, Any]) -> Iterator[int]:
    """Days of age at which a policy deletes an index."""
    states = {state["name"]: state for state in policy["states"]}
    for state in states.values():
        for transition in state["transitions"]:
            actions = states[transition["state_name"]]["actions"]
            age = AGE.fullmatch((transition.get("conditions") or {}).get("min_index_age", ""))
            if age and any(DELETES & action.keys() for action in actions):
                yield int(age[1])


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
