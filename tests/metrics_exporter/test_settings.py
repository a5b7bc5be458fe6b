import pytest

from common.errors import SettingsError
from metrics_exporter.settings import Settings

GOOD = {
    "OPENSEARCH_ENDPOINT": "https://search-siem.eu-west-1.es.amazonaws.com",
    "LOG_BUCKET": "aes-siem-111122223333-log",
    "SNAPSHOT_BUCKET": "aes-siem-111122223333-snapshot",
    "AWS_REGION": "eu-west-1",
}


def test_the_floor_is_four_hours_where_nothing_is_said() -> None:
    assert Settings.from_environment(GOOD).silence_floor_hours == 4
    assert (
        Settings.from_environment({**GOOD, "SILENCE_FLOOR_HOURS": "24"}).silence_floor_hours == 24
    )


@pytest.mark.parametrize("hours", ["0", "721", "-1", "a day", "1.5"])
def test_a_wrong_floor_is_an_error_that_names_it(hours: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({**GOOD, "SILENCE_FLOOR_HOURS": hours})
    assert str(raised.value) == (
        "environment variables: SILENCE_FLOOR_HOURS is malformed"
        " (expected: hours from 1 to 720, or nothing: 4)"
    )


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_an_error_that_names_it(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        Settings.from_environment({key: value for key, value in GOOD.items() if key != name})


def test_a_password_in_the_endpoint_is_never_shown() -> None:
    endpoint = "https://admin:secret@127.0.0.1:9200"
    assert "secret" not in repr(
        Settings.from_environment({**GOOD, "OPENSEARCH_ENDPOINT": endpoint})
    )
