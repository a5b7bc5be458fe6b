import pytest

from common.errors import SettingsError
from common.settings import VARIABLES, Settings

GOOD = {
    "OPENSEARCH_ENDPOINT": "https://search-siem.eu-west-1.es.amazonaws.com/",
    "SNAPSHOT_BUCKET": "aes-siem-111122223333-snapshot",
    "GEO_BUCKET": "aes-siem-111122223333-geo",
    "LOGS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/logs",
    "SPLITTED_LOGS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/splitted-logs",
    "DLQ_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/dlq",
    "AWS_REGION": "eu-west-1",
}


def test_settings_are_read_from_the_environment() -> None:
    role = "arn:aws:iam::444455556666:role/reader"
    extra = f'{{"aws-controltower-logs-444455556666": "{role}"}}'
    settings = Settings.from_environment({**GOOD, "EXTRA_LOG_BUCKETS": extra})
    assert settings.opensearch_endpoint == "https://search-siem.eu-west-1.es.amazonaws.com"
    assert settings.region == "eu-west-1"
    assert settings.extra_log_buckets == {"aws-controltower-logs-444455556666": role}


def test_extra_log_buckets_are_optional() -> None:
    assert Settings.from_environment(GOOD).extra_log_buckets == {}


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", []),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        (
            "192.0.2.1, 2001:db8::/32,::ffff:192.0.2.0/120",
            ["192.0.2.1", "2001:db8::/32", "::ffff:192.0.2.0/120"],
        ),
    ],
)
def test_trusted_proxies_are_networks(text: str, networks: list[str]) -> None:
    settings = Settings.from_environment({**GOOD, "TRUSTED_PROXIES": text})
    assert [str(each) for each in settings.trusted_proxies] == networks


@pytest.mark.parametrize("name", GOOD)
def test_row_29_a_missing_setting_is_an_error_that_names_it(name: str) -> None:
    without = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(SettingsError, match=f"{name} is not set .expected: "):
        Settings.from_environment(without)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENSEARCH_ENDPOINT", "search-siem.eu-west-1.es.amazonaws.com"),
        ("OPENSEARCH_ENDPOINT", "https://host:port"),
        ("SNAPSHOT_BUCKET", "s3://bucket"),
        ("LOGS_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com"),
        ("DLQ_URL", "arn:aws:sqs:eu-west-1:111122223333:dlq"),
        ("AWS_REGION", "Ireland"),
        ("EXTRA_LOG_BUCKETS", "bucket"),
        ("EXTRA_LOG_BUCKETS", '["bucket"]'),
        ("EXTRA_LOG_BUCKETS", '{"bucket": "role"}'),
        ("TRUSTED_PROXIES", "10.0.0.0/8;192.0.2.1"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "192.0.2.1:443"),
        ("TRUSTED_PROXIES", "proxy.example.com"),
        ("TRUSTED_PROXIES", "2001:db8::/129"),
    ],
)
def test_a_malformed_setting_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is malformed .expected: "):
        Settings.from_environment({**GOOD, name: value})


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({})
    optional = {"EXTRA_LOG_BUCKETS", "TRUSTED_PROXIES"}
    assert all((name in str(raised.value)) == (name not in optional) for name in VARIABLES)


def test_a_password_in_the_endpoint_is_never_shown() -> None:
    endpoint = "https://admin:secret@127.0.0.1:9200"
    settings = Settings.from_environment({**GOOD, "OPENSEARCH_ENDPOINT": endpoint})
    assert "secret" not in repr(settings)
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({**GOOD, "OPENSEARCH_ENDPOINT": endpoint.replace("9200", "x")})
    assert "secret" not in str(raised.value)
