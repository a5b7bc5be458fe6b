"""The files of dashboards: what they may say, and where on the grid it lands."""

from pathlib import Path
from typing import Any

import pytest

from common.errors import DashboardError
from configure_domain.dashboards.spec import read
from tests.configure_domain.dashboards import written

METRIC: dict[str, Any] = {"metric": "count"}
TABLE: dict[str, Any] = {"table": "count", "by": "user.name"}


@pytest.mark.parametrize(
    ("panel", "says"),
    [
        (METRIC | {"colour": "red"}, "unknown key, expected .*: colour"),
        (METRIC | {"aler_above": 0}, r"unknown key, did you mean 'alert_above'\?: aler_above"),
        (METRIC | {"split": "user.name"}, "unknown key, .*: split"),
        (METRIC | TABLE, "expected one of metric, .*got: .*metric"),
        ({"metrics": "count"}, "expected one of metric, .*metrics"),
        ({"metric": "frobnicate(user.name)"}, "unknown metric, expected count, .*frobnicate"),
        ({"metric": "count(user.name)"}, "count has no field"),
        ({"metric": "sum"}, "needs a field: sum"),
        ({"metric": "sum(a) or so"}, "no metric: sum"),
        (TABLE | {"by": "user.name top ten"}, "no bucket: user.name top ten"),
        (TABLE | {"by": "user.name top 0"}, "top is from 1 to 1000"),
        (TABLE | {"by": {}}, "a bucket of conditions is empty"),
        ({"table": "count"}, "table has buckets in `by`, or `over`"),
        ({"pie": ["count", "count"], "by": "user.name"}, "pie shows one metric"),
        ({"bars": "count"}, "bars has either `over` or one bucket in `by`"),
        ({"line": "count", "over": True, "by": "user.name"}, "line has either `over` or one"),
        ({"heatmap": "count", "over": True}, "heatmap has one bucket in `split`"),
        (METRIC | {"by": ["user.name", "user.id"]}, "metric has at most one bucket"),
        (METRIC | {"font": "large"}, "font: expected a number from 8 to 120: large"),
        (METRIC | {"w": 0}, "w: expected a number from 1 to 48: 0"),
        (METRIC | {"w": 49}, "w: expected a number from 1 to 48: 49"),
        (TABLE | {"may_be_empty": "perhaps"}, "may_be_empty: expected true or false"),
        ({"area": "count", "over": True, "interval": "7m"}, "interval: expected auto, minute"),
    ],
)
def test_a_panel_that_cannot_be_is_refused_by_file_and_name(
    panel: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(DashboardError, match=f"/tried.yaml: panel .*: {says}"):
        read(written.file(tmp_path, [panel]))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"colour": "red"}, "unknown key, expected id, .*: colour"),
        ({"description": None}, "is missing: description"),
        ({"id": "Tried It"}, "id: expected lower case, digits and hyphens: Tried It"),
        ({"time": "yesterday"}, "time: expected such as now-24h: yesterday"),
        ({"rows": [{"heigth": 3, "panels": []}]}, "row 1: unknown key, did you mean 'height'"),
        ({"rows": [{"height": 0, "panels": []}]}, "row 1: height: expected a number from 2"),
        ({"rows": ["nothing"]}, "a row is a mapping, got: nothing"),
    ],
)
def test_a_dashboard_that_cannot_be_is_refused(
    more: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(DashboardError, match=f"/tried.yaml: {says}"):
        read(written.file(tmp_path, [METRIC], **more))


def test_a_row_wider_than_the_grid_is_refused_with_its_panels(tmp_path: Path) -> None:
    wide = [
        METRIC | {"id": "a", "title": "A", "w": 30},
        METRIC | {"id": "b", "title": "B", "w": 19},
    ]
    with pytest.raises(DashboardError, match='row 1 is wider than 48 columns: panels "A", "B"'):
        read(written.file(tmp_path, wide))
    full = [METRIC | {"id": "a", "w": 48}, METRIC | {"id": "b"}]
    with pytest.raises(DashboardError, match="row 1 is wider than 48 columns"):
        read(written.file(tmp_path, full))


def test_panels_without_a_width_share_what_is_left(tmp_path: Path) -> None:
    row = [METRIC | {"id": "a", "w": 11}, METRIC | {"id": "b"}, METRIC | {"id": "c"}]
    panels = read(written.file(tmp_path, row)).panels
    assert [(each.place.x, each.place.w) for each in panels] == [(0, 11), (11, 18), (29, 19)]


def test_rows_stand_below_one_another(tmp_path: Path) -> None:
    rows = [{"height": 5, "panels": [METRIC | {"id": each}]} for each in ("a", "b")]
    panels = read(written.file(tmp_path, [], rows=[*rows, [METRIC | {"id": "c"}]])).panels
    assert [(each.place.y, each.place.h) for each in panels] == [(0, 5), (5, 5), (10, 12)]


def test_two_panels_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DashboardError, match="panels that need another id: tried"):
        read(written.file(tmp_path, [METRIC, METRIC]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: a\nid: b\n", "line 2: this key is there twice: id"),
        ("id: [a\n", "line 2: no YAML: "),
        ("id: a: b\n", "line 1: no YAML: "),
        ("- id\n", "a dashboard is a mapping"),
        ("id: !!python/object:os.system x\n", "line 1: no YAML: could not determine"),
    ],
)
def test_a_file_that_is_no_dashboard_is_refused_by_line(
    text: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "tried.yaml"
    path.write_text(text)
    with pytest.raises(DashboardError, match=f"/tried.yaml: {says}"):
        read(path)


def test_norway_is_no_boolean(tmp_path: Path) -> None:
    path = written.file(tmp_path, [METRIC])
    text = path.read_text().replace("metric: count", "metric: count\n    by: {No: 'event.id: yes'}")
    path.write_text(text)
    (panel,) = read(path).panels
    assert panel.by[0].conditions[0][:2] == ("No", "event.id: yes")  # type: ignore[union-attr]
