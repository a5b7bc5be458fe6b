"""What is wrong with the fields of a panel is found by the compiler."""

from pathlib import Path
from typing import Any

import pytest

from common.errors import DashboardError
from tests.configure_domain.dashboards import written

TABLE = {"table": "count", "by": "source.ip"}


@pytest.mark.parametrize(
    ("panel", "says"),
    [
        ({"table": "count", "by": "evnt.action"}, r"did you mean 'event.action'\?: evnt.action"),
        ({"table": "max(event.severty)", "by": "user.name"}, r"event.severity'\?: event.severty"),
        ({"area": "count", "over": "@timestmp"}, "did you mean '@timestamp'"),
        ({"metric": "sum(user.name)"}, "sum needs number, user.name is keyword"),
        ({"metric": "avg(source.ip)"}, "avg needs number, source.ip is ip"),
        ({"metric": "max(user.name)"}, "max needs number or date, user.name is keyword"),
        ({"line": "count", "over": "user.name"}, "date_histogram needs date, user.name is"),
        ({"table": "count", "by": "event.original"}, "is text, which cannot be aggregated"),
        ({"table": "count", "by": "source.geo.location"}, "terms needs .*is geo_point"),
        ({"table": "count", "by": "source.ip with missing"}, "with missing needs a keyword"),
        ({"region": "count", "by": "source.geo.country_name"}, "ends with: country_iso_code"),
        ({"search": ["source.ipp"]}, "did you mean 'source.ip'"),
        ({"controls": ["acount.id as Account"]}, "unknown field"),
        (TABLE | {"where": "usr.name: alice"}, "did you mean 'user.name'"),
        (TABLE | {"where": "destination.port: ssh"}, "is long, it is never: ssh"),
        (TABLE | {"where": "user.name >= 5"}, ">= has no sense, user.name is keyword"),
        (TABLE | {"where": "source.ip: 10.*"}, "is ip, it is never: 10"),
        (TABLE | {"where": "siem.account_mismatch: yes"}, "is boolean, it is never: yes"),
        (TABLE | {"where": "user.name alice"}, "expected a colon after user.name, got: alice"),
        (TABLE | {"where": "(user.name: alice"}, "a parenthesis is not closed"),
        (TABLE | {"where": "user.name: alice)"}, r"unexpected '\)'"),
        (TABLE | {"where": "user.name:"}, "expected a value of user.name, got: end"),
        (TABLE | {"index": "log-aws-vpcflow-*"}, r"did you mean 'log-aws-vpc_flow-\*'"),
        ({"table": "count", "by": {"Both": "user.nam: a"}}, "unknown field, did you mean"),
    ],
)
def test_the_compiler_names_file_panel_and_fault(
    panel: dict[str, Any], says: str, tmp_path: Path
) -> None:
    path = written.file(tmp_path, [panel])
    with pytest.raises(DashboardError, match=f'/tried.yaml: .*"Is it so\\?": .*{says}'):
        written.objects(path)


def test_a_panel_of_another_index_has_the_fields_of_the_controls(tmp_path: Path) -> None:
    chosen = written.PANEL | {"id": "chosen", "title": "", "controls": ["user.name as User"]}
    path = written.file(tmp_path, [chosen, {"metric": "count", "index": "siem-ledger-*"}])
    with pytest.raises(DashboardError, match=r"lacks the field of a control.*: user\.name"):
        written.objects(path)
