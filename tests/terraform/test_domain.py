"""The OpenSearch domain: encrypted, guarded, logged, updated by itself."""

import json
from typing import Any

import pytest

from tests.terraform import deployed
from tests.terraform.conftest import EXAMPLES, New
from tests.terraform.policy_evaluator import Request, decide
from tests.terraform.workspace import ACCOUNT, REGION, State, Values

DOMAIN = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/aes-siem"
TRIAL = {"allowed_cidrs": ["192.0.2.0/24"], "alert_email": None}


def domain(state: State) -> Values:
    """Return the domain."""
    (found,) = state.of_type("aws_opensearch_domain").values()
    return found


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_it_is_encrypted_and_knows_its_users(example: State) -> None:
    values = domain(example)
    (key,) = example.of_type("aws_kms_key").values()
    assert values["encrypt_at_rest"] == [{"enabled": True, "kms_key_id": key["arn"]}]
    assert values["node_to_node_encryption"] == [{"enabled": True}]
    (endpoint,) = values["domain_endpoint_options"]
    assert endpoint["enforce_https"] is True
    assert endpoint["tls_security_policy"] == "Policy-Min-TLS-1-2-PFS-2023-10"
    (security,) = values["advanced_security_options"]
    assert security["enabled"] is True
    (user,) = security["master_user_options"]
    assert user["master_user_arn"] == deployed.functions(example)["configure_domain"].role["arn"]


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_it_logs_and_is_updated_by_itself_in_its_window(example: State) -> None:
    values = domain(example)
    groups = {
        each["arn"]: each["name"] for each in example.of_type("aws_cloudwatch_log_group").values()
    }
    logs = {
        each["log_type"]: groups[each["cloudwatch_log_group_arn"]]
        for each in values["log_publishing_options"]
    }
    assert set(logs) == {"AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"}
    assert logs["AUDIT_LOGS"] == "/aws/OpenSearchService/domains/aes-siem/audit-logs"
    assert values["software_update_options"] == [{"auto_software_update_enabled": True}]
    (window,) = values["off_peak_window_options"]
    assert window["enabled"] is True
    assert window["off_peak_window"][0]["window_start_time"] == [{"hours": 17, "minutes": 0}]
    (policy,) = example.of_type("aws_cloudwatch_log_resource_policy").values()
    context = {"aws:SourceAccount": ACCOUNT}
    for arn in values["log_publishing_options"]:
        stream = f"{arn['cloudwatch_log_group_arn']}:log-stream:x"
        request = Request("es.amazonaws.com", "logs:PutLogEvents", stream, ACCOUNT, context)
        assert decide(request, json.loads(policy["policy_document"])) == "allow"


def test_the_trial_is_one_small_node(minimal: State) -> None:
    values = domain(minimal)
    (cluster,) = values["cluster_config"]
    assert (cluster["instance_type"], cluster["instance_count"]) == ("t3.medium.search", 1)
    (disk,) = values["ebs_options"]
    assert (disk["volume_type"], disk["volume_size"]) == ("gp3", 30)
    # AWS tunes no t3.
    (tuning,) = values["auto_tune_options"]
    assert tuning["desired_state"] == "DISABLED"


def test_where_a_region_has_no_t3_the_trial_is_an_r5(new_workspace: New) -> None:
    state = new_workspace(AWS_REGION="ap-northeast-3").apply(**TRIAL)
    (cluster,) = domain(state)["cluster_config"]
    assert cluster["instance_type"] == "r5.large.search"


def test_production_has_zones_masters_warm_and_cold(organization: State) -> None:
    values = domain(organization)
    (cluster,) = values["cluster_config"]
    assert cluster["zone_awareness_config"] == [{"availability_zone_count": 3}]
    assert cluster["instance_count"] == 3
    assert (cluster["dedicated_master_type"], cluster["dedicated_master_count"]) == (
        "m6g.large.search",
        3,
    )
    assert (cluster["warm_type"], cluster["warm_count"]) == ("ultrawarm1.medium.search", 2)
    assert cluster["cold_storage_options"] == [{"enabled": True}]
    (tuning,) = values["auto_tune_options"]
    assert (tuning["desired_state"], tuning["use_off_peak_window"]) == ("ENABLED", True)


def test_in_a_vpc_it_has_a_subnet_a_zone(private: State) -> None:
    (options,) = domain(private)["vpc_options"]
    subnets = {each["id"]: each for each in private.of_type("aws_subnet").values()}
    zones = [subnets[each]["availability_zone"] for each in options["subnet_ids"]]
    assert len(zones) == len(set(zones)) == 2
    (group,) = private.of_type("aws_security_group").values()
    assert group["name"] == "aes-siem-vpc-sg"
    assert options["security_group_ids"] == [group["id"]]


