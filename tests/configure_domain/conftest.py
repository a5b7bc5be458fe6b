"""A domain as configure_domain meets it: the real secured node behind stand-ins for the rest."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from opensearchpy import OpenSearch

from common import aws as common_aws
from configure_domain import domain, index_patterns, saved_objects, security
from configure_domain import handler as configure_domain
from configure_domain.dashboards_api import Dashboards
from configure_domain.domain import Domain
from configure_domain.settings import Settings
from es_loader import log_type_file
from local import endpoint, node
from local.aws import Aws
from local.endpoint import Server
from local.exchange import Answer, Request, basic
from local.node import Node
from tests.configure_domain import aws_proxy
from tests.configure_domain.aws_proxy import AwsProxy
from tests.configure_domain.plugins import Plugins

API = security.API
ROLE = "arn:aws:iam::111122223333:role/{}"
USER = "arn:aws:iam::111122223333:user/{}"
DOMAIN, MASTER, BUCKET = "aes-siem", "aesadmin", "aes-siem-111122223333-snapshot"
THROWAWAY = "Terraform-made-this-1"
# A domain with all log types takes long: one test has them all.
LOG_TYPES = {
    name: log_type_file.load(log_type_file.HERE / name)
    for name in ("cloudtrail", "guardduty", "vpc_flow", "waf")
}
PASSWORD = "Xk29-fjW_mmq81~test"  # of local users that stand for IAM roles
SIGNER = basic("configure", PASSWORD)
ENVIRONMENT = {
    "DOMAIN_NAME": DOMAIN,
    "MASTER_USER_NAME": MASTER,
    "SNAPSHOT_BUCKET": BUCKET,
    "SNAPSHOT_ROLE_ARN": ROLE.format("aes-siem-snapshot"),
    "ALERT_TOPIC_ARN": "arn:aws:sns:ap-northeast-1:111122223333:aes-siem-alert",
    "ALERT_ROLE_ARN": ROLE.format("aes-siem-alert"),
    "CONFIGURE_ROLE_ARN": ROLE.format("aes-siem-configure-aes"),
    "LOADER_ROLE_ARNS": json.dumps([ROLE.format("aes-siem-es-loader")]),
    "METRICS_ROLE_ARNS": json.dumps([ROLE.format("aes-siem-index-metrics-exporter")]),
    "ADMIN_ARNS": json.dumps([ROLE.format("security"), USER.format("alice")]),
    "ANALYST_ARNS": json.dumps([ROLE.format("analyst"), USER.format("bob")]),
    "RETENTION": json.dumps({"*": {"delete": 400}, "ledger": {"delete": 2555}}),
}


@dataclass
class Context:
    """What Lambda hands to a handler with so many seconds left."""

    seconds: float = 900.0

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds, of which no test waits for one."""
        return int(self.seconds * 1000)


@dataclass
class Gate:
    """The edge of a domain: it knows who signed a request, and whom the access policy lets in.

    people_only   unsigned requests come in from people's own networks only, not from here
    """

    plugins: Callable[[Request], Answer | None]
    people_only: bool = False

    def answer(self, request: Request) -> Answer | Request | None:
        """The answer of the edge or of a plugin, or the request as the node knows its caller."""
        signed = _is_signed(request)
        if self.people_only and not signed:
            what = "is not authorized to perform: es:ESHttpGet because no resource-based policy"
            return Answer(403, {"Message": f"User: anonymous {what} allows the action"})
        if answer := self.plugins(request):
            return answer
        if not signed:
            return None
        return replace(request, headers=request.headers | {"authorization": SIGNER})


