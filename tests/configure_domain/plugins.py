"""Stand-in for the plugins of a domain that are no packages: they keep what they are given.

ISM, snapshot management, notifications and alerting, and the s3 repository, which only a signed
request may register. Answers have the shapes of the documentation, with what servers add of their
own, so that a comparison which is too strict shows.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.exchange import Answer, Request

ISM, SM = "/_plugins/_ism", "/_plugins/_sm/policies"
CHANNELS, MONITORS = "/_plugins/_notifications/configs", "/_plugins/_alerting/monitors"
RETRY = {"count": 3, "backoff": "exponential", "delay": "1m"}


@dataclass
class Plugins:
    """What the plugins keep. `lacking`: beginnings of paths that this cluster does not serve."""

    signed: Callable[[Request], bool]
    lacking: tuple[str, ...] = ()
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    managed: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshot_policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequence: int = 0

    def answer(self, request: Request) -> Answer | None:
        """The answer of a plugin; None where the path is the node's own."""
        path = urlsplit(request.path).path
        if self.lacking and path.startswith(self.lacking):
            error = f"no handler found for uri [{request.path}] and method [{request.method}]"
            return Answer(400, {"error": error})
        for start, serve in (
            (f"{ISM}/policies/", self._policy),
            (f"{ISM}/", self._managed),
            (f"{SM}/", self._snapshot_policy),
            (CHANNELS, self._channel),
            (MONITORS, self._monitor),
            ("/_snapshot/", self._repository),
        ):
            if path.startswith(start):
                rest = unquote(path.removeprefix(start)).strip("/")
                body = json.loads(request.body) if request.body else None
                return serve(request, rest, body)
        return None

    def _stored(self, body: dict[str, Any]) -> dict[str, Any]:
        self.sequence += 1
        return {"_seq_no": self.sequence, "_primary_term": 1, "_version": 1} | body

    def _conflict(self, request: Request, present: dict[str, Any] | None) -> Answer | None:
        """A version conflict, unless the request names the version that is there."""
        query = parse_qs(urlsplit(request.path).query)
        named = [query.get(key) for key in ("if_seq_no", "if_primary_term")]
        expected = (
            [[str(present["_seq_no"])], [str(present["_primary_term"])]] if present else [None] * 2
        )
        return None if named == expected else _error(409, "version_conflict_engine_exception")

    def _policy(self, request: Request, name: str, body: Any) -> Answer:
        present = self.policies.get(name)
        if request.method == "GET":
            return Answer(200, present) if present else _error(404, "Policy not found")
        if conflict := self._conflict(request, present):
            return conflict
        policy = body["policy"]
        states = {state["name"] for state in policy["states"]}
        for state in policy["states"]:
            named = {transition["state_name"] for transition in state["transitions"]}
            assert named <= states and policy["default_state"] in states
            state["actions"] = [{"retry": RETRY} | action for action in state["actions"]]
        for template in policy["ism_template"]:
            template["last_updated_time"] = 1
        added = {"policy_id": name, "schema_version": 21, "error_notification": None}
        self.policies[name] = self._stored({"_id": name, "policy": policy | added})
        return Answer(200 if present else 201, self.policies[name])

    def _managed(self, request: Request, rest: str, body: Any) -> Answer:
        verb, _, names = rest.partition("/")
        indices = names.split(",")
        if verb == "explain":
            key = "index.plugins.index_state_management.policy_id"
            states = {name: self.managed.get(name, {key: None}) for name in indices}
            return Answer(200, states | {"total_managed_indices": len(self.managed)})
        assert verb in ("add", "change_policy"), verb
        policy = body["policy_id"]
        for name in indices:
            assert (name in self.managed) == (verb == "change_policy")
            self.managed[name] = {
                "index.plugins.index_state_management.policy_id": policy,
                "policy_seq_no": self.policies[policy]["_seq_no"],
            }
        return Answer(200, {"updated_indices": len(indices), "failures": False})

    def _snapshot_policy(self, request: Request, name: str, body: Any) -> Answer:
        present = self.snapshot_policies.get(name)
        if request.method == "GET":
            return Answer(200, present) if present else _error(404, "Snapshot policy not found")
        assert (request.method == "PUT") == (present is not None)
        if present and (conflict := self._conflict(request, present)):
            return conflict
        added = {"name": name, "schema_version": 21, "last_updated_time": 1}
        stored = self._stored({"_id": f"{name}-sm-policy", "sm_policy": body | added})
        self.snapshot_policies[name] = stored
        return Answer(200 if present else 201, stored)

    def _channel(self, request: Request, name: str, body: Any) -> Answer:
        if request.method == "GET":
            if name not in self.channels:
                return _error(404, f"NotificationConfig {name} not found")
            listed = [{"config_id": name, "config": self.channels[name]}]
            return Answer(200, {"start_index": 0, "total_hits": 1, "config_list": listed})
        if request.method == "POST":
            name = body["config_id"]
            assert name not in self.channels
        self.channels[name] = body["config"]
        return Answer(200, {"config_id": name})

    def _monitor(self, request: Request, rest: str, body: Any) -> Answer:
        if rest == "_search":
            if not self.monitors and not self.sequence:
                return _error(
                    404, "Configured indices are not found: [.opendistro-alerting-config]"
                )
            hits = [{"_id": id, "_source": each} for id, each in self.monitors.items()]
            return Answer(200, {"hits": {"total": {"value": len(hits)}, "hits": hits}})
        if request.method == "DELETE":
            del self.monitors[rest]
            return Answer(200, {"_id": rest})
        if request.method == "POST":
            self.sequence += 1
            rest = f"monitor{self.sequence}"
        assert request.method == "POST" or rest in self.monitors
        self.monitors[rest] = _rewritten(body)
        return Answer(201 if request.method == "POST" else 200, {"_id": rest})

    def _repository(self, request: Request, name: str, body: Any) -> Answer:
        if request.method == "GET":
            if name not in self.repositories:
                return _error(404, f"[{name}] missing", "repository_missing_exception")
            return Answer(200, {name: self.repositories[name]})
        if not self.signed(request):
            role = body["settings"]["role_arn"]
            what = f"is not authorized to perform: iam:PassRole on resource: {role}"
            return Answer(403, {"Message": f"User: anonymous {what}"})
        self.repositories[name] = body
        return Answer(200, {"acknowledged": True})


def _rewritten(monitor: dict[str, Any]) -> dict[str, Any]:
    """A monitor as it comes back: with ids, and ranges in another form."""
    text = json.dumps(monitor)
    text = re.sub(r'"gte": ("[^"]*")', r'"from": \1, "include_lower": true, "boost": 1.0', text)
    made: dict[str, Any] = json.loads(text)
    for number, trigger in enumerate(made["triggers"]):
        trigger["query_level_trigger"]["id"] = f"trigger{number}"
    return made | {"schema_version": 8, "enabled_time": 1, "user": {"name": "somebody"}}


def _error(status: int, reason: str, kind: str = "status_exception") -> Answer:
    return Answer(status, {"error": {"type": kind, "reason": reason}, "status": status})
