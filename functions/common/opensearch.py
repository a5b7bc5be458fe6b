"""The OpenSearch client: signed for a domain, basic or no authentication for a local node."""

from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch, RequestsHttpConnection
from requests_aws4auth import AWS4Auth

from common import aws
from common.errors import SettingsError

SERVICE = "es"
LOCAL = ("127.0.0.1", "localhost")


def connect(
    endpoint: str,
    region: str,
    timeout: float = 60,
    login: tuple[str, str] | None = None,
    signed: bool = False,
) -> OpenSearch:
    """A client of the cluster at `endpoint`; nothing is sent before it is used.

    It never retries and never compresses: who sends much decides both.
    timeout   seconds a request may take, where the request does not say
    login     user and password, or `signed`: sign also where a local node has no use for it
    """
    url = urlsplit(endpoint)
    auth: AWS4Auth | tuple[str, str] | None
    if login:
        auth = login
    elif signed:
        auth = _signer(region)
    elif url.username:
        auth = (unquote(url.username), unquote(url.password or ""))
    elif url.hostname in LOCAL:
        auth = None
    else:
        auth = _signer(region)
    return OpenSearch(
        [url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()],
        http_auth=auth,
        connection_class=RequestsHttpConnection,
        pool_maxsize=16,
        timeout=timeout,
        max_retries=0,
        retry_on_timeout=False,
        http_compress=False,
    )


def refresh_credentials(client: OpenSearch) -> bool:
    """Sign with credentials read anew from now on; False where requests are not signed."""
    signed = False
    for connection in client.transport.connection_pool.connections:
        if isinstance(connection.session.auth, AWS4Auth):
            connection.session.auth = _signer(connection.session.auth.region)
            signed = True
    return signed


def _signer(region: str) -> AWS4Auth:
    credentials = aws.credentials()
    if credentials is None:
        raise SettingsError("no AWS credentials to sign requests to OpenSearch with")
    return AWS4Auth(region=region, service=SERVICE, refreshable_credentials=credentials)
