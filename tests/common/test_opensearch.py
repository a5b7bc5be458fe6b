import base64
from collections.abc import Iterator

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from opensearchpy import AuthenticationException, OpenSearch

from common.opensearch import connect, refresh_credentials
from es_loader import bulk
from local.node import Node
from tests.es_loader import faulty
from tests.es_loader.faulty import Answer, Faulty, Forward, Request

DOMAIN = "https://search-siem.eu-west-1.es.amazonaws.com"


@pytest.fixture
def proxy(opensearch_node: Node) -> Iterator[Faulty]:
    """A proxy that keeps what it is sent."""
    with faulty.running(opensearch_node.url) as running:
        yield running


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials as Lambda gives them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")


def session(client: OpenSearch) -> requests.Session:
    """The one that the client sends with."""
    (connection,) = client.transport.connection_pool.connections
    found: requests.Session = connection.session
    return found


def test_a_local_node_needs_no_authentication(proxy: Faulty) -> None:
    with connect(proxy.url, "eu-west-1") as client:
        assert client.info()["version"]["distribution"] == "opensearch"
        assert not refresh_credentials(client)
    assert "authorization" not in proxy.requests[0].headers


def test_user_and_password_of_the_endpoint_are_used(proxy: Faulty) -> None:
    with connect(proxy.url.replace("//", "//user:p%40ss@"), "eu-west-1") as client:
        client.info()
        assert not refresh_credentials(client)
    expected = base64.b64encode(b"user:p@ss").decode()
    assert proxy.requests[0].headers["authorization"] == f"Basic {expected}"


def test_a_login_is_used_instead_of_what_the_endpoint_says(proxy: Faulty) -> None:
    with connect(proxy.url, "eu-west-1", login=("user", "p@ss")) as client:
        client.info()
    expected = base64.b64encode(b"user:p@ss").decode()
    assert proxy.requests[0].headers["authorization"] == f"Basic {expected}"


def test_requests_to_a_local_node_are_signed_on_demand(proxy: Faulty) -> None:
    with connect(proxy.url, "eu-west-1", signed=True) as client:
        client.info()
    assert "AKIDEXAMPLE/" in proxy.requests[0].headers["authorization"]


def test_nothing_is_retried_by_the_client(proxy: Faulty) -> None:
    def refuse(request: Request, forward: Forward) -> Answer:
        return Answer(401, faulty.error("security_exception"))

    proxy.always = refuse
    with connect(proxy.url, "eu-west-1") as client, pytest.raises(AuthenticationException):
        client.info()
    assert len(proxy.requests) == 1


def test_a_domain_gets_requests_signed_as_botocore_signs_them() -> None:
    body = b"\x1f\x8b compressed"
    with connect(DOMAIN, "eu-west-1") as client:
        (connection,) = client.transport.connection_pool.connections
        request = requests.Request("POST", connection.base_url + bulk.PATH, bulk.HEADERS, data=body)
        ours = session(client).prepare_request(request)
    signed = {name.lower(): value for name, value in ours.headers.items()}
    names = signed["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    theirs = AWSRequest(
        "POST",
        ours.url,
        {name: signed[name] for name in names if name in signed and name != "host"},
        body,
    )
    theirs.context["timestamp"] = signed["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", "secret", "token"), "es", "eu-west-1")
    canonical = signer.canonical_request(theirs)
    signature = signer.signature(signer.string_to_sign(theirs, canonical), theirs)
    assert signed["authorization"].endswith(f"Signature={signature}")
    assert signed["x-amz-security-token"] == "token"


def test_refreshed_credentials_are_those_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    with connect(DOMAIN, "eu-west-1") as client:
        monkeypatch.setenv("AWS_SESSION_TOKEN", "rotated")
        assert refresh_credentials(client)
        request = requests.Request("GET", DOMAIN)
        headers = session(client).prepare_request(request).headers
    assert headers["x-amz-security-token"] == "rotated"
