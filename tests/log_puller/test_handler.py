"""The function end to end: the services on one side, an emulated S3 on the other."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from common import aws
from common.errors import SettingsError
from local import deployment, lambda_
from local.aws import Aws
from log_puller import handler as log_puller
from log_puller import trusted_advisor
from log_puller.pull import PullError
from tests.deployed_loader import client_of, refuse
from tests.log_puller import services as fakes
from tests.log_puller.services import Refused, Services
from tests.logs import Logs

DENIED = "User: arn:aws:sts::111122223333:assumed-role/puller/x is not authorized to perform: {}"


@dataclass
class Bench:
    """The function in its environment."""

    services: Services
    s3: Any
    bucket: str
    environment: pytest.MonkeyPatch
    slept: list[float] = field(default_factory=list)

    def run(self, source: str) -> dict[str, Any]:
        """Invoke the handler as the schedule does."""
        self.environment.setenv("LOG_PULLER_SOURCE", source)
        context = lambda_.Context(deployment.read())
        return log_puller.handler({"source": "aws.events"}, context)

    def records(self) -> list[dict[str, Any]]:
        """The records in the bucket's only object."""
        (key,) = self.stored()
        body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return [json.loads(line) for line in gzip.decompress(body).decode().splitlines()]

    def stored(self) -> list[str]:
        """The keys in the bucket."""
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [item["Key"] for item in found]


