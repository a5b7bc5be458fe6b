"""Builds the stand-in for the AWS provider with Go, once for the same content."""

import fcntl
import hashlib
import os
import platform
import subprocess
import tempfile
from pathlib import Path

from tests.terraform.standin.build_schema import PROVIDER

HERE = Path(__file__).with_name("standin")
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "terraform"
VERSION = "6.66.0"  # of the provider whose schema it has
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def plugin_dir() -> Path:
    """Return the folder for `terraform init -plugin-dir`; raises CalledProcessError from Go."""
    built = CACHE / f"standin-{digest()}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "standin.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
                unfinished = Path(scratch, "plugins")
                build(unfinished / binary())
                unfinished.rename(built)
    return built


def digest() -> str:
    """Return a hash of everything that the binary is made of."""
    others = [HERE / name for name in ("go.mod", "go.sum", "schema.json.gz")]
    files = [*sorted(HERE.glob("*.go")), *others]
    content = b"".join(file.name.encode() + file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:16]


def binary() -> Path:
    """Return where Terraform looks for the provider of this machine in a plugin folder."""
    system = f"{platform.system().lower()}_{MACHINES[platform.machine()]}"
    return Path(PROVIDER, VERSION, system, f"terraform-provider-aws_v{VERSION}")


def build(output: Path) -> None:
    """Compile the provider, without C and without symbols."""
    command = ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(output), "."]
    subprocess.run(command, cwd=HERE, check=True, env={**os.environ, "CGO_ENABLED": "0"})
