"""Reads the log_puller's settings from environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from common.settings import A_BUCKET, A_REGION, Variables, matching, read

SOURCES = ("workspaces", "trusted_advisor")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its log_puller. `source`: which of SOURCES it fetches."""

    source: str
    log_bucket: str
    region: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            source=values["LOG_PULLER_SOURCE"],
            log_bucket=values["LOG_BUCKET"],
            region=values["AWS_REGION"],
        )


VARIABLES: Variables = {
    "LOG_PULLER_SOURCE": (" or ".join(SOURCES), matching(re.compile("|".join(SOURCES)))),
    "LOG_BUCKET": A_BUCKET,
    "AWS_REGION": A_REGION,
}