@pytest.fixture
def bench(fresh_clients: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The deployed function and an empty log bucket."""
    s3, described = client_of(fresh_clients, "s3"), deployment.read()
    bucket = f"{described.buckets['log']}-pulled"
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": described.region}
    )
    with fakes.running() as services:
        made = Bench(services, s3, bucket, monkeypatch)
        monkeypatch.setenv("AWS_ENDPOINT_URL_WORKSPACES", services.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SUPPORT", services.url)
        monkeypatch.setenv("LOG_BUCKET", bucket)
        monkeypatch.setattr("time.sleep", made.slept.append)
        yield made
    for key in made.stored():
        s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_bucket(Bucket=bucket)


@pytest.fixture
def inventory(bench: Bench) -> Bench:
    """Five WorkSpaces on three pages; the first one is connected."""
    bench.services.workspaces = [
        {
            "WorkspaceId": f"ws-{number}",
            "DirectoryId": "d-926722edaf",
            "UserName": f"user-{number}",
            "IpAddress": f"192.0.2.{number}",
            "State": "AVAILABLE",
            "WorkspaceProperties": {"RunningMode": "AUTO_STOP", "ComputeTypeName": "VALUE"},
        }
        for number in range(5)
    ]
    bench.services.connections = [
        {
            "WorkspaceId": "ws-0",
            "ConnectionState": "CONNECTED",
            "ConnectionStateCheckTimestamp": 1795550340.25,
            "LastKnownUserConnectionTimestamp": 1795550000,
        },
        *({"WorkspaceId": f"ws-{n}", "ConnectionState": "DISCONNECTED"} for n in range(1, 5)),
    ]
    return bench


@pytest.fixture
def advisor(bench: Bench) -> Bench:
    """Three checks: one flags two resources, one none, one cannot be refreshed."""
    bench.services.checks = [
        {
            "id": f"check-{number}",
            "name": f"Check {number}",
            "description": "<h4>pages of HTML</h4>",
            "category": "security",
            "metadata": ["Region", "Resource"],
        }
        for number in range(3)
    ]
    bench.services.results = {
        f"check-{number}": {
            "checkId": f"check-{number}",
            "timestamp": "2026-11-24T20:00:00Z",
            "status": "ok",
            "resourcesSummary": {
                "resourcesProcessed": 2,
                "resourcesFlagged": 0,
                "resourcesIgnored": 0,
                "resourcesSuppressed": 0,
            },
            "categorySpecificSummary": {},
            "flaggedResources": [],
        }
        for number in range(3)
    }
    bench.services.results["check-0"] |= {
        "status": "error",
        "flaggedResources": [
            {
                "status": "error",
                "region": "eu-west-1",
                "resourceId": f"resource-{number}",
                "isSuppressed": False,
                "metadata": ["eu-west-1", f"arn:aws:s3:::bucket-{number}"],
            }
            for number in range(2)
        ],
    }
    bench.services.states = {"check-0": ["processing", "success"], "check-1": ["success"]}
    return bench


def test_the_inventory_gets_into_the_log_bucket_with_all_pages(inventory: Bench) -> None:
    done = inventory.run("workspaces")
    assert done["records"] == 5
    assert inventory.stored() == [done["key"]]
    assert re.fullmatch(
        r"AWSLogs/111122223333/WorkSpaces/Inventory/ap-northeast-1/\d{4}/\d\d/\d\d/"
        r"workspaces-inventory-\d{8}_\d{6}\.json\.gz",
        done["key"],
    )
    records = inventory.records()
    assert [record["WorkspaceId"] for record in records] == [f"ws-{n}" for n in range(5)]
    assert records[0] | {"time": ""} == {
        "time": "",
        "account": "111122223333",
        "region": "ap-northeast-1",
        "WorkspaceId": "ws-0",
        "DirectoryId": "d-926722edaf",
        "UserName": "user-0",
        "IpAddress": "192.0.2.0",
        "State": "AVAILABLE",
        "WorkspaceProperties": {"RunningMode": "AUTO_STOP", "ComputeTypeName": "VALUE"},
        "ConnectionState": "CONNECTED",
        "ConnectionStateCheckTimestamp": "2026-11-24T19:59:00.250Z",
        "LastKnownUserConnectionTimestamp": "2026-11-24T19:53:20Z",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", records[0]["time"])
    assert inventory.services.asked.count("DescribeWorkspaces") == 3
    assert inventory.services.regions == {"ap-northeast-1"}


def test_the_number_of_records_is_a_metric(
    inventory: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory.run("workspaces")
    (metric,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (metric["PulledRecordCount"], metric["source"]) == ([5], "workspaces")


def test_no_workspace_is_no_object(bench: Bench, logs: Logs) -> None:
    assert bench.run("workspaces") == {"key": "", "records": 0}
    assert bench.stored() == []
    assert logs.messages == ["nothing there"]


def test_a_throttled_request_is_sent_again(inventory: Bench) -> None:
    throttled = Refused("ThrottlingException", "Rate exceeded")
    inventory.services.faults["DescribeWorkspaces"] = [throttled] * 3
    assert inventory.run("workspaces")["records"] == 5
    assert inventory.services.asked.count("DescribeWorkspaces") == 6
    assert inventory.slept


def test_the_results_of_all_checks_get_into_the_log_bucket(advisor: Bench) -> None:
    done = advisor.run("trusted_advisor")
    assert re.fullmatch(
        r"AWSLogs/111122223333/TrustedAdvisor/ap-northeast-1/\d{4}/\d\d/\d\d/"
        r"trustedadvisor-check-results-\d{8}_\d{6}\.json\.gz",
        done["key"],
    )
    records = advisor.records()
    assert done["records"] == len(records) == 4
    assert [
        (record["check"]["id"], record["result"].get("flaggedResource", {}).get("resourceId"))
        for record in records
    ] == [
        ("check-0", "resource-0"),
        ("check-0", "resource-1"),
        ("check-1", None),
        ("check-2", None),
    ]
    assert records[1] | {"time": ""} == {
        "time": "",
        "account": "111122223333",
        "region": "ap-northeast-1",
        "check": {
            "id": "check-0",
            "name": "Check 0",
            "category": "security",
            "metadata": ["Region", "Resource"],
        },
        "result": {
            "checkId": "check-0",
            "timestamp": "2026-11-24T20:00:00Z",
            "status": "error",
            "resourcesSummary": {
                "resourcesProcessed": 2,
                "resourcesFlagged": 0,
                "resourcesIgnored": 0,
                "resourcesSuppressed": 0,
            },
            "categorySpecificSummary": {},
            "flaggedResource": {
                "status": "error",
                "region": "eu-west-1",
                "resourceId": "resource-1",
                "isSuppressed": False,
                "metadata": ["eu-west-1", "arn:aws:s3:::bucket-1"],
                "number": 2,
            },
        },
        "refreshable": True,
    }
    assert [record["refreshable"] for record in records] == [True, True, True, False]


def test_trusted_advisor_is_asked_in_its_home_region(advisor: Bench) -> None:
    advisor.run("trusted_advisor")
    assert advisor.services.regions == {"us-east-1"}


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-northwest-1", "cn-north-1"),
    ],
)
def test_each_partition_has_its_home_region(region: str, home: str) -> None:
    assert trusted_advisor.home(region) == home


def test_results_are_awaited_until_they_are_fresh(advisor: Bench) -> None:
    advisor.run("trusted_advisor")
    order = advisor.services.asked
    assert advisor.slept == [15.0]
    assert order.count("DescribeTrustedAdvisorCheckRefreshStatuses") == 2
    assert order.index("DescribeTrustedAdvisorCheckResult") > order.index(
        "DescribeTrustedAdvisorCheckRefreshStatuses"
    )


def test_results_that_do_not_get_fresh_are_taken_as_they_are(advisor: Bench, logs: Logs) -> None:
    advisor.services.states["check-0"] = ["processing"]
    assert advisor.run("trusted_advisor")["records"] == 4
    assert sum(advisor.slept) == 180
    (warning,) = [line for line in logs.lines if line["level"] == "WARNING"]
    assert (warning["message"], warning["checks"]) == (
        "the results of some checks are old",
        ["check-0"],
    )


def test_without_the_permission_to_refresh_the_last_results_are_taken(
    advisor: Bench, logs: Logs
) -> None:
    denied = DENIED.format("support:RefreshTrustedAdvisorCheck")
    fault = Refused("AccessDeniedException", denied)
    advisor.services.faults["RefreshTrustedAdvisorCheck"] = [fault]
    assert advisor.run("trusted_advisor")["records"] == 4
    assert logs.messages[0] == (
        "results are as of Trusted Advisor's last refresh: An error occurred"
        f" (AccessDeniedException) when calling the RefreshTrustedAdvisorCheck operation: {denied}"
    )


def test_an_account_without_the_support_plan_is_one_line_that_says_so(
    advisor: Bench, logs: Logs
) -> None:
    fault = Refused("SubscriptionRequiredException", "Premium Support Subscription is required")
    advisor.services.faults["DescribeTrustedAdvisorChecks"] = [fault]
    with pytest.raises(PullError) as raised:
        advisor.run("trusted_advisor")
    assert logs.messages == [str(raised.value)]
    assert str(raised.value) == (
        "Trusted Advisor answers only accounts with a Business, Enterprise On-Ramp or Enterprise"
        " support plan: 111122223333"
    )


def test_a_missing_permission_is_one_line_and_puts_nothing(inventory: Bench, logs: Logs) -> None:
    denied = DENIED.format("workspaces:DescribeWorkspaces")
    fault = Refused("AccessDeniedException", denied)
    inventory.services.faults["DescribeWorkspaces"] = [fault]
    with pytest.raises(PullError):
        inventory.run("workspaces")
    assert logs.messages == [
        "nothing is fetched from workspaces: An error occurred (AccessDeniedException) when"
        f" calling the DescribeWorkspaces operation: {denied}"
    ]
    assert inventory.stored() == []


def test_an_inventory_that_breaks_off_puts_nothing(inventory: Bench) -> None:
    refusals = [Refused("InvalidParameterValuesException", "x")]
    answers = inventory.services.answer

    def second_page_fails(operation: str, given: dict[str, Any]) -> Any:
        found = answers(operation, given)
        late = operation == "DescribeWorkspaces" and given.get("NextToken")
        return refusals[0] if late else found

    inventory.environment.setattr(inventory.services, "answer", second_page_fails)
    with pytest.raises(PullError):
        inventory.run("workspaces")
    assert inventory.stored() == []


def test_a_bucket_that_refuses_is_one_line(inventory: Bench, logs: Logs) -> None:
    refuse(aws.client("s3"), "PutObject", "AccessDenied", "Access Denied", 403)
    with pytest.raises(PullError):
        inventory.run("workspaces")
    assert logs.messages == [
        "nothing is fetched from workspaces: An error occurred (AccessDenied) when calling the"
        " PutObject operation: Access Denied"
    ]


def test_no_network_is_one_line(inventory: Bench, logs: Logs) -> None:
    inventory.environment.setenv("AWS_ENDPOINT_URL_WORKSPACES", "http://127.0.0.1:9")
    with pytest.raises(PullError):
        inventory.run("workspaces")
    assert logs.messages == [
        "nothing is fetched from workspaces: Could not connect to the endpoint URL:"
        ' "http://127.0.0.1:9/"'
    ]


def test_wrong_settings_are_one_error_that_names_them(bench: Bench, logs: Logs) -> None:
    bench.environment.setenv("LOG_BUCKET", "")
    with pytest.raises(SettingsError) as raised:
        bench.run("everything")
    assert logs.messages == [str(raised.value)]
    assert str(raised.value) == (
        "environment variables: LOG_PULLER_SOURCE is malformed (expected: workspaces or"
        " trusted_advisor); LOG_BUCKET is not set (expected: an S3 bucket name)"
    )
