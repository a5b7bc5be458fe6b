"""WorkSpaces and Support on 127.0.0.1, with what the AWS emulation lacks of them.

Both speak JSON 1.1: the operation is in X-Amz-Target. Pages hold two items.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.process import HOST

PAGE = 2


@dataclass
class Refused:
    """An error, in place of an answer."""

    code: str
    message: str = ""
    status: int = 400


@dataclass
class Services:
    """What the services have, the errors they are to show, and what they were asked."""

    workspaces: list[dict[str, Any]] = field(default_factory=list)
    connections: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, list[str]] = field(default_factory=dict)
    faults: defaultdict[str, list[Refused]] = field(default_factory=lambda: defaultdict(list))
    asked: list[str] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, operation: str, given: dict[str, Any]) -> Any:
        """The answer to an operation, or a Refused."""
        self.asked.append(operation)
        if self.faults[operation]:
            return self.faults[operation].pop(0)
        if operation == "DescribeWorkspaces":
            return _page("Workspaces", self.workspaces, given)
        if operation == "DescribeWorkspacesConnectionStatus":
            return _page("WorkspacesConnectionStatus", self.connections, given)
        if operation == "DescribeTrustedAdvisorChecks":
            return {"checks": self.checks}
        if operation == "DescribeTrustedAdvisorCheckResult":
            return {"result": self.results[given["checkId"]]}
        if operation == "RefreshTrustedAdvisorCheck":
            if given["checkId"] not in self.states:
                return Refused("InvalidParameterValueException", "not refreshable")
            return {"status": {"checkId": given["checkId"], "status": "enqueued"}}
        if operation == "DescribeTrustedAdvisorCheckRefreshStatuses":
            return {"statuses": [self._status(check) for check in given["checkIds"]]}
        return Refused("UnknownOperationException", operation)

    def _status(self, check: str) -> dict[str, str]:
        states = self.states[check]
        return {"checkId": check, "status": states.pop(0) if len(states) > 1 else states[0]}


@contextmanager
def running() -> Iterator[Services]:
    """Both services, with nothing in them."""
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            services.regions.add(self.headers["Authorization"].split("/")[2])
            found = services.answer(self.headers["X-Amz-Target"].split(".")[1], given)
            status, body = 200, found
            if isinstance(found, Refused):
                status, body = found.status, {"__type": found.code, "message": found.message}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    services.url = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    yield services
    server.shutdown()
    server.server_close()
    thread.join()


def _page(name: str, items: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    start = int(given.get("NextToken", 0))
    found: dict[str, Any] = {name: items[start : start + PAGE]}
    if start + PAGE < len(items):
        found["NextToken"] = str(start + PAGE)
    return found
