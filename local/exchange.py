"""Requests and answers of the local endpoint."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request: path with its query, names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `body` is JSON unless it is text."""

    status: int
    body: Any = field(default_factory=dict)
    kind: str = "application/json"


Forward = Callable[[Request], Answer]


class Refused(Exception):
    """What is answered instead of a result, in the form that Dashboards has for errors."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"statusCode": status, "error": error, "message": message})


def basic(user: str, password: str) -> str:
    """The Authorization header of a login."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
