"""Reads the loader_stopper's settings from environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from common.settings import A_REGION, Variables, matching, read

FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its loader_stopper.

    loader        name of the es_loader function; alarm and SSM parameter are named after it
    alert_topic   ARN of the SNS topic that people are told by
    """

    loader: str
    alert_topic: str
    region: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            loader=values["ES_LOADER_FUNCTION"],
            alert_topic=values["ALERT_TOPIC_ARN"],
            region=values["AWS_REGION"],
        )


VARIABLES: Variables = {
    "ES_LOADER_FUNCTION": ("the name of the es_loader function", matching(FUNCTION)),
    "ALERT_TOPIC_ARN": ("the ARN of an SNS topic", matching(TOPIC)),
    "AWS_REGION": A_REGION,
}
