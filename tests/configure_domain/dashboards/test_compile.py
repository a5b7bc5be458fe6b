"""What the saved objects of a dashboard say."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.errors import DashboardError
from configure_domain.dashboards import __main__ as command
from configure_domain.dashboards import compile as compiler
from es_loader.log_type import LogType
from tests.configure_domain.dashboards import written
from tests.configure_domain.dashboards.panels import Object

METRIC = {"metric": "count"}


def panel(folder: Path, found: dict[str, Any], **more: Any) -> Object:
    """The saved object of the only panel."""
    made = written.objects(written.file(folder, [found], **more))
    return next(each for each in made if each["id"] == "siem-tried-tried")


def state(saved: Object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(saved["attributes"]["visState"])
    return found


def where(saved: Object) -> str:
    source = json.loads(saved["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    query: str = source["query"]["query"]
    return query


def test_links_lead_to_dashboards_by_their_titles(tmp_path: Path) -> None:
    two = state(panel(tmp_path, {"links": ["dns", "overview"]}))["params"]["markdown"]
    assert two == "[DNS](#/view/siem-dns) · [Security overview](#/view/siem-overview)"
    assert state(panel(tmp_path, {"links": "all"}))["params"]["markdown"] == two


@pytest.mark.parametrize("found", [{"links": "dsn"}, {"markdown": "See [DNS](#/view/siem-dsn)."}])
def test_a_link_to_no_dashboard_is_refused(found: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DashboardError, match='"Is it so\\?": no dashboard has this id: dsn'):
        panel(tmp_path, found)


def test_two_dashboards_of_one_id_are_refused(
    log_types: dict[str, LogType], tmp_path: Path
) -> None:
    path = written.file(tmp_path, [METRIC])
    path.with_name("twice.yaml").write_text(path.read_text())
    with pytest.raises(DashboardError, match=r"twice\.yaml: .*/tried\.yaml has it too: "):
        compiler.objects(log_types, tmp_path)


@pytest.mark.parametrize(
    ("index", "id", "field"),
    [
        (["log-aws-alb-*", "log-aws-nlb-*"], "siem-log-aws-alb.log-aws-nlb", "aws.nlb.listener"),
        ("log-aws-rds_*", "siem-log-aws-rds_", "aws.rds.statement"),
    ],
)
def test_an_index_of_several_log_types_has_the_fields_of_all(
    index: Any, id: str, field: str, tmp_path: Path
) -> None:
    made = written.objects(written.file(tmp_path, [METRIC], index=index))
    saved = next(each for each in made if each["id"] == "siem-tried-tried")
    assert [each["id"] for each in saved["references"]] == [id]
    pattern = next(each for each in made if each["id"] == id)
    assert pattern["attributes"]["title"] == (index if isinstance(index, str) else ",".join(index))
    assert field in {each["name"] for each in json.loads(pattern["attributes"]["fields"])}


def test_the_conditions_of_dashboard_and_panel_both_hold(tmp_path: Path) -> None:
    own = METRIC | {"where": "user.name: a or user.name: b"}
    assert where(panel(tmp_path, own)) == "user.name: a or user.name: b"
    assert where(panel(tmp_path, METRIC, where="tags: x")) == "tags: x"
    both = "(tags: x) and (user.name: a or user.name: b)"
    assert where(panel(tmp_path, own, where="tags: x")) == both


def test_a_number_is_red_above_its_limit_and_not_at_it(tmp_path: Path) -> None:
    metric = state(panel(tmp_path, METRIC | {"alert_above": 0}))["params"]["metric"]
    green, red = metric["colorsRange"]
    assert metric["metricColorMode"] == "Labels"
    assert green["from"] <= 0 < green["to"] == red["from"] < 1


@pytest.mark.parametrize(
    ("metrics", "order"),
    [
        (["sum(network.bytes)", "count"], "1"),
        (["latest(user.name)", "count", "unique(source.ip)"], "2"),
        (["p95(event.duration)", "median(event.duration)"], "custom"),
    ],
)
def test_buckets_are_ordered_by_the_first_metric_that_can(
    metrics: list[str], order: str, tmp_path: Path
) -> None:
    aggregations = state(panel(tmp_path, {"table": metrics, "by": "user.name"}))["aggs"]
    params = aggregations[-1]["params"]
    assert params["orderBy"] == order
    assert params.get("orderAgg", {}).get("type") == ("count" if order == "custom" else None)


@pytest.mark.parametrize(
    ("found", "type", "schemas"),
    [
        ({"bars": "count", "over": True}, "histogram", "segment"),
        ({"bars": "count", "by": "user.name"}, "horizontal_bar", "segment"),
        ({"bars": "count", "by": "user.name", "horizontal": False}, "histogram", "segment"),
        ({"area": "count", "over": True, "split": "user.name"}, "area", "segment group"),
        ({"line": "count", "over": True}, "line", "segment"),
        ({"pie": "count", "by": ["user.name", "tags"]}, "pie", "segment segment"),
        ({"table": "count", "by": "user.name", "over": True}, "table", "bucket bucket"),
        ({"heatmap": "count", "over": True, "split": "tags"}, "heatmap", "segment group"),
        ({"region": "count", "by": "source.geo.country_iso_code"}, "region_map", "segment"),
        (METRIC | {"by": "user.name"}, "metric", "group"),
    ],
)
def test_a_kind_is_a_classic_visualization(
    found: dict[str, Any], type: str, schemas: str, tmp_path: Path
) -> None:
    made = state(panel(tmp_path, found))
    assert made["type"] == type
    assert [each["schema"] for each in made["aggs"]] == ["metric", *schemas.split()]


def test_the_range_of_time_is_restored_only_where_there_is_one(tmp_path: Path) -> None:
    for time, restored in (("now-7d", True), (None, False)):
        made = written.objects(written.file(tmp_path, [METRIC], time=time))
        attributes = next(each for each in made if each["type"] == "dashboard")["attributes"]
        assert attributes["timeRestore"] is restored
        assert attributes.get("timeFrom") == time


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    well = written.file(tmp_path, [METRIC])
    assert command.main([str(well)]) == 0
    assert capsys.readouterr().out == "dashboards that are well: 1\n"
    wrong = written.file(tmp_path, [{"metric": "sum(user.name)"}])
    assert command.main([str(wrong)]) == 1
    assert 'tried.yaml: panel "Is it so?": sum needs number' in capsys.readouterr().err
