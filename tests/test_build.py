"""The zips of the functions: what is in them, and that they run with nothing else."""

import json
import platform
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import build
from common.errors import DashboardError, ExcludeError, LogTypeError
from local import native, setup

LOG_TYPE = """
description = "Doors that badges open"
vendor = "example"
index = "monthly"

[match]
key = '^badges/'
examples = ["badges/2026-11-24.json.gz"]

[read]
format = "json"

[time]
field = "at"

[ecs]
user.name = "holder"
"""

DASHBOARD = """
id: badges
title: Badges
description: Who opens which doors.
index: log-example-badge-*
rows:
  - [{table: count, by: user.name, title: Doors}]
"""


@pytest.fixture(scope="module")
def local_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """es_loader for this interpreter."""
    return build.build("es_loader", build.LOCAL, tmp_path_factory.mktemp("dist")).path


@pytest.fixture
def own_log_types(tmp_path: Path) -> Path:
    """A folder with one log type of the user's, as `--log-types` takes it."""
    folder = tmp_path / "own" / "badge"
    (folder / "samples").mkdir(parents=True)
    (folder / "samples" / "opened.json").write_text("{}")
    (folder / "log_type.toml").write_text(LOG_TYPE)
    return folder.parent


def interpreters() -> list[tuple[str, str]]:
    """Return this Python with its own zip, and Lambda's with the real one if it runs here."""
    found = [(sys.executable, build.LOCAL)]
    runtime = setup.runtime_python()
    if runtime and sys.platform == "linux" and platform.machine() == "x86_64":
        found.append((runtime, "x86_64"))
    return found


def names(path: Path) -> set[str]:
    """Return the paths of the files in a zip."""
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("function", build.functions())
@pytest.mark.parametrize(("python", "arch"), interpreters(), ids=lambda value: Path(value).name)
def test_a_handler_imports_from_its_zip_alone(
    function: str, python: str, arch: str, tmp_path: Path
) -> None:
    unzipped = tmp_path / "task"
    with zipfile.ZipFile(build.build(function, arch, tmp_path).path) as archive:
        archive.extractall(unzipped)
    alone = f"import sys; sys.path.insert(0, '.'); from {function}.handler import handler"
    subprocess.run([python, "-I", "-S", "-B", "-c", alone], cwd=unzipped, env={}, check=True)


def test_a_second_build_gives_the_same_bytes(local_zip: Path, tmp_path: Path) -> None:
    again = build.build("es_loader", build.LOCAL, tmp_path).path
    assert again.read_bytes() == local_zip.read_bytes()


@pytest.mark.parametrize(("python", "arch"), interpreters(), ids=lambda value: Path(value).name)
def test_the_native_library_in_a_zip_loads(python: str, arch: str, tmp_path: Path) -> None:
    unzipped = tmp_path / "task"
    with zipfile.ZipFile(build.build("es_loader", arch, tmp_path).path) as archive:
        archive.extractall(unzipped)
    load = "import sys; sys.path.insert(0, '.'); from es_loader.native.library import load"
    program = f"{load}; sys.exit(load() is None)"
    subprocess.run([python, "-I", "-S", "-B", "-c", program], cwd=unzipped, env={}, check=True)


@pytest.mark.parametrize("arch", build.PLATFORMS)
def test_the_native_library_is_the_same_bytes_when_built_anew(arch: str, tmp_path: Path) -> None:
    target = build.TARGETS[arch]
    again = tmp_path / "again.so"
    native.build(target, again, tmp_path / "cache")
    assert again.read_bytes() == native.library(target).read_bytes()


@pytest.mark.parametrize(("arch", "machine"), [("arm64", 183), ("x86_64", 62)])
def test_a_zip_has_the_native_library_of_its_architecture(
    arch: str, machine: int, tmp_path: Path
) -> None:
    # e_machine of the ELF header: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
    path = build.build("es_loader", arch, tmp_path).path
    with zipfile.ZipFile(path) as archive:
        head = archive.read("es_loader/native/native.so")[:20]
    assert head[:4] == b"\x7fELF"
    assert int.from_bytes(head[18:20], "little") == machine
    assert not [name for name in names(path) if name.endswith(".zig")]


def test_the_names_order_and_times_of_files_do_not_change_the_bytes(tmp_path: Path) -> None:
    for folder, order in (("one", "abc"), ("two", "cab")):
        (tmp_path / folder).mkdir()
        for name in order:
            (tmp_path / folder / name).write_text(f"content of {name}")
    (tmp_path / "two" / "a").chmod(0o755)
    zips = []
    for folder in ("one", "two"):
        zips.append(tmp_path / f"{folder}.zip")
        build.write(zips[-1], build.shipped(tmp_path / folder, ""))
    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_a_zip_has_the_function_its_shared_code_log_types_and_packages(local_zip: Path) -> None:
    assert names(local_zip) > {
        "common/ecs_fields.json",
        "es_loader/handler.py",
        "log_types/cloudtrail/log_type.toml",
        "orjson/__init__.py",
    }


def test_a_zip_has_no_tests_samples_dashboards_or_scripts(local_zip: Path) -> None:
    for name in names(local_zip):
        folders = name.split("/")[:-1]
        assert not {"samples", "tests", "bin", "__pycache__"} & set(folders), name
        assert not name.endswith((".pyc", "dashboard.yaml", ".expected.json")), name


