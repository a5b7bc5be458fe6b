"""What the table of waf cannot say: the web ACL's ARN, the headers by name, and the rule groups.

A record is a stranger's JSON: a member of another type than expected is passed over.
"""

from functools import lru_cache
from typing import Any

# Name of a header, in lower case -> the field that its value belongs to
HEADERS = {
    "host": "url.domain",
    "user-agent": "user_agent.original",
    "referer": "http.request.referrer",
    "content-type": "http.request.mime_type",
    "content-length": "http.request.body.bytes",
    "x-forwarded-for": "network.forwarded_ip",
}


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Sets the fields of web ACL, headers, body size, rule groups and rate-based rules."""
    get = record.get
    web_acl = get("webaclId")
    if type(web_acl) is str:
        document.update(_web_acl(web_acl))
    request = get("httpRequest")
    if type(request) is dict:
        _request(request, document)
    if (size := get("requestBodySize")) is not None:
        document["http.request.body.bytes"] = size
    if groups := get("ruleGroupList"):
        _rule_groups(groups, document)
    if rules := get("rateBasedRuleList"):
        document["aws.waf.rate_based_rules"] = [
            rule.get("rateBasedRuleName") or rule.get("rateBasedRuleId")
            for rule in rules
            if type(rule) is dict
        ]


def _request(request: dict[str, Any], document: dict[str, Any]) -> None:
    for header in request.get("headers") or ():
        try:
            field = HEADERS.get(header["name"].lower())
        except (AttributeError, KeyError, TypeError):
            continue
        if field and field not in document:  # the first of a name is the one that counts
            document[field] = header.get("value")
    host = request.get("host") or document.get("url.domain")
    if type(host) is str:
        document.update(_host(host))
    addresses = [request.get("clientIp")]
    forwarded = document.get("network.forwarded_ip")
    if type(forwarded) is str:
        client = document["network.forwarded_ip"] = forwarded.partition(",")[0].strip()
        if client != addresses[0]:
            addresses.append(client)
    document["related.ip"] = addresses


@lru_cache(4096)
def _web_acl(identifier: str) -> dict[str, str]:
    """Fields of a web ACL: `arn:aws:wafv2:REGION:ACCOUNT:SCOPE/webacl/NAME/ID`, or Classic's id."""
    parts = identifier.split(":", 5)
    if len(parts) < 6:
        return {"aws.waf.web_acl.id": identifier}
    fields = {
        "aws.waf.web_acl.arn": identifier,
        "cloud.region": parts[3],
        "cloud.account.id": parts[4],
    }
    _, _, resource = parts[5].partition("webacl/")
    name, slash, own = resource.rpartition("/")
    if slash:
        fields |= {"aws.waf.web_acl.name": name, "aws.waf.web_acl.id": own}
    elif own:
        fields["aws.waf.web_acl.id"] = own
    return fields


@lru_cache(4096)
def _host(host: str) -> dict[str, Any]:
    """Fields of a Host header: a name or an address, and perhaps a port."""
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdecimal() or name.endswith(":"):
        name, port = host, ""
    return {
        "url.domain": name,
        "url.port": port,
        "destination.address": name,
        "destination.domain": name,
        "related.hosts": name,
    }


def _rule_groups(groups: Any, document: dict[str, Any]) -> None:
    """Which rules inside of rule groups matched."""
    for group in groups if type(groups) is list else ():
        if type(group) is not dict:
            continue
        if rule := group.get("terminatingRule"):
            _add("terminating_rule", [rule], document)
        if rules := group.get("nonTerminatingMatchingRules"):
            _add("non_terminating_rules", rules, document)
        if rules := group.get("excludedRules"):
            _add("excluded_rules", rules, document)


def _add(name: str, rules: Any, document: dict[str, Any]) -> None:
    found = [rule.get("ruleId") for rule in rules if type(rule) is dict]
    document.setdefault(f"aws.waf.rule_group.{name}", []).extend(found)
