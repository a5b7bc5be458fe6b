"""Reads the metrics_exporter's settings from environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from common.settings import A_BUCKET, A_REGION, AN_ENDPOINT, Variables, read

FLOOR_HOURS = 4
MOST_HOURS = 720


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its metrics_exporter.

    opensearch_endpoint   URL; may hold user and password, and so is never shown
    log_bucket            gets the metrics as logs
    snapshot_bucket       keeps the history of the log sources
    silence_floor_hours   no source is called silent that was heard since
    """

    opensearch_endpoint: str = field(repr=False)
    log_bucket: str
    snapshot_bucket: str
    silence_floor_hours: int
    region: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            opensearch_endpoint=values["OPENSEARCH_ENDPOINT"],
            log_bucket=values["LOG_BUCKET"],
            snapshot_bucket=values["SNAPSHOT_BUCKET"],
            silence_floor_hours=values["SILENCE_FLOOR_HOURS"],
            region=values["AWS_REGION"],
        )


def _hours(text: str) -> int:
    hours = int(text or FLOOR_HOURS)
    if not 1 <= hours <= MOST_HOURS:
        raise ValueError
    return hours


VARIABLES: Variables = {
    "OPENSEARCH_ENDPOINT": AN_ENDPOINT,
    "LOG_BUCKET": A_BUCKET,
    "SNAPSHOT_BUCKET": A_BUCKET,
    "SILENCE_FLOOR_HOURS": (f"hours from 1 to {MOST_HOURS}, or nothing: {FLOOR_HOURS}", _hours),
    "AWS_REGION": A_REGION,
}
