"""The results of all Trusted Advisor checks of this account.

A record is one flagged resource, or a check that flags none:
  {"time", "account", "region", "check": {"id", "name", "category", "metadata": [titles]},
   "result": {..., "flaggedResource": {..., "metadata": [values], "number": 1}},
   "refreshable": whether a new result can be asked for}
`check` and `result` are what DescribeTrustedAdvisorChecks and DescribeTrustedAdvisorCheckResult
give, less the check's description, which is pages of HTML in every record.
https://docs.aws.amazon.com/awssupport/latest/APIReference/API_DescribeTrustedAdvisorCheckResult.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from common.telemetry import logger
from log_puller.pull import Fetched, Pull, PullError, Record

# The one region of each partition where the Support API answers for Trusted Advisor.
HOME = {"us-gov": "us-gov-west-1", "cn": "cn-north-1"}
ENDED = ("success", "abandoned", "none")
MOST_IDS = 100
POLL_SECONDS = 15.0
POLLS = 12


def home(region: str) -> str:
    """The region of the Support API for a function in `region`."""
    return next((at for start, at in HOME.items() if region.startswith(f"{start}-")), "us-east-1")


def fetch(client: Any, pull: Pull, sleep: Callable[[float], None]) -> Fetched:
    """The results, as fresh as Trusted Advisor makes them within three minutes.

    Raises PullError where the account's support plan does not include it.
    """
    try:
        checks = client.describe_trusted_advisor_checks(language="en")["checks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "SubscriptionRequiredException":
            raise PullError(
                "Trusted Advisor answers only accounts with a Business, Enterprise On-Ramp or"
                f" Enterprise support plan: {pull.account}"
            ) from None
        raise
    refreshed = _refresh(client, [check["id"] for check in checks], sleep)
    records = _records(client, pull, checks, refreshed)
    return Fetched("TrustedAdvisor", "trustedadvisor-check-results", records)


def _refresh(client: Any, checks: list[str], sleep: Callable[[float], None]) -> set[str]:
    """Ask for new results and wait for them; return the checks that can be asked for any."""
    asked: set[str] = set()
    for check in checks:
        try:
            client.refresh_trusted_advisor_check(checkId=check)
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidParameterValueException":
                continue  # AWS refreshes it by itself
            logger.warning(f"results are as of Trusted Advisor's last refresh: {error}")
            return asked
        asked.add(check)
    waiting = sorted(asked)
    for _ in range(POLLS):
        waiting = _waiting(client, waiting)
        if not waiting:
            return asked
        sleep(POLL_SECONDS)
    logger.warning("the results of some checks are old", extra={"checks": waiting})
    return asked


def _waiting(client: Any, checks: list[str]) -> list[str]:
    found = []
    for start in range(0, len(checks), MOST_IDS):
        answer = client.describe_trusted_advisor_check_refresh_statuses(
            checkIds=checks[start : start + MOST_IDS]
        )
        found += [each["checkId"] for each in answer["statuses"] if each["status"] not in ENDED]
    return found


def _records(
    client: Any, pull: Pull, checks: list[Record], refreshable: set[str]
) -> Iterator[Record]:
    for check in checks:
        answer = client.describe_trusted_advisor_check_result(checkId=check["id"], language="en")
        result = answer["result"]
        flagged = result.pop("flaggedResources", [])
        record = {
            **pull.head,
            "check": {name: value for name, value in check.items() if name != "description"},
            "result": result,
            "refreshable": check["id"] in refreshable,
        }
        if not flagged:
            yield record
        for number, resource in enumerate(flagged, 1):
            yield {
                **record,
                "result": {**result, "flaggedResource": {**resource, "number": number}},
            }
