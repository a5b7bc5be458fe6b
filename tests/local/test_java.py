"""Which Java the node runs on."""

from pathlib import Path

import pytest

from local import java
from local.process import LocalStackError


def test_a_java_is_found_here() -> None:
    assert Path(java.find().command).exists()


def test_a_folder_without_java_is_none(tmp_path: Path) -> None:
    assert java.inspect(tmp_path) is None


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ("java.base@17.0.15\njdk.incubator.vector@17.0.15", None),
        ("java.base@25.0.2\njdk.zipfs@25.0.2", False),
        ("java.base@21.0.1\njdk.incubator.vector@21.0.1", True),
    ],
)
def test_java_is_known_by_its_modules(tmp_path: Path, modules: str, expected: bool | None) -> None:
    command = tmp_path / "bin" / "java"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\necho '{modules}'\n")
    command.chmod(0o755)
    found = java.inspect(tmp_path)
    assert (found and found.is_whole) is expected


def test_a_wrong_opensearch_java_home_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(tmp_path))
    with pytest.raises(LocalStackError, match=f"no Java 21 or newer.*: {tmp_path}"):
        java.find()
