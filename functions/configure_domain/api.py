"""The REST API of the domain as configure_domain uses it: answers are values, errors sentences.

ConfigureError        what the domain does not do, with the words to act on
|-- NoAnswer          the domain cannot be reached
|-- WrongLogin        401: it does not know this user and password
|-- NotLetIn          403 of the access policy: it lets no unsigned requests in from here
`-- NotOffered        it has no such API: what needs it is skipped, and reported
"""

import json
from typing import Any

from opensearchpy import ConnectionError as NoConnection
from opensearchpy import OpenSearch, TransportError

from common.errors import SiemError

# What OpenSearch says of what no plugin serves, and Amazon's service of a path that it withholds.
LACKING = ("no handler found for uri", "is not allowed", "repository type [s3] does not exist")

ANONYMOUS = "User: anonymous is not authorized to perform: es:"


class ConfigureError(SiemError):
    """The domain cannot be configured; the message says what to do."""


class NoAnswer(ConfigureError):
    """The domain cannot be reached."""


class WrongLogin(ConfigureError):
    """The domain does not know this user and password."""


class NotLetIn(ConfigureError):
    """The domain's access policy lets no unsigned requests in from here."""


class NotOffered(ConfigureError):
    """The cluster has no such API."""


class Api:
    """A client, for requests whose bodies are JSON unless they say otherwise."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def get(self, path: str) -> Any:
        """The answer, or None where there is no such thing (404)."""
        return self.ask("GET", path, missing=True)

    def put(self, path: str, body: Any) -> Any:
        """The answer to a body."""
        return self.ask("PUT", path, body)

    def post(self, path: str, body: Any, missing: bool = False) -> Any:
        """The answer to a body; with `missing`, None for 404."""
        return self.ask("POST", path, body, missing)

    def delete(self, path: str) -> Any:
        """The answer, or None where there is no such thing."""
        return self.ask("DELETE", path, missing=True)

    def ask(self, method: str, path: str, body: Any = None, missing: bool = False) -> Any:
        """The parsed answer; see `send` for the errors."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"} if content else {}
        answer = self.send(method, path, content, headers, missing)
        return None if answer is None else json.loads(answer or "null")

    def send(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: dict[str, str],
        missing: bool = False,
    ) -> str | None:
        """The text of an answer with a status below 300; with `missing`, None for 404.

        Raises ConfigureError or one of its kinds. opensearch-py's own way of sending would refuse
        an answer in NDJSON.
        """
        connection = self._client.transport.get_connection()
        try:
            _, _, text = connection.perform_request(
                method, path, body=content or None, headers=headers
            )
        except NoConnection as error:
            raise NoAnswer(
                f"no answer from {connection.host} to {method} {path}; is the function in a subnet "
                f"and security group that reach the domain? {error.error}"
            ) from None
        except TransportError as error:
            if missing and error.status_code == 404 and not _lacks(error):
                return None
            raise _refusal(method, path, error) from None
        return str(text)


def _lacks(error: TransportError) -> bool:
    return any(each in _reason(error) for each in LACKING)


def _refusal(method: str, path: str, error: TransportError) -> ConfigureError:
    message = f"OpenSearch refused {method} {path} with {error.status_code}: {_reason(error)}"
    if _lacks(error):
        return NotOffered(f"the cluster does not offer {method} {path}: {_reason(error)}")
    if error.status_code == 401:
        return WrongLogin(message)
    if error.status_code == 403 and ANONYMOUS in message:
        return NotLetIn(message)
    return ConfigureError(message)


def _reason(error: TransportError) -> str:
    """The sentence in an error's body, whichever part of the service wrote it."""
    body = error.info
    if not isinstance(body, dict):
        return str(error.error).strip()[:1000]
    if isinstance(body.get("error"), dict):
        return str(body["error"].get("reason") or body["error"])[:1000]
    for key in ("message", "Message", "error"):  # Dashboards has its sentence in `message`
        if isinstance(body.get(key), str):
            return str(body[key])[:1000]
    return json.dumps(body)[:1000]
