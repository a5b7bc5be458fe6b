"""Whose loader a command is about: that of this process's environment, or of a file."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import SiemError
from common.loader_switch import Loader
from common.settings import Settings

FUNCTION = "AWS_LAMBDA_FUNCTION_NAME"


def settings(file: Path | None) -> Settings:
    """The loader's settings, from its environment variables or from what the file holds.

    file   Terraform's output `deployment` (as in local/deployment.json): its `environment` and
           `region` then count as this process's environment, so that AWS clients use them too
    """
    if file:
        content = _content(file)
        environment = {**content["environment"], FUNCTION: content["function"]["name"]}
        os.environ.update(environment, AWS_REGION=content["region"])
    return Settings.from_environment()


def loader() -> Loader:
    """The loader's function, after `settings` was asked for."""
    name = os.environ.get(FUNCTION, "").strip()
    if not name:
        raise SiemError(f"whose loader is not said: give --deployment FILE or set {FUNCTION}")
    return Loader(name)


@contextmanager
def refusals() -> Iterator[None]:
    """What AWS refuses in it is one line that says so."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise SiemError(f"AWS says: {error}") from None


def _content(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise SiemError(f"--deployment cannot be read, {error.strerror}: {file}") from None
    except ValueError:
        raise SiemError(f"--deployment is no JSON: {file}") from None
    try:
        environment, name = content["environment"], content["function"]["name"]
        texts = [content["region"], name, *environment, *environment.values()]
    except (KeyError, TypeError, AttributeError):
        texts = [None]
    if not all(isinstance(text, str) for text in texts):
        raise SiemError(
            "--deployment needs environment, region and function.name, as the output of"
            f" `terraform output -json deployment` has them: {file}"
        )
    return dict(content)
