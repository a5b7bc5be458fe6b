"""What a User-Agent header says: program, operating system, device.

The expressions are those of https://github.com/ua-parser/uap-core; the members are ECS's, see
https://www.elastic.co/docs/reference/ecs/ecs-user_agent
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import orjson
from msgspec import Raw
from ua_parser import Domain
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

MEMBERS = ("name", "version", "device", "os")  # of user_agent
LONGEST = 512  # characters; whoever sends more has something else in mind

Agent = tuple[Raw | None, Raw | None, Raw | None, Raw | None]
UNKNOWN: Agent = (None, None, None, None)
# Made when the function starts and not with the first header: that is when Lambda gives most CPU.
RESOLVE = Resolver(load_lazy_builtins())


@lru_cache(256)  # the library learns a header, and the general way asks for the same one
def of(header: str) -> Agent:
    """The MEMBERS that a header tells, as JSON; None for each that it does not."""
    if not header or len(header) > LONGEST:
        return UNKNOWN
    found = RESOLVE(header, Domain.ALL)
    agent, system, device = found.user_agent, found.os, found.device
    version = _version(system.major, system.minor, system.patch) if system else None
    return (
        _json(agent and agent.family),
        _json(agent and _version(agent.major, agent.minor, agent.patch)),
        _json(device and {"name": device.family}),
        _json(
            system
            and {"name": system.family}
            | ({"version": version, "full": f"{system.family} {version}"} if version else {})
        ),
    )


def _version(*parts: str | None) -> str | None:
    return ".".join(_present(parts)) or None


def _present(parts: Iterable[str | None]) -> Iterable[str]:
    for part in parts:
        if not part:
            return
        yield part


def _json(value: Any) -> Raw | None:
    return Raw(orjson.dumps(value)) if value else None
