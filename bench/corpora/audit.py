"""Who did what: in Kubernetes, in OpenSearch, in Okta, and on WorkSpaces.

https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
https://docs.opensearch.org/latest/security/audit-logs/field-reference/
"""

from collections.abc import Iterator
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, START, Pools, iso
from bench.corpora.products import event

Json = dict[str, Any]
SECONDS = 300
KINDS = ("pods", "configmaps", "secrets", "leases", "endpoints", "deployments")
SPACES = ("default", "kube-system", "web", "batch")
OKTA = (
    ("user.session.start", "User login to Okta", "SUCCESS"),
    ("user.session.end", "User logout from Okta", "SUCCESS"),
    ("user.authentication.sso", "User single sign on to app", "SUCCESS"),
    ("user.authentication.auth_via_mfa", "Authentication of user via MFA", "FAILURE"),
    ("policy.evaluate_sign_on", "Evaluation of sign-on policy", "ALLOW"),
)
OPENSEARCH = ("GRANTED_PRIVILEGES", "MISSING_PRIVILEGES", "AUTHENTICATED", "FAILED_LOGIN")


def eks(pools: Pools, count: int) -> Iterator[bytes]:
    """That many audit events: one in ten creates a pod, the others read or renew something."""
    pick = pools.random.choice
    for n in range(count):
        moment = START + n * SECONDS / count
        kind, space, name = pick(KINDS), pick(SPACES), pools.hex(10)
        path = f"/api/v1/namespaces/{space}/{kind}/{name}?timeout=10s"
        record: Json = {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": "Request",
            "auditID": pools.uuid(),
            "stage": "ResponseComplete",
            "requestURI": path,
            "verb": pick(("get", "list", "watch", "update")),
            "user": {
                "username": f"system:serviceaccount:{space}:{pick(pools.functions)}",
                "uid": pools.uuid(),
                "groups": ["system:serviceaccounts", "system:authenticated"],
                "extra": {"authentication.kubernetes.io/pod-name": [name]},
            },
            "sourceIPs": [pools.external() if n % 10 == 0 else pools.internal()],
            "userAgent": pools.sdk_agent(),
            "objectRef": {
                "resource": kind,
                "namespace": space,
                "name": name,
                "uid": pools.uuid(),
                "apiVersion": "v1",
            },
            "responseStatus": {"metadata": {}, "code": 200},
            "requestReceivedTimestamp": iso(moment, 6),
            "stageTimestamp": iso(moment + 0.01, 6),
            "annotations": {
                "authorization.k8s.io/decision": "allow",
                "authorization.k8s.io/reason": f'RBAC: allowed by RoleBinding "{space}"',
            },
        }
        if n % 10 == 0:
            image = f"registry.example.com/{pick(pools.functions)}:1"
            container = {"name": "main", "image": image, "env": [{"name": "A", "value": "b"}] * 8}
            spec = {"containers": [container], "serviceAccountName": "default"}
            record |= {"verb": "create", "requestObject": {"kind": "Pod", "spec": spec}}
        yield orjson.dumps(record)


def okta(pools: Pools, count: int) -> Iterator[bytes]:
    """That many events of the System Log."""
    for n in range(count):
        kind, message, result = OKTA[n % len(OKTA)]
        address, user = pools.external(), pools.random.choice(pools.users)
        place = {
            "city": "Dublin",
            "country": "Ireland",
            "geolocation": {"lat": 53.3, "lon": -6.2},
            "postalCode": "D02",
            "state": "Leinster",
        }
        name = {"type": "User", "displayName": user.title(), "detailEntry": None}
        who = {**name, "alternateId": f"{user}@example.com", "id": f"00u{pools.hex(14)}"}
        agent = {"browser": "FIREFOX", "os": "Mac OS X", "rawUserAgent": pools.user_agent()}
        debug = {
            "deviceFingerprint": pools.hex(32),
            "requestId": pools.letters(27),
            "requestUri": "/api/v1/authn",
            "threatSuspected": "false",
            "url": "/api/v1/authn?",
        }
        record = {
            "actor": who,
            "authenticationContext": {
                "authenticationStep": 0,
                "credentialType": "OTP",
                "externalSessionId": pools.letters(25),
            },
            "client": {
                "device": "Computer",
                "geographicalContext": place,
                "ipAddress": address,
                "userAgent": agent,
                "zone": "null",
            },
            "debugContext": {"debugData": debug},
            "displayMessage": message,
            "eventType": kind,
            "outcome": {"reason": None, "result": result},
            "published": iso(START + n * SECONDS / count, 3),
            "request": {"ipChain": [{"geographicalContext": place, "ip": address}]},
            "securityContext": {"asNumber": 64_496, "asOrg": "example", "isProxy": False},
            "severity": "INFO",
            "target": [{**name, "alternateId": "a", "id": pools.hex(17)}],
            "transaction": {"detail": {}, "id": pools.letters(27), "type": "WEB"},
            "uuid": pools.uuid(),
            "version": "0",
        }
        yield orjson.dumps(record)


def opensearch(pools: Pools, count: int) -> Iterator[bytes]:
    """That many audit messages of a domain."""
    for n in range(count):
        path = pools.path()
        yield orjson.dumps(
            {
                "audit_cluster_name": f"{ACCOUNT}:orders",
                "audit_node_name": "be217225a0b77c2bd76147d3ed3ff83c",
                "audit_category": OPENSEARCH[n % len(OPENSEARCH)],
                "audit_request_origin": "REST",
                "audit_request_layer": "REST",
                "audit_node_id": "3xNJhm4XS_yTzEgDWcGRjA",
                "@timestamp": iso(START + n * SECONDS / count, 3).replace("Z", "+00:00"),
                "audit_format_version": 4,
                "audit_request_remote_address": pools.external(),
                "audit_request_effective_user": pools.random.choice(pools.users),
                "audit_request_effective_user_is_admin": False,
                "audit_rest_request_method": "GET",
                "audit_rest_request_path": path,
                "audit_rest_request_params": {"pretty": "true", "size": "100"},
                "audit_rest_request_headers": {
                    "User-Agent": [pools.user_agent()],
                    "Host": [pools.random.choice(pools.hosts)],
                },
                "audit_trace_indices": ["orders-*"],
                "audit_trace_resolved_indices": ["orders-2026", "orders-2025"],
                "audit_request_body": '{"query":{"match_all":{}}}',
            }
        )


def workspaces(pools: Pools, count: int) -> Iterator[bytes]:
    """That many logins, as EventBridge sends them."""
    for n in range(count):
        moment = START + n * SECONDS / count
        detail = {
            "clientIpAddress": pools.external(),
            "actionType": "successfulLogin",
            "workspacesClientProductName": "WorkSpaces Desktop client",
            "loginTime": iso(moment, 3),
            "clientPlatform": pools.random.choice(("Windows", "OSX", "Linux", "Web")),
            "directoryId": "domain/d-926722edaf",
            "workspaceId": f"ws-{pools.hex(9)}",
        }
        yield event("aws.workspaces", "WorkSpaces Access", moment, detail)