@dataclass
class Deployment:
    """The domain, its AWS, and who may sign in. `admin` is the node's own administrator."""

    server: Server
    plugins: Plugins
    gate: Gate
    proxy: AwsProxy
    aws: Aws
    secret: str
    admin: OpenSearch

    def changes(self, part: str) -> list[dict[str, str]]:
        """What a run changes of a part."""
        return [entry for entry in self.run()["changed"] if entry["part"] == part]

    def run(self, seconds: float = 900.0, **event: Any) -> dict[str, Any]:
        """Invoke the handler, to apply unless the event says otherwise."""
        return configure_domain.handler({"action": "apply"} | event, Context(seconds))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The node's answer to its administrator."""
        return self.admin.transport.perform_request(method, path, body=body)

    def as_user(self, name: str, method: str, path: str, body: Any = None) -> requests.Response:
        """The endpoint's answer to a local user (see `person`), or to the master."""
        password = self.password() if name == MASTER else PASSWORD
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
        return requests.request(
            method,
            self.server.url + path,
            data=text,
            auth=(name, password),
            headers={"content-type": kind},
            timeout=60,
        )

    def person(self, name: str, role: str) -> None:
        """A local user with the backend role that IAM gives a caller."""
        _person(self.admin, name, role)

    def dashboards(self, user: str = MASTER, tenant: str = "global") -> Dashboards:
        """Dashboards as a user sees it."""
        password = self.password() if user == MASTER else PASSWORD
        settings = Settings.from_environment()
        return Dashboards(domain.api(settings, (user, password)), tenant)

    def stages(self) -> dict[str, str]:
        """The password by stage of the secret's versions."""
        client = self.aws.client("secretsmanager")
        found = {}
        for version in client.list_secret_version_ids(SecretId=self.secret).get("Versions", []):
            got = client.get_secret_value(SecretId=self.secret, VersionId=version["VersionId"])
            for stage in version["VersionStages"]:
                text = got["SecretString"]
                found[stage] = json.loads(text)["password"] if text.startswith("{") else text
        return found

    def password(self) -> str:
        """The master's, as a person reads it from Secrets Manager."""
        return self.stages()["AWSCURRENT"]

    def stored(self) -> list[str]:
        """Keys in the snapshot bucket."""
        listed = self.aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return sorted(each["Key"] for each in listed)

    def read(self, key: str) -> str:
        """An object of the snapshot bucket."""
        got = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)
        text: str = got["Body"].read().decode()
        return text


@pytest.fixture
def deployment(
    secured_node: Node, aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Deployment]:
    """A domain with nothing of ours on it but, maybe, roles, which take longest to make."""
    with deployed(secured_node, aws, monkeypatch, tmp_path) as made:
        yield made


@pytest.fixture
def new_deployment(
    secured_node: Node, aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Deployment]:
    """A domain that Terraform has just made, with nothing of ours on it."""
    with node.administrator(secured_node) as admin:
        forget_roles(admin)
    with deployed(secured_node, aws, monkeypatch, tmp_path) as made:
        yield made


@contextmanager
def deployed(
    secured_node: Node, aws: Aws, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> Iterator[Deployment]:
    """A domain, and this process's environment set to it."""
    carried = folder / "dashboards.ndjson"
    carried.write_text(index_patterns.ndjson(index_patterns.objects(LOG_TYPES)))
    monkeypatch.setattr(saved_objects, "CARRIED", carried)
    monkeypatch.setattr(domain, "PAUSE", 0.01)
    monkeypatch.setattr(configure_domain, "load_all", lambda: LOG_TYPES)
    with node.administrator(secured_node) as admin:
        _reset(admin)
        _set_master(admin, MASTER, THROWAWAY)
        _person(admin, "configure", ENVIRONMENT["CONFIGURE_ROLE_ARN"])
        with (
            aws_proxy.running(aws.url, lambda *login: _set_master(admin, *login)) as proxy,
            _endpoint(secured_node) as (server, plugins, gate),
        ):
            secret = _make(aws)
            for name, value in (aws.environment | ENVIRONMENT).items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", aws.url)
            monkeypatch.setenv("OPENSEARCH_ENDPOINT", server.url)
            monkeypatch.setenv("MASTER_SECRET_ARN", secret)
            common_aws.client.cache_clear()
            common_aws._session.cache_clear()
            yield Deployment(server, plugins, gate, proxy, aws, secret, admin)
            common_aws.client.cache_clear()
            common_aws._session.cache_clear()
            _unmake(aws, secret)


@dataclass
class Plain:
    """A domain without security, for parts to which security is nothing."""

    server: Server
    plugins: Plugins
    aws: Aws
    node: OpenSearch
    settings: Settings

    def domain(self, warm: bool = False, cold: bool = False, **changes: Any) -> Domain:
        """What a part works on; `changes` are of its settings."""
        settings = replace(self.settings, **changes)
        return Domain(
            settings=settings,
            api=domain.api(settings, ("anybody", "anything")),
            signed=domain.signed_api(settings),
            log_types=LOG_TYPES,
            version=(3, 3),
            warm=warm,
            cold=cold,
        )

    def stored(self) -> list[str]:
        """Keys in the snapshot bucket."""
        listed = self.aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return sorted(each["Key"] for each in listed)

    def read(self, key: str) -> str:
        """An object of the snapshot bucket."""
        got = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)
        text: str = got["Body"].read().decode()
        return text