def test_subnets_that_are_there_already_are_used(new_workspace: New) -> None:
    network = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2", "subnet-3"]}
    cluster = {"availability_zones": 2, "instance_count": 2}
    state = new_workspace().apply(
        allowed_cidrs=["10.20.0.0/16"], alert_email=None, network=network, cluster=cluster
    )
    assert domain(state)["vpc_options"][0]["subnet_ids"] == ["subnet-1", "subnet-2"]
    loader = deployed.functions(state)["es_loader"]
    assert set(loader.values["vpc_config"][0]["subnet_ids"]) == set(network["subnet_ids"])
    for kind in ("aws_vpc", "aws_subnet", "aws_nat_gateway", "aws_vpc_endpoint"):
        assert not state.of_type(kind)
    (group,) = state.of_type("aws_security_group").values()
    assert group["vpc_id"] == "vpc-1"


def test_functions_in_a_new_vpc_reach_what_they_call(private: State) -> None:
    endpoints = {
        each["service_name"].removeprefix(f"com.amazonaws.{REGION}."): each
        for each in private.of_type("aws_vpc_endpoint").values()
    }
    interfaces = {"kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "sts"}
    assert set(endpoints) == interfaces | {"s3"}
    assert endpoints["s3"]["vpc_endpoint_type"] == "Gateway"
    (group,) = private.of_type("aws_security_group").values()
    for name in interfaces:
        assert endpoints[name]["private_dns_enabled"] is True
        assert endpoints[name]["security_group_ids"] == [group["id"]]
    # configure_domain calls the API of OpenSearch Service, which has no endpoint.
    (nat,) = private.of_type("aws_nat_gateway").values()
    private_routes = [
        each
        for each in private.of_type("aws_route").values()
        if each["nat_gateway_id"] == nat["id"]
    ]
    assert [each["destination_cidr_block"] for each in private_routes] == ["0.0.0.0/0"]


@pytest.mark.parametrize("way", ["nat_gateway", "s3_endpoint"])
def test_each_way_out_can_be_left_out(new_workspace: New, way: str) -> None:
    network: dict[str, Any] = {"interface_endpoints": [], way: False}
    state = new_workspace().apply(allowed_cidrs=["10.20.0.0/16"], alert_email=None, network=network)
    kinds = {"nat_gateway": "aws_nat_gateway", "s3_endpoint": "aws_vpc_endpoint"}
    assert {name: len(state.of_type(kind)) for name, kind in kinds.items()} == {
        "nat_gateway": 1,
        "s3_endpoint": 1,
        way: 0,
    }


def test_the_domain_takes_the_snapshot_role_for_itself_only(minimal: State) -> None:
    role = deployed.named(minimal, "aws_iam_role", "aes-siem-snapshot")
    assert (
        deployed.functions(minimal)["configure_domain"].environment["SNAPSHOT_ROLE_ARN"]
        == (role["arn"])
    )
    trust = json.loads(role["assume_role_policy"])
    for source, answer in [(DOMAIN, "allow"), (f"{DOMAIN}-2", "none")]:
        context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
        request = Request("es.amazonaws.com", "sts:AssumeRole", role["arn"], ACCOUNT, context)
        assert decide(request, trust, resource_policy_decides=True) == answer
    policies = deployed.role_policies(minimal, "aes-siem-snapshot")
    bucket = f"arn:aws:s3:::aes-siem-{ACCOUNT}-snapshot"
    for action in ("GetObject", "PutObject", "DeleteObject"):
        for folder, answer in [
            ("snapshots", "allow"),
            ("quarantine", "none"),
            ("saved_objects", "none"),
        ]:
            request = Request(role["arn"], f"s3:{action}", f"{bucket}/{folder}/x", ACCOUNT)
            assert decide(request, None, policies) == answer


def test_the_secret_has_no_value_of_terraforms(minimal: State) -> None:
    (secret,) = minimal.of_type("aws_secretsmanager_secret").values()
    assert secret["name"] == "aes-siem-master"
    assert not minimal.of_type("aws_secretsmanager_secret_version")
    configure = deployed.functions(minimal)["configure_domain"]
    assert configure.environment["MASTER_SECRET_ARN"] == secret["arn"]
    assert configure.environment["DOMAIN_NAME"] == domain(minimal)["domain_name"] == "aes-siem"


def test_what_the_caller_says_reaches_configure_domain(organization: State) -> None:
    environment = deployed.functions(organization)["configure_domain"].environment
    retention = json.loads(environment["RETENTION"])
    assert retention["cloudtrail"] == {"warm": 30, "cold": 120, "delete": 2555}
    roles = deployed.functions(organization)
    assert json.loads(environment["LOADER_ROLE_ARNS"]) == [roles["es_loader"].role["arn"]]
    assert json.loads(environment["METRICS_ROLE_ARNS"]) == [roles["metrics_exporter"].role["arn"]]
    assert environment["CONFIGURE_ROLE_ARN"] == roles["configure_domain"].role["arn"]