def test_the_loader_carries_no_command_and_no_templates(local_zip: Path) -> None:
    tops = {name.split("/")[0] for name in names(local_zip)}
    assert not tops & {"typer", "rich", "configure_domain", "pytest"}
    assert "es_loader/cli.py" not in names(local_zip)


def test_configure_domain_carries_log_types_and_saved_objects(tmp_path: Path) -> None:
    path = build.build("configure_domain", build.LOCAL, tmp_path).path
    found = names(path)
    assert found > {
        "configure_domain/dashboards.ndjson",
        "es_loader/log_type.py",
        "log_types/cloudtrail/log_type.toml",
    }
    assert "es_loader/handler.py" not in found
    assert not [name for name in found if name.startswith("configure_domain/dashboards/")]
    with zipfile.ZipFile(path) as archive:
        carried = archive.read("configure_domain/dashboards.ndjson").decode()
    assert carried == build.dashboards(None)


def test_an_own_log_type_has_its_index_pattern(own_log_types: Path) -> None:
    ids = [json.loads(line)["id"] for line in build.dashboards(own_log_types).splitlines()]
    assert {"siem-log-example-badge", "siem-log-aws-cloudtrail", "siem-log"} < set(ids)


def test_an_own_log_type_may_have_a_dashboard(own_log_types: Path) -> None:
    file = own_log_types / "badge" / "dashboard.yaml"
    file.write_text(DASHBOARD)
    lines = build.dashboards(own_log_types).split("\n")[:-1]
    saved = {each["id"]: each for each in map(json.loads, lines)}
    assert saved["siem-badges-doors"]["references"][0]["id"] == "siem-log-example-badge"
    overview = json.loads(saved["siem-overview-links"]["attributes"]["visState"])
    assert "[Badges](#/view/siem-badges)" in overview["params"]["markdown"]
    file.write_text(DASHBOARD.replace("user.name", "usr.name"))
    with pytest.raises(DashboardError, match=r'badge/dashboard.yaml: panel "Doors": .*usr\.name'):
        build.dashboards(own_log_types)


def test_own_log_types_ship_without_their_samples(own_log_types: Path) -> None:
    found = build.log_type_files(own_log_types)
    assert found["log_types/badge/log_type.toml"] == own_log_types / "badge" / "log_type.toml"
    assert "log_types/cloudtrail/log_type.toml" in found
    assert not [name for name in found if "samples" in name]


def test_a_wrong_log_type_of_the_user_stops_the_build(own_log_types: Path) -> None:
    file = own_log_types / "badge" / "log_type.toml"
    file.write_text(LOG_TYPE.replace("user.name", "usr.name"))
    with pytest.raises(LogTypeError, match=r"usr\.name"):
        build.log_type_files(own_log_types)


def test_a_log_type_named_like_one_of_the_project_stops_the_build(own_log_types: Path) -> None:
    (own_log_types / "badge").rename(own_log_types / "cloudtrail")
    with pytest.raises(LogTypeError, match="cloudtrail"):
        build.log_type_files(own_log_types)


def test_rules_are_checked_and_go_into_the_loader_alone(
    own_log_types: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text('[[rule]]\nname = "owner"\nlog_type = "badge"\nwhere."user.name" = "owner"\n')
    monkeypatch.setattr(build, "install", lambda *_: None)
    found = build.build("es_loader", build.LOCAL, tmp_path, own_log_types, rules).path
    with zipfile.ZipFile(found) as archive:
        assert archive.read("es_loader/exclude.toml") == rules.read_bytes()
    other = build.build("metrics_exporter", build.LOCAL, tmp_path, own_log_types, rules).path
    assert not [name for name in names(other) if "exclude" in name]
    with pytest.raises(ExcludeError, match="no log type has this name: badge"):
        build.build("es_loader", build.LOCAL, tmp_path, None, rules)


def test_without_rules_a_zip_has_none(local_zip: Path) -> None:
    assert "es_loader/exclude.toml" not in names(local_zip)


def test_a_function_over_the_limit_of_lambda_is_not_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "LIMIT", 1000)
    with pytest.raises(build.BuildError, match="es_loader is over Lambda's limit of 1000 bytes"):
        build.build("es_loader", build.LOCAL, tmp_path)
    assert not list(tmp_path.rglob("*.zip"))


def test_every_requirement_of_every_function_has_a_hash_and_the_version_of_the_tests() -> None:
    project = tomllib.loads((build.ROOT / "pyproject.toml").read_text())
    tested = pins(build.REQUIREMENTS / "dev.txt")
    for function in {*build.functions(), *project["dependency-groups"]} - {
        "dev",
        "command",
        "native",
    }:
        pinned = pins(build.REQUIREMENTS / f"{function}.txt")
        assert pinned.items() <= tested.items()
        assert all(pinned.values())


def pins(requirements: Path) -> dict[str, tuple[str, ...]]:
    """Return the hashes of each pinned package, by `name==version`."""
    blocks = requirements.read_text().split("\n")
    found: dict[str, list[str]] = {}
    pin = ""
    for line in blocks:
        if "==" in line and not line.startswith(" "):
            pin = line.split()[0]
            found[pin] = []
        elif "--hash=" in line:
            found[pin].append(line.strip(" \\"))
    return {pin: tuple(hashes) for pin, hashes in found.items()}
