"""Lambda entry of geoip_downloader: brings databases and lists of bad addresses up to date.

What the event says does not matter: it is a schedule's.
"""

import time
from typing import Any

from common import aws
from common.errors import SettingsError
from common.telemetry import emit, logger
from geoip_downloader import address_lists, credentials, databases
from geoip_downloader.databases import Source
from geoip_downloader.errors import DownloadError
from geoip_downloader.settings import Settings
from geoip_downloader.web import Web

WRONG_KEY = (
    "MaxMind refuses the account id or the licence key (HTTP 401): put the right ones into: "
)


def handler(event: Any, context: Any) -> dict[str, str]:
    """Update all of them; return what became of each by name.

    One that cannot be updated is an error in the log and a metric, and hinders no other; what is in
    the bucket stays. Raises SettingsError.
    """
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        logger.error(str(error))
        raise
    web, s3 = Web(time.sleep), aws.client("s3")
    done = _databases(settings, web, s3) if settings.credentials else _none()
    for name, url in settings.address_lists.items():
        try:
            done[name] = address_lists.update(web, s3, settings.geo_bucket, name, url)
        except DownloadError as error:
            done[name] = _failed(error)
    logger.info("done", extra={"outcomes": done})
    return done


def _none() -> dict[str, str]:
    logger.info("no databases are fetched: MAXMIND_CREDENTIALS is not set")
    return {}


def _databases(settings: Settings, web: Web, s3: Any) -> dict[str, str]:
    """Update the databases, and tell the age of each, whether or not it could be updated."""
    try:
        login = credentials.read(settings.credentials, aws.client)
    except DownloadError as error:
        done = dict.fromkeys(databases.EDITIONS, _failed(error))
    else:
        source = Source(web, s3, settings.geo_bucket, settings.maxmind, login)
        done = _update(source, settings.credentials)
    for edition in databases.EDITIONS:
        if built := databases.built(s3, settings.geo_bucket, edition):
            emit({"DatabaseAge": time.time() - built}, database=edition)
    return done


def _update(source: Source, secret: str) -> dict[str, str]:
    done: dict[str, str] = {}
    for edition in databases.EDITIONS:
        try:
            done[edition] = databases.update(source, edition)
        except DownloadError as error:
            if error.cause == "wrong_key":  # it will be as wrong for the others
                wrong = _failed(DownloadError(error.cause, WRONG_KEY + secret))
                return done | dict.fromkeys(databases.EDITIONS[len(done) :], wrong)
            done[edition] = _failed(error)
    return done


def _failed(error: DownloadError) -> str:
    logger.error(f"not updated, the old one stays: {error}", extra={"cause": error.cause})
    emit({"DownloadErrorCount": 1}, cause=error.cause)
    return f"failed: {error.cause}"
