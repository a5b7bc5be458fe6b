"""Reads the geoip_downloader's settings from environment variables."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from common.settings import A_BUCKET, A_REGION, Variables, read, url
from geoip_downloader.web import is_safe

SECRET = re.compile(r"arn:aws[a-z-]*:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:(secret:|parameter/).+")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAXMIND = "https://download.maxmind.com"
KNOWN_LISTS = {
    "tor_exit_nodes": "https://check.torproject.org/torbulkexitlist",
    "feodo_tracker": "https://feodotracker.abuse.ch/downloads/ipblocklist.csv",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its geoip_downloader.

    credentials     ARN of the Secrets Manager secret or SSM parameter that holds MaxMind's account
                    id and licence key; "" where no databases are wanted
    address_lists   name -> URL of a list of bad addresses
    maxmind         where MaxMind's downloads are
    """

    geo_bucket: str
    credentials: str
    address_lists: Mapping[str, str]
    maxmind: str
    region: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            geo_bucket=values["GEO_BUCKET"],
            credentials=values["MAXMIND_CREDENTIALS"],
            address_lists=values["ADDRESS_LISTS"],
            maxmind=values["MAXMIND_URL"],
            region=values["AWS_REGION"],
        )


def _secret(text: str) -> str:
    if text and not SECRET.fullmatch(text):
        raise ValueError
    return text


def _maxmind(text: str) -> str:
    found = url(text or MAXMIND)
    if not is_safe(found):
        raise ValueError
    return found


def _lists(text: str) -> dict[str, str]:
    lists: Any = json.loads(text or "{}")
    if not isinstance(lists, dict):
        raise ValueError
    for name, place in lists.items():
        if place is True:
            lists[name] = place = KNOWN_LISTS.get(name)
        if not (NAME.fullmatch(name) and isinstance(place, str) and is_safe(url(place))):
            raise ValueError
    return lists


VARIABLES: Variables = {
    "GEO_BUCKET": A_BUCKET,
    "MAXMIND_CREDENTIALS": ("the ARN of a secret or of an SSM parameter, or nothing", _secret),
    "ADDRESS_LISTS": (
        f'{{"name": "https URL"}}; true stands for the URL of {" and ".join(KNOWN_LISTS)}',
        _lists,
    ),
    "MAXMIND_URL": ("an https URL, or nothing", _maxmind),
    "AWS_REGION": A_REGION,
}
