import json

import pytest

from common.errors import SettingsError
from configure_domain.settings import VARIABLES, Retention, Settings
from tests.configure_domain.conftest import ENVIRONMENT

GOOD = ENVIRONMENT | {
    "OPENSEARCH_ENDPOINT": "https://search-aes-siem-example.ap-northeast-1.es.amazonaws.com",
    "AWS_REGION": "ap-northeast-1",
    "MASTER_SECRET_ARN": "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:master-AbCdEf",
}
OPTIONAL = ("METRICS_ROLE_ARNS", "ADMIN_ARNS", "ANALYST_ARNS", "RETENTION", "CLUSTER_SETTINGS")


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.domain == "aes-siem"
    assert settings.loader_roles == ("arn:aws:iam::111122223333:role/aes-siem-es-loader",)
    assert settings.retention["*"] == Retention(delete=400)


def test_what_is_optional_may_be_left_out() -> None:
    settings = Settings.from_environment(
        {name: value for name, value in GOOD.items() if name not in OPTIONAL}
    )
    assert (settings.admins, settings.retention, settings.cluster_settings) == ((), {}, {})


@pytest.mark.parametrize("name", VARIABLES.keys() - {*OPTIONAL})
def test_a_missing_setting_is_an_error_that_names_it(name: str) -> None:
    without = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(SettingsError, match=f"^environment variables: {name} is not set .expected"):
        Settings.from_environment(without)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOMAIN_NAME", "AES-SIEM"),
        ("MASTER_USER_NAME", "a user"),
        ("MASTER_SECRET_ARN", "aes-siem-master"),
        ("ALERT_TOPIC_ARN", "aes-siem-alert"),
        ("SNAPSHOT_ROLE_ARN", "arn:aws:iam::111122223333:user/a"),
        ("LOADER_ROLE_ARNS", "[]"),
        ("LOADER_ROLE_ARNS", '"arn:aws:iam::111122223333:role/a"'),
        ("LOADER_ROLE_ARNS", '["arn:aws:iam::111122223333:user/a"]'),
        ("ANALYST_ARNS", '["analyst"]'),
        ("ADMIN_ARNS", "alice"),
        ("RETENTION", "400"),
        ("RETENTION", '{"*": 400}'),
        ("RETENTION", '{"*": {"delete": "400"}}'),
        ("RETENTION", '{"*": {"delete": 0}}'),
        ("RETENTION", '{"*": {"delete": true}}'),
        ("RETENTION", '{"*": {"drop": 400}}'),
        ("RETENTION", '{"*": {"warm": 90, "delete": 30}}'),
        ("RETENTION", '{"*": {"warm": 30, "delete": 30}}'),
        ("RETENTION", '{"*": {"cold": 30, "delete": 90}}'),
        ("CLUSTER_SETTINGS", '{"cluster.name": "mine"}'),
        ("CLUSTER_SETTINGS", '{"cluster.max_shards_per_node": 1000}'),
    ],
)
def test_a_malformed_setting_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^environment variables: {name} is malformed .expect"):
        Settings.from_environment(GOOD | {name: value})


def test_a_tier_may_be_null() -> None:
    text = json.dumps({"waf": {"warm": None, "cold": None, "delete": 30}})
    settings = Settings.from_environment(GOOD | {"RETENTION": text})
    assert settings.retention == {"waf": Retention(delete=30)}
