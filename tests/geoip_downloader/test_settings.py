import pytest

from common.errors import SettingsError
from geoip_downloader.settings import KNOWN_LISTS, MAXMIND, Settings

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aes-siem-maxmind-AbCdEf"
GOOD = {"GEO_BUCKET": "aes-siem-111122223333-geo", "AWS_REGION": "eu-west-1"}


def test_databases_and_lists_are_off_where_nothing_is_said() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.credentials == ""
    assert settings.address_lists == {}
    assert settings.maxmind == MAXMIND


def test_true_stands_for_the_url_of_a_known_list() -> None:
    lists = '{"tor_exit_nodes": true, "own": "https://example.com/list.csv"}'
    settings = Settings.from_environment({**GOOD, "ADDRESS_LISTS": lists})
    assert settings.address_lists == {
        "tor_exit_nodes": KNOWN_LISTS["tor_exit_nodes"],
        "own": "https://example.com/list.csv",
    }


@pytest.mark.parametrize(
    "arn", [SECRET, "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/aes-siem/maxmind"]
)
def test_credentials_are_in_secrets_manager_or_ssm(arn: str) -> None:
    assert Settings.from_environment({**GOOD, "MAXMIND_CREDENTIALS": arn}).credentials == arn


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAXMIND_CREDENTIALS", "Secret_licence_key"),
        ("MAXMIND_CREDENTIALS", "arn:aws:s3:::bucket"),
        ("MAXMIND_URL", "http://example.com"),
        ("ADDRESS_LISTS", "onions"),
        ("ADDRESS_LISTS", "[]"),
        ("ADDRESS_LISTS", '{"onions": true}'),
        ("ADDRESS_LISTS", '{"../x": "https://example.com"}'),
        ("ADDRESS_LISTS", '{"x": "http://example.com"}'),
        ("ADDRESS_LISTS", '{"x": 1}'),
        ("GEO_BUCKET", ""),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_it_and_not_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is ") as raised:
        Settings.from_environment({**GOOD, name: value})
    assert not value or value not in str(raised.value)
