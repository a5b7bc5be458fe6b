"""The parts of a node from Maven Central."""

from pathlib import Path

import pytest

from local import distribution
from local.java import Java
from local.process import LocalStackError

NO_JAVA = Java(Path("/nonexistent"), True)


@pytest.mark.usefixtures("opensearch_node")
def test_every_module_has_its_jar_and_its_descriptor() -> None:
    modules = distribution.build(NO_JAVA) / "modules"
    assert {folder.name for folder in modules.iterdir()} == set(distribution.MODULES)
    for folder in modules.iterdir():
        assert list(folder.glob(f"{distribution.MODULES[folder.name][0]}*.jar"))
        assert f"name={folder.name}\n" in (folder / "plugin-descriptor.properties").read_text()


def test_a_failing_maven_is_an_error_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho '[INFO] hello'\necho '[ERROR] no route to host'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(distribution, "FOLDER", tmp_path / "cache" / "node")
    with pytest.raises(
        LocalStackError, match=r"could not collect OpenSearch:\n  \[ERROR\] no route"
    ):
        distribution.build(NO_JAVA)
    assert not distribution.is_built()


def test_a_machine_without_maven_is_told_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(distribution, "FOLDER", tmp_path / "cache" / "node")
    with pytest.raises(LocalStackError, match="install Maven"):
        distribution.build(NO_JAVA)
