"""Every sample of every log type becomes the documents that stand beside it.

`make golden` writes them anew; the diff is to be read.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from es_loader.commands.parse import outcome
from es_loader.log_type_file import HERE, folders
from es_loader.normalize import Refused
from tests.log_types.documents import MODIFIED, default_key, document, outcomes

REWRITE = os.environ.get("GOLDEN") == "1"
SAMPLES = sorted(
    path
    for folder in folders(HERE)
    for path in folder.glob("samples/*")
    if not path.name.endswith(".expected.json")
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_sample_becomes_its_expected_documents(sample: Path) -> None:
    name = sample.parts[-3]
    path = sample.with_name(f"{sample.name.split('.')[0]}.expected.json")
    written = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    where = written or {"key": default_key(name), "modified": MODIFIED}
    found = made(name, sample.read_bytes(), where["key"], where["modified"])
    if REWRITE:
        path.write_text(text(found), encoding="utf-8")
        return
    assert written, f"{path.name} is missing: run `make golden` and read the diff"
    assert found["outcomes"] == written["outcomes"]
    assert len(found["documents"]) == len(written["documents"])
    for position, (got, expected) in enumerate(
        zip(found["documents"], written["documents"], strict=True)
    ):
        assert got == expected, f"document {position}"


def made(name: str, data: bytes, key: str, modified: str) -> dict[str, Any]:
    """What the loader makes of a sample, in the form of an expected file."""
    found = outcomes(name, data, key, modified)
    return {
        "key": key,
        "modified": modified,
        "documents": [document(r) for r in found if not isinstance(r, Refused)],
        "outcomes": [outcome(r) for r in found if isinstance(r, Refused)],
    }


def text(expected: dict[str, Any]) -> str:
    """The text of an expected file: a change of one field is a change of one line."""
    return json.dumps(expected, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
