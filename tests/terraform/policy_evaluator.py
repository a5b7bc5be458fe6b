"""Decides one request by IAM's rules: a resource policy and the policies of the caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
It knows no organization policies, boundaries or session policies. It raises NotImplementedError on
what it does not know, so that no test passes by accident.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Policy = Mapping[str, Any]
Decision = Literal["allow", "deny", "none"]  # "none": no statement is about it, which denies too

ANONYMOUS = "anonymous"  # who sends no signature
ACCOUNT = re.compile(r"arn:[\w-]+:(?:iam|sts)::(\d{12}):")
VARIABLE = re.compile(r"\$\{([^}]+)\}")
NOTHING = "\0"  # what a variable without a value stands for: equal to no text


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants to do what to what.

    principal   ARN of a role or user, a service's name, or ANONYMOUS
    owner       account that owns the resource
    context     condition keys, in any case, with their value or values
    """

    principal: str
    action: str
    resource: str
    owner: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The caller's account, "" for a service and for who is anonymous."""
        found = ACCOUNT.match(self.principal)
        return found[1] if found else ""

    def values(self) -> dict[str, str | list[str]]:
        """Return the condition keys in lower case, with those that every request has."""
        every: dict[str, str | list[str]] = {"aws:SecureTransport": "true"}
        if self.account:
            every |= {"aws:PrincipalArn": self.principal, "aws:PrincipalAccount": self.account}
        return {key.lower(): value for key, value in {**every, **self.context}.items()}


def decide(
    request: Request,
    resource_policy: Policy | None = None,
    identity_policies: Iterable[Policy] = (),
    *,
    resource_policy_decides: bool = False,
) -> Decision:
    """Return what IAM answers.

    resource_policy_decides   it is a key's or a role's policy: what it does not allow, or does not
                              delegate to the account, no policy of the caller allows
    """
    named = delegated = allowed = False
    for statement in statements(resource_policy):
        how = names(statement, request)
        if how and covers(statement, request):
            if statement["Effect"] == "Deny":
                return "deny"
            named |= how == "directly"
            delegated |= how == "by account"
    for policy in identity_policies:
        for statement in statements(policy):
            if covers(statement, request):
                if statement["Effect"] == "Deny":
                    return "deny"
                allowed = True
    if not request.account:
        granted = named
    elif request.account != request.owner:
        granted = (named or delegated) and allowed
    elif resource_policy_decides:
        granted = named or (delegated and allowed)
    else:
        granted = named or allowed
    return "allow" if granted else "none"


def statements(policy: Policy | None) -> list[Any]:
    """Return the statements of a policy."""
    return many(policy["Statement"]) if policy else []


def many(value: Any) -> list[Any]:
    """Return one or many as a list."""
    return value if isinstance(value, list) else [value]


def names(statement: Policy, request: Request) -> str:
    """Return whether a statement names the caller: "directly", "by account", or "" for not."""
    if "NotPrincipal" in statement:
        raise NotImplementedError("NotPrincipal")
    principal = statement["Principal"]
    if principal == "*":
        return "directly"
    found = [
        names_one(kind, identifier, request)
        for kind, identifiers in principal.items()
        for identifier in many(identifiers)
    ]
    return "directly" if "directly" in found else max(found)


def names_one(kind: str, identifier: str, request: Request) -> str:
    """Return how one principal of a statement names the caller."""
    if kind == "AWS":
        return names_account(identifier, request)
    if kind == "Service":
        return "directly" if request.principal == identifier else ""
    raise NotImplementedError(f"a principal of the kind {kind}")


def names_account(identifier: str, request: Request) -> str:
    """Return how an identifier of the kind AWS names the caller."""
    if identifier == "*":
        return "directly" if request.account or request.principal == ANONYMOUS else ""
    if identifier == request.principal:
        return "directly"
    if not request.account:
        return ""
    root = rf"arn:[\w-]+:iam::{request.account}:root"
    whole = identifier == request.account or re.fullmatch(root, identifier)
    return "by account" if whole else ""


def covers(statement: Policy, request: Request) -> bool:
    """Return whether a statement is about the request's action, resource and circumstances."""
    values = request.values()
    actions = statement.get("Action")
    resources = statement.get("Resource")
    if actions is not None:
        about = any(like(each.lower(), request.action.lower()) for each in many(actions))
    else:
        others = many(statement["NotAction"])
        about = not any(like(each.lower(), request.action.lower()) for each in others)
    if resources is not None:
        on = any(like(expand(each, values), request.resource) for each in many(resources))
    elif "NotResource" in statement:
        others = many(statement["NotResource"])
        on = not any(like(expand(each, values), request.resource) for each in others)
    else:
        on = True  # a trust policy has no resource
    return about and on and holds(statement.get("Condition", {}), values)


def like(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern with * and ?."""
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def expand(text: str, values: Mapping[str, Any]) -> str:
    """Replace policy variables; one without a value becomes a text that nothing equals."""
    signs = ("*", "?", "$")

    def value(found: re.Match[str]) -> str:
        if found[1] in signs:
            return found[1]
        return str(values.get(found[1].lower(), NOTHING))

    return VARIABLE.sub(value, text)


def in_network(network: str, address: str) -> bool:
    """Return whether an address lies in a network."""
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": lambda wanted, has: wanted == has,
    "stringequalsignorecase": lambda wanted, has: wanted.lower() == has.lower(),
    "stringlike": like,
    "arnlike": like,
    "arnequals": like,
    "bool": lambda wanted, has: wanted.lower() == has.lower(),
    "ipaddress": in_network,
    "numericequals": lambda wanted, has: float(wanted) == float(has),
    "numericlessthan": lambda wanted, has: float(has) < float(wanted),
    "numericlessthanequals": lambda wanted, has: float(has) <= float(wanted),
    "numericgreaterthan": lambda wanted, has: float(has) > float(wanted),
    "numericgreaterthanequals": lambda wanted, has: float(has) >= float(wanted),
}
NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotlike": "arnlike",
    "arnnotequals": "arnequals",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
}


def holds(conditions: Policy, values: Mapping[str, Any]) -> bool:
    """Return whether all conditions of a statement hold."""
    return all(
        holds_one(operator, key, many(wanted), values)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def as_text(value: Any) -> str:
    """Return a value of a condition as IAM compares it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds_one(operator: str, key: str, wanted: list[Any], values: Mapping[str, Any]) -> bool:
    """Return whether one operator holds for one key."""
    name = operator.lower()
    quantifier, _, name = name.rpartition(":")
    optional = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    has = values.get(key.lower())
    texts = [expand(as_text(each), values) for each in wanted]
    if name == "null":
        return (has is None) == (texts[0] == "true")
    if NEGATIONS.get(name, name) not in OPERATORS or quantifier not in QUANTIFIERS:
        raise NotImplementedError(f"the condition operator {operator}")
    if has is None:
        return optional or name in NEGATIONS or quantifier == "forallvalues"
    matches = OPERATORS[NEGATIONS.get(name, name)]

    def hit(value: str) -> bool:
        return any(matches(text, value) for text in texts) != (name in NEGATIONS)

    hits = [hit(str(value)) for value in many(has)]
    return any(hits) if quantifier == "foranyvalue" else all(hits)


QUANTIFIERS = ("", "foranyvalue", "forallvalues")
