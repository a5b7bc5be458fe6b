import pytest

from geoip_downloader.credentials import Credentials, parse
from tests.geoip_downloader.maxmind import ACCOUNT, KEY


@pytest.mark.parametrize(
    "text",
    [
        f'{{"account_id": "{ACCOUNT}", "license_key": "{KEY}"}}',
        f'{{"account_id": {ACCOUNT}, "license_key": " {KEY} "}}\n',
        f"{ACCOUNT}:{KEY}",
    ],
)
def test_account_id_and_key(text: str) -> None:
    assert parse(text) == Credentials(ACCOUNT, KEY)


@pytest.mark.parametrize("text", [KEY, f" {KEY}\n", f'{{"license_key": "{KEY}"}}'])
def test_the_key_alone(text: str) -> None:
    assert parse(text) == Credentials("", KEY)


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", "short", f"{ACCOUNT}:", f"me:{KEY}", f"{KEY} {KEY}", '{"account_id": 1}'],
)
def test_a_malformed_secret_is_none(text: str) -> None:
    assert parse(text) is None


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(Credentials(ACCOUNT, KEY))
