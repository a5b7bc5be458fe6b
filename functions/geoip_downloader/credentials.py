"""MaxMind's account id and licence key, from Secrets Manager or SSM."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from geoip_downloader.errors import DownloadError

ACCOUNT = re.compile(r"\d{1,20}")
KEY = re.compile(r"[A-Za-z0-9_]{8,64}")
EXPECTED = '{"account_id": "...", "license_key": "..."}, or a licence key alone'


@dataclass(frozen=True, slots=True)
class Credentials:
    """`account` is "" where only the key is known, which MaxMind's older URL takes."""

    account: str
    key: str = field(repr=False)


def read(arn: str, client: Callable[[str], Any]) -> Credentials:
    """The credentials in the secret or the SSM parameter of this ARN, or DownloadError.

    client   gives the AWS client of a service
    """
    service = arn.split(":")[2]
    try:
        if service == "ssm":
            answer = client("ssm").get_parameter(Name=arn, WithDecryption=True)
            text = answer["Parameter"]["Value"]
        else:
            text = client("secretsmanager").get_secret_value(SecretId=arn).get("SecretString", "")
    except (ClientError, BotoCoreError) as error:
        raise DownloadError("credentials", _refused(error, arn)) from None
    credentials = parse(text)
    if credentials is None:
        raise DownloadError(
            "credentials", f"MaxMind's credentials are malformed (expected: {EXPECTED}): {arn}"
        )
    return credentials


def parse(text: str) -> Credentials | None:
    """The credentials in a text: a JSON object, `account:key`, or the key alone."""
    account, key = "", text.strip()
    if key.startswith("{"):
        try:
            content = json.loads(key)
        except ValueError:
            return None
        account = str(content.get("account_id") or "").strip()
        key = str(content.get("license_key") or "").strip()
    elif ":" in key:
        account, _, key = key.partition(":")
    if not KEY.fullmatch(key) or (account and not ACCOUNT.fullmatch(account)):
        return None
    return Credentials(account, key)


def _refused(error: ClientError | BotoCoreError, arn: str) -> str:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in ("ResourceNotFoundException", "ParameterNotFound"):
        return f"MaxMind's credentials are not there yet: put {EXPECTED} into: {arn}"
    return f"MaxMind's credentials cannot be read, {error}: {arn}"
