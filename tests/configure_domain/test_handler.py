"""configure_domain as a whole: on a new domain, again, in part, and on bad input."""

from configure_domain import handler as configure_domain
from tests.configure_domain.conftest import Deployment


def test_a_new_domain_is_configured_and_a_second_run_changes_nothing(
    deployment: Deployment,
) -> None:
    first = deployment.run()
    parts = {entry["part"] for entry in first["changed"]}
    assert parts == {"password", *(name for name, _ in configure_domain.PARTS)}
    assert first["skipped"] == first["kept"] == []
    second = deployment.run()
    assert (second["changed"], second["skipped"], second["kept"]) == ([], [], [])
    assert second["unchanged"] >= len(first["changed"])
