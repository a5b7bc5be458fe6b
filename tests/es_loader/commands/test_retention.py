"""`siem load` of logs that are older than they are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.opensearch import connect
from configure_domain.domain import Domain
from configure_domain.report import Report
from configure_domain.retention import policies
from configure_domain.settings import Retention, Settings
from es_loader.cluster import Cluster
from es_loader.commands.retention import Kept
from es_loader.log_type_file import load_all
from tests.es_loader import faulty
from tests.es_loader.commands.conftest import FLOWS, OLD, Siem
from tests.es_loader.faulty import Answer, Faulty
from tests.es_loader.logs import flow, text_lines

URL = f"s3://{OLD}"
LOG_TYPES = load_all()
DAY = 86_400_000
LATER = datetime.now(UTC) + timedelta(days=550)


@contextmanager
def kept_for(siem: Siem, **retention: Retention) -> Iterator[Faulty]:
    """The deployment with the policies that configure_domain makes of these settings."""
    plain: dict[str, Any] = dict.fromkeys((field.name for field in fields(Settings)), "")
    own = {name.replace("all", "*"): days for name, days in retention.items()}
    settings = Settings(**plain | {"retention": own})
    nothing: Any = None
    domain = Domain(settings, nothing, nothing, LOG_TYPES, (3, 3), warm=True, cold=True)
    made = {f"/_plugins/_ism/policies/{n}": p for n, p in policies(domain, Report(True)).items()}

    def answer(request: faulty.Request, forward: faulty.Forward) -> Answer:
        if not request.path.startswith("/_plugins/_ism/"):
            return forward(request)
        if request.path in made:
            return Answer(200, {"_id": "x"} | made[request.path])
        return Answer(404, faulty.error("status_exception", "Policy not found"))

    with faulty.running(siem.stack.node.url) as proxy:
        proxy.always = answer
        siem.patch.setenv("OPENSEARCH_ENDPOINT", proxy.url)
        yield proxy


def cluster(proxy: Faulty) -> Cluster:
    """The cluster behind the proxy."""
    return Cluster(connect(proxy.url, ""))


def begins(days: int) -> str:
    """The first day that is not past so many days."""
    return f"{LATER - timedelta(days=days - 1):%Y-%m-%d}"


@pytest.fixture
def old(siem: Siem, monkeypatch: pytest.MonkeyPatch) -> Siem:
    """A past object, that today is a year and a half old."""
    siem.put(f"{FLOWS}/1.log", text_lines(flow(1)), OLD)
    monkeypatch.setattr("es_loader.commands.retention._now", lambda: int(LATER.timestamp() * 1000))
    return siem


def test_what_is_older_than_its_log_type_is_kept_is_refused(old: Siem) -> None:
    with kept_for(old, vpc_flow=Retention(delete=90), all=Retention(delete=3650)):
        ran = old("load", URL)
        assert (ran.status, ran.out) == (2, [])
        assert ran.err == [
            "siem: objects are older than their log type is kept: leave them out with --since"
            f" {begins(90)}, or load and keep them with --keep: 1 of vpc_flow, 90 days"
        ]
        dry = old("load", URL, "--dry-run")
        assert (dry.status, dry.err) == (2, ran.err)
        assert dry.out[1].split() == ["vpc_flow", "0", "1", "102", "bytes", "1"]
        assert old.count() == 0
        assert old("load", URL, "--keep").status == 0
        assert old.count() == 1


def test_what_is_kept_longer_is_loaded(old: Siem) -> None:
    with kept_for(old, all=Retention(warm=30, cold=90, delete=600)):
        assert old("load", URL).status == 0


def test_what_the_ledger_has_is_not_refused(old: Siem) -> None:
    assert old("load", URL).status == 0
    with kept_for(old, all=Retention(delete=90)):
        assert old("load", URL).status == 0


def test_what_is_never_deleted_is_never_past(old: Siem) -> None:
    with kept_for(old, vpc_flow=Retention(warm=30)):
        assert old("load", URL).status == 0


@pytest.mark.parametrize("name", ["vpc_flow", "cloudtrail", "trusted_advisor"])
def test_days_are_those_of_the_settings_whatever_the_period_of_the_index(
    siem: Siem, name: str
) -> None:
    with kept_for(siem, **{name: Retention(warm=7, cold=30, delete=400)}) as proxy:
        kept = Kept(cluster(proxy), LOG_TYPES)
        assert kept.days(LOG_TYPES[name]) == 400
        now = int(datetime.now(UTC).timestamp() * 1000)
        assert kept.is_past(LOG_TYPES[name], now - 401 * DAY)
        assert not kept.is_past(LOG_TYPES[name], now - 399 * DAY)


def test_what_only_its_content_can_tell_is_kept_as_long_as_anything_is(siem: Siem) -> None:
    with kept_for(siem, cloudtrail=Retention(delete=400), all=Retention(delete=90)) as proxy:
        assert Kept(cluster(proxy), LOG_TYPES).days(None) == 400
    with kept_for(siem, cloudtrail=Retention(warm=400), all=Retention(delete=90)) as proxy:
        assert Kept(cluster(proxy), LOG_TYPES).days(None) is None


def test_a_retention_that_may_not_be_read_is_one_line(old: Siem) -> None:
    with kept_for(old) as proxy:
        proxy.always = lambda request, forward: (
            Answer(403, faulty.error("security_exception"))
            if "_ism" in request.path
            else forward(request)
        )
        ran = old("load", URL)
        assert (ran.status, ran.err) == (
            2,
            [
                "siem: the retention of vpc_flow cannot be read (security_exception); with --keep"
                " it is not asked for: /_plugins/_ism/policies/siem-log-aws-vpc_flow"
            ],
        )
        assert old("load", URL, "--keep").status == 0
