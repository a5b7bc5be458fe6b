"""What a transform.py reads of the columns of a line, and what it puts in their place."""

import io
import json
from pathlib import Path

import pytest

from es_loader.decode import LogTypes
from es_loader.fetch import Stream
from es_loader.log_type_file import load
from es_loader.normalize import Normalizer
from tests.es_loader.native.comparison import Both, context

LOG_TYPE = """
description = "doors"
vendor = "test"
index = "monthly"
[match]
key = "^doors/"
examples = ["doors/1.log"]
[read]
{read}
[time]
field = "time"
[ecs]
event.action = "action"
event.reason = []
user.name = "user"
"""
READS = {
    "lines": """format = "lines"\npattern = '(?P<time>\\S+)\\s(?P<user>\\S*)\\s(?P<action>.*)'""",
    "delimited": """format = "delimited"\ncolumns = "time user action" """,
}
TRANSFORM = """
READS = ("action", "missing", "user")


def transform(record, document):
    action, missing, user = record
    document["event.reason"] = f"{action}{missing}"
    return {"user": user.lower(), "time": "2026-11-24T19:00:00Z"} if user.isupper() else None
"""


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_columns_are_read_by_name_and_replaced_by_what_is_returned(
    read: str, tmp_path: Path
) -> None:
    folder = tmp_path / "doors"
    folder.mkdir()
    (folder / "log_type.toml").write_text(LOG_TYPE.replace("{read}", read))
    (folder / "transform.py").write_text(TRANSFORM)
    log_type = load(folder)
    log_types = LogTypes({"doors": log_type})
    both = Both(Normalizer(log_types), Normalizer(log_types, native=False))
    data = b"2026-11-24T18:00:00Z alice open\nyesterday BOB close\n"
    assert both.difference(data, log_type, context()) == "" and both.share > 0
    made = both.native.run(Stream(io.BytesIO(data)), context(), log_type, forced=True)
    found = [json.loads(each[5]) for each in made if isinstance(each, tuple)]
    assert [each["user"]["name"] for each in found] == ["alice", "bob"]
    assert [each["event"]["reason"] for each in found] == ["open", "close"]
    assert [each["@timestamp"][11:13] for each in found] == ["18", "19"]
