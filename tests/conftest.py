"""What all tests share: the laptop stack, the mark of tests that need a node, times by area."""

from collections import defaultdict

import hypothesis
import pytest

pytest_plugins = ["tests.stack", "tests.deployed_loader", "tests.logs"]

# A shared machine is slow at times: no test fails for its time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

seconds: defaultdict[str, float] = defaultdict(float)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an OpenSearch node, by the fixtures that start one."""
    for item in items:
        if {"opensearch_node", "secured_node"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker("node")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add the time of a test and its fixtures to its area: its file or folder in tests/."""
    seconds[report.nodeid.split("::")[0].split("/")[1]] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the time that each area took."""
    terminalreporter.section("time per area")
    for area, taken in sorted(seconds.items(), key=lambda each: -each[1]):
        terminalreporter.write_line(f"{taken:8.1f} s  {area}")