@pytest.fixture
def plain(
    opensearch_node: Node, opensearch: OpenSearch, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Plain]:
    """A domain without security, with nothing of ours on it."""
    for path in ("/.kibana", "/log-*", "/siem-ledger-*"):
        opensearch.transport.perform_request("DELETE", path, params={"ignore": 404})
    with _endpoint(opensearch_node) as (server, plugins, _):
        secret = _make(aws)
        environment = aws.environment | ENVIRONMENT
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        common_aws.client.cache_clear()
        common_aws._session.cache_clear()
        at = {"OPENSEARCH_ENDPOINT": server.url, "MASTER_SECRET_ARN": secret}
        settings = Settings.from_environment(environment | at)
        yield Plain(server, plugins, aws, opensearch, settings)
        common_aws.client.cache_clear()
        common_aws._session.cache_clear()
        _unmake(aws, secret)


@contextmanager
def _endpoint(secured_node: Node) -> Iterator[tuple[Server, Plugins, Gate]]:
    """The address of the domain, plugins and Dashboards included."""
    plugins = Plugins(_is_signed)
    gate = Gate(plugins.answer)
    with endpoint.running(secured_node, gate.answer) as server:
        yield server, plugins, gate


def _is_signed(request: Request) -> bool:
    authorization = request.headers.get("authorization", "")
    return authorization.startswith("AWS4-HMAC-SHA256") and "/es/aws4_request" in authorization


def _make(aws: Aws) -> str:
    """Domain, secret and bucket, as Terraform makes them; the secret's ARN."""
    aws.client("opensearch").create_domain(
        DomainName=DOMAIN,
        EngineVersion="OpenSearch_3.3",
        AdvancedSecurityOptions={
            "Enabled": True,
            "InternalUserDatabaseEnabled": True,
            "MasterUserOptions": {"MasterUserName": MASTER, "MasterUserPassword": THROWAWAY},
        },
    )
    location = {"LocationConstraint": aws.environment["AWS_REGION"]}
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
    secret: str = aws.client("secretsmanager").create_secret(Name="aes-siem-master")["ARN"]
    return secret


def _unmake(aws: Aws, secret: str) -> None:
    s3 = aws.client("s3")
    for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    s3.delete_bucket(Bucket=BUCKET)
    aws.client("opensearch").delete_domain(DomainName=DOMAIN)
    aws.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


def _set_master(admin: OpenSearch, user: str, password: str) -> None:
    body = {"password": password, "backend_roles": ["admin"]}
    admin.transport.perform_request("PUT", f"{API}/internalusers/{user}", body=body)


def _person(admin: OpenSearch, name: str, role: str) -> None:
    body = {"password": PASSWORD, "backend_roles": [role]}
    admin.transport.perform_request("PUT", f"{API}/internalusers/{name}", body=body)


def forget_roles(admin: OpenSearch) -> None:
    """Take away the security settings that an earlier test left on the node."""
    for kind in ("rolesmapping", "roles"):
        for name in _ask(admin, "GET", f"{API}/{kind}"):
            if name.startswith(("siem_", "aws_log")):
                _ask(admin, "DELETE", f"{API}/{kind}/{name}")
    # The plugin's demonstration lets everybody in by the first.
    for role, holder in (("own_index", "nobody"), ("manage_snapshots", "snapshotrestore")):
        _ask(admin, "PUT", f"{API}/rolesmapping/{role}", {"backend_roles": [holder]})
    _ask(admin, "PUT", f"{API}/tenancy/config", {"default_tenant": "private"})
    audit = _ask(admin, "GET", f"{API}/audit")["config"]
    _ask(admin, "PUT", f"{API}/audit/config", audit | {"enabled": False})


def _reset(admin: OpenSearch) -> None:
    """Take away what else an earlier test left there."""
    # Terraform names the function's role as the master user.
    path = f"{API}/rolesmapping/all_access"
    masters = ["admin", ENVIRONMENT["CONFIGURE_ROLE_ARN"]]
    if _ask(admin, "GET", path)["all_access"]["backend_roles"] != masters:
        _ask(admin, "PUT", path, {"backend_roles": masters})
    for kind in ("_index_template", "_component_template"):
        _ask(admin, "DELETE", f"/{kind}/siem-*")
    names = ("action.auto_create_index", "cluster.max_shards_per_node")
    _ask(admin, "PUT", "/_cluster/settings", {"persistent": dict.fromkeys(names)})
    for pattern in ("log-*", "siem-ledger-*"):
        _ask(admin, "DELETE", f"/{pattern}")
    everything: dict[str, Any] = {"query": {"match_all": {}}}
    _ask(admin, "POST", "/.kibana/_delete_by_query?refresh=true", everything)


def _ask(admin: OpenSearch, method: str, path: str, body: Any = None) -> Any:
    return admin.transport.perform_request(method, path, params={"ignore": 404}, body=body)
