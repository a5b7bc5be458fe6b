"""Generates functions/common/ecs_fields.json from the npm package @elastic/ecs.

https://github.com/elastic/ecs-typescript, Apache License 2.0; needs npm and Node.js.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VERSION = "9.4.0"
OUTPUT = Path(__file__).resolve().parent.parent / "functions" / "common" / "ecs_fields.json"
PRINT = 'console.log(JSON.stringify(require("./package/generated/ecs_flat.js").EcsFlat))'


def main() -> None:
    """Download the package into a scratch folder and rewrite `OUTPUT` from it."""
    with tempfile.TemporaryDirectory() as folder:
        packed = output(["npm", "pack", "--silent", f"@elastic/ecs@{VERSION}"], folder).strip()
        with tarfile.open(Path(folder, packed)) as package:
            package.extractall(folder, filter="data")
        definitions = json.loads(output(["node", "--eval", PRINT], folder))
    OUTPUT.write_text(json.dumps(schema(definitions), indent=0, separators=(",", ":")) + "\n")


def output(command: list[str], folder: str) -> str:
    """Return the stdout of a command run in `folder`."""
    return subprocess.run(command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout


def schema(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return what the project uses of the definitions, which are by field name and sorted here."""
    ordered = dict(sorted(definitions.items()))
    return {
        "version": VERSION,
        "fields": {name: field["type"] for name, field in ordered.items()},
        "arrays": [name for name, field in ordered.items() if "array" in field["normalize"]],
        "allowed_values": {
            name: [value["name"] for value in field["allowed_values"]]
            for name, field in ordered.items()
            if field.get("allowed_values")
        },
    }


if __name__ == "__main__":
    main()
