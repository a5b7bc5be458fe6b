"""Reads a log type: its `log_type.toml`, checked hard, as a frozen `LogType`.

The vocabulary is closed. Whatever is not understood is a `LogTypeError` that names the file, the
table, the key and the nearest right key, so that a mistake is found at build time and not at night.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common import ecs
from common.errors import LogTypeError, did_you_mean
from es_loader.checked import Checked
from es_loader.log_type import (
    AGENT,
    ALWAYS,
    DOMAINS,
    GEO,
    THREAT,
    VIEWS,
    LogType,
    Lookup,
    Path_,
    Source,
    path_of,
    view_of,
)
from es_loader.log_type_read import match_of, read_of

HERE = Path(__file__).resolve().parent.parent / "log_types"
PERIODS = ("daily", "weekly", "monthly", "yearly")
TYPES = (
    *("boolean", "date", "double", "float", "integer", "ip", "keyword", "long"),
    *("match_only_text", "wildcard"),
)
TOP = (
    *("description", "vendor", "index", "turn_on", "match", "read", "time", "id"),
    *("ecs", "fields", "set", "lookup", "enrich"),
)
TABLES = {
    "match": ("key", "examples", "log_group", "source", "detail_type", "container", "output"),
    "read": (
        *("format", "original", "none", "records", "pattern", "delimiter", "quotes", "header"),
        *("columns", "forms", "json", "orders", "event", "skip", "start", "block"),
    ),
    "time": ("field", "format", "timezone"),
    "id": ("fields",),
    "enrich": ("geoip", "community_id", "forwarded"),
}
SOURCES = ("all", "sum")  # what is of several paths
MOST_ADDED = 8  # values of a sum
LOOKUP = ("from", "table", "other", "default", "of")
REQUIRED = ("description", "vendor", "index", "match", "read", "time")


def folders(root: Path) -> list[Path]:
    """The folders of log types in a folder; one whose name begins with `_` is none."""
    found = sorted(path.parent for path in root.glob("*/log_type.toml"))
    return [folder for folder in found if not folder.name.startswith("_")]


def load_all(roots: Iterable[Path] = (HERE,)) -> dict[str, LogType]:
    """Every log type of the folders, by name. A name that two of them have is an error."""
    found: dict[str, LogType] = {}
    for root in roots:
        for folder in folders(root):
            log_type = load(folder)
            if log_type.name in found:
                path = folder / "log_type.toml"
                raise LogTypeError(f"{path}: a log type of this name exists: {log_type.name}")
            found[log_type.name] = log_type
    return found


def load(folder: Path) -> LogType:
    """The log type of a folder; `LogTypeError` says what is wrong and what would be right."""
    path = folder / "log_type.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LogTypeError(f"{path}: no such file") from None
    except tomllib.TOMLDecodeError as error:
        raise LogTypeError(f"{path}: {error}") from None
    return _File(path, raw).log_type()


class _File(Checked):
    """One file while it is read."""

    def __init__(self, path: Path, raw: dict[str, Any]) -> None:
        super().__init__(path)
        self.raw, self.name = raw, path.parent.name

    def log_type(self) -> LogType:
        raw = self.raw
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise self.fail("", f"folder name must be snake_case: {self.name}")
        self.known("", raw, TOP)
        for table, keys in TABLES.items():
            self.known(f"[{table}]", self._table(table), keys)
        for key in REQUIRED:
            if key not in raw:
                raise self.fail("", f"missing key: {key}")
        vendor = self.text("", raw, "vendor")
        index = self.choice("", raw, "index", PERIODS)
        enrich = self._table("enrich")
        mapping, targets = self._mapping(vendor)
        lookups = self._lookups(vendor, targets)
        constants = dict(self._flat(self._table("set"), "[set]"))
        for name, value in constants.items():
            targets[name] = self._type_of(name, "[set]", vendor)
            self._allowed(name, value, "[set]")
        geoip = tuple(self.strings("[enrich]", enrich, "geoip"))
        for entity in geoip:
            if f"{entity}.ip" not in targets:
                raise self.fail("[enrich]", f"geoip needs a mapped field: {entity}.ip")
            targets |= {f"{entity}.{name}": kind for name, kind in GEO.items()}
        community_id = bool(enrich.get("community_id"))
        if community_id:
            targets |= {"network.community_id": "keyword", "network.type": "keyword"}
        forwarded = self.text("[enrich]", enrich, "forwarded")
        if forwarded and not (
            {forwarded, "network.forwarded_ip", "source.ip"} <= mapping.keys()
            and mapping["source.ip"].paths
        ):
            needs = "that field, network.forwarded_ip, and source.ip with a source path"
            raise self.fail("[enrich]", f"forwarded needs {needs}: {forwarded}")
        if "user_agent.original" in mapping:
            targets = AGENT | targets
        if any(name in mapping for name in DOMAINS):
            targets = THREAT | targets
        elif geoip:
            targets = {k: v for k, v in THREAT.items() if not k.endswith(".domain")} | targets
        targets = ALWAYS | {"cloud.provider": "keyword"} | targets
        return LogType(
            name=self.name,
            folder=self.path.parent,
            description=self.text("", raw, "description"),
            vendor=vendor,
            index=index,
            match=match_of(self, self._table("match")),
            read=read_of(self, self._table("read")),
            time=self._time(),
            id_fields=self._id(),
            mapping=mapping,
            constants=({"cloud.provider": "aws"} if vendor == "aws" else {}) | constants,
            lookups=lookups,
            geoip=geoip,
            community_id=community_id,
            forwarded=forwarded,
            targets=dict(sorted(targets.items())),
            turn_on=self.text("", raw, "turn_on"),
        )

    def _table(self, name: str) -> dict[str, Any]:
        value = self.raw.get(name, {})
        if not isinstance(value, dict):
            raise self.fail("", f"must be a table: [{name}]")
        return value

    def _time(self) -> dict[str, Any]:
        table = self._table("time")
        return {
            "paths": tuple(path_of(p) for p in self.strings("[time]", table, "field")),
            "format": self.text("[time]", table, "format", "iso8601"),
            "timezone": self.text("[time]", table, "timezone", "UTC"),
        }

    def _id(self) -> tuple[Path_, ...] | str:
        table = self._table("id")
        if table.get("fields") == "content":
            return "content"
        return tuple(path_of(p) for p in self.strings("[id]", table, "fields"))

    def _mapping(self, vendor: str) -> tuple[dict[str, Source], dict[str, str]]:
        mapping: dict[str, Source] = {}
        targets: dict[str, str] = {}
        for name, value in self._flat(self._table("ecs"), "[ecs]", frozenset(SOURCES)):
            targets[name] = self._type_of(name, "[ecs]", vendor)
            mapping[name] = self._source("[ecs]", name, value)
            if targets[name] in ("object", "nested"):
                prefix = name + "."
                targets |= {k: t for k, t in ecs.field_types().items() if k.startswith(prefix)}
        for name, value in self._flat(self._table("fields"), "[fields]", frozenset(TYPES)):
            if not isinstance(value, dict) or len(value) != 1:
                raise self.fail("[fields]", f'{name} must be {{ type = "source" }}, got: {value!r}')
            kind, source = next(iter(value.items()))
            if not name.startswith((f"{vendor}.", "aws.", "siem.")):
                raise self.fail("[fields]", f"must start with '{vendor}.': {name}")
            targets[name], mapping[name] = kind, self._source("[fields]", name, source)
        for name, source in mapping.items():
            if source.sum and targets[name] != "long":
                raise self.fail("", f"{name}: a sum is of type long, not: {targets[name]}")
        return mapping, targets

    def _lookups(self, vendor: str, targets: dict[str, str]) -> dict[str, Lookup]:
        lookups = {}
        for name, rule in self._flat(self._table("lookup"), "[lookup]", frozenset(LOOKUP)):
            where = f"[lookup] {name}"
            if isinstance(rule, dict) and rule.keys() == {"of"}:
                rule = self._rule_of(where, name, rule["of"])
            if not isinstance(rule, dict) or "from" not in rule or "table" not in rule:
                raise self.fail(where, "needs from and table")
            self.known(where, rule, LOOKUP[:-1])
            targets.setdefault(name, self._type_of(name, "[lookup]", vendor))
            defaults = [rule[key] for key in ("other", "default") if key in rule]
            for value in [*rule["table"].values(), *defaults]:
                self._allowed(name, value, "[lookup]")
            source = self._source("[lookup]", name, rule["from"])
            if source.sum:
                raise self.fail(where, "from must be a source path or a list of them")
            lookups[name] = Lookup(
                source,
                rule["table"],
                rule.get("other"),
                rule.get("default"),
            )
        return lookups

    def _rule_of(self, where: str, name: str, other: Any) -> Any:
        """The look-up that another log type has for a field."""
        path = HERE / str(other) / "log_type.toml"
        if not path.exists():
            raise self.fail(where, f"of must be a log type, got: {other!r}")
        rule: Any = tomllib.loads(path.read_text(encoding="utf-8")).get("lookup")
        for key in name.split("."):
            rule = rule.get(key) if isinstance(rule, dict) else None
        if rule is None:
            raise self.fail(where, f"{other} has no look-up of {name}")
        return rule

    def _flat(
        self,
        table: Mapping[str, Any],
        where: str,
        leaf: frozenset[str] = frozenset(),
        prefix: str = "",
    ) -> Iterator[tuple[str, Any]]:
        for key, value in table.items():
            name = f"{prefix}{key}"
            if isinstance(value, dict) and not (value.keys() & leaf and value.keys() <= leaf):
                yield from self._flat(value, where, leaf, f"{name}.")
            else:
                yield name, value

    def _source(self, where: str, name: str, value: Any) -> Source:
        how, paths = "first", value
        if isinstance(value, dict) and len(value) == 1:
            how, paths = next(iter(value.items()))
        paths = [paths] if isinstance(paths, str) else paths
        if (
            how not in ("first", *SOURCES)
            or not isinstance(paths, list)
            or not all(isinstance(p, str) and p for p in paths)
        ):
            raise self.fail(
                where, f"{name} must be a source path or a list of them, got: {value!r}"
            )
        if how == "sum" and not 1 < len(paths) <= MOST_ADDED:
            raise self.fail(where, f"{name} must be the sum of 2 to {MOST_ADDED} source paths")
        found = tuple(map(path_of, paths))
        for shown in filter(None, map(view_of, found)):
            if shown not in VIEWS:
                raise self.fail(where, f"unknown view '{shown}'{did_you_mean(shown, VIEWS)}")
        if how == "sum" and any("*" in path for path in found):
            raise self.fail(where, f"{name}: what is in a list has no sum")
        return Source(found, how == "all", how == "sum")

    def _type_of(self, name: str, where: str, vendor: str) -> str:
        declared = self._table("fields")
        for key in name.split("."):
            declared = declared.get(key, {}) if isinstance(declared, dict) else {}
        if isinstance(declared, dict) and len(declared) == 1 and next(iter(declared)) in TYPES:
            return next(iter(declared))
        kind = ecs.field_types().get(name)
        if kind is None:
            hint = did_you_mean(name.lower(), ecs.field_types())
            raise self.fail(where, f"no ECS field and not in [fields]: '{name}'{hint}")
        return kind

    def _allowed(self, name: str, value: Any, where: str) -> None:
        allowed = ecs.allowed_values(name)
        for item in value if isinstance(value, list) else [value]:
            if allowed and item not in allowed:
                raise self.fail(where, f"{name} must be one of {', '.join(allowed)}, got: {item!r}")
