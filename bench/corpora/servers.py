"""What servers write about themselves and about those who use them.

https://httpd.apache.org/docs/2.4/logs.html
https://nginx.org/en/docs/http/ngx_http_log_module.html
https://www.rfc-editor.org/rfc/rfc3164#section-4
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html
https://docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from bench.corpora.pools import START, Pools

SECONDS = 300
STATUSES = (200, 200, 200, 200, 301, 304, 404, 500)
MESSAGES = (
    "systemd[1]: Started Session {0} of User alice.",
    "systemd[1]: session-{0}.scope: Deactivated successfully.",
    "dhclient[2898]: DHCPREQUEST on eth0 to 10.0.0.1 port 67 (xid=0x{0:08x})",
    "chronyd[611]: Selected source 169.254.169.123",
    "amazon-ssm-agent[1422]: INFO [HealthCheck] HealthCheck reporting agent health {0}.",
    "kernel: [{0}.678901] [UFW BLOCK] IN=eth0 OUT= MAC=02:00:5e:00:53:01:02:00:5e:00:53:ff:08:00 "
    "SRC={1} DST=10.0.1.5 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID={2} PROTO=TCP SPT={2} DPT=22 "
    "WINDOW=1024 RES=0x00 SYN URGP=0",
)
APACHE_ERRORS = (
    "[core:error] [pid {0}:tid 4328636416] [client {1}] AH00126: Invalid URI in request GET /..",
    "[authz_core:error] [pid {0}] [client {1}] AH01630: client denied by server configuration: "
    "/srv/www/private/{0}.html",
    "[auth_basic:error] [pid {0}] [client {1}] AH01618: user u{0} not found: /admin",
    "[proxy:error] [pid {0}] (111)Connection refused: AH00957: HTTP: attempt to connect to "
    "127.0.0.1:8080 (localhost) failed",
)
NGINX_ERRORS = (
    'open() "/usr/share/nginx/html{2}" failed (2: No such file or directory)',
    "connect() failed (111: Connection refused) while connecting to upstream",
    "access forbidden by rule",
    'limiting requests, excess: 0.500 by zone "login"',
)
KAFKA = (
    "INFO [GroupCoordinator {0}]: Preparing to rebalance group orders in state PreparingRebalance "
    "with old generation {1} (kafka.coordinator.group.GroupCoordinator)",
    "INFO [Partition orders-{0} broker=1] Expanding ISR from 1,2 to 1,2,3 "
    "(kafka.cluster.Partition)",
    "WARN [Broker id={0}] Ignoring LeaderAndIsr request from controller 1 (state.change.logger)",
    "INFO Principal = User:CN=app-{0}.example.com is Denied operation = READ from host = 10.0.1.9 "
    "on resource = Topic:LITERAL:orders for request = Fetch (kafka.authorizer.logger)",
)
COMMANDS = ("GET orders:{0}", "HGETALL cart:{0}", "ZRANGE ranking 0 {0}", "EVAL ... (3 more)")
REDIS = (
    "# Connection with replica client id #{0} lost.",
    "* Background saving started by pid {0}",
    "- Accepted 10.0.1.7:{0}",
    "* DB saved on disk",
)


def _moment(n: int, count: int) -> datetime:
    return datetime.fromtimestamp(START + n * SECONDS / count, UTC)


def access(pools: Pools, count: int) -> Iterator[bytes]:
    """Access logs in the combined format, of Apache as of nginx."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        query = f"?id={number(1, 99_999)}" if n % 3 == 0 else ""
        line = (
            f"{pools.external()} - {pick(pools.users) if n % 9 == 0 else '-'} "
            f"[{_moment(n, count):%d/%b/%Y:%H:%M:%S +0000}] "
            f'"{pick(("GET", "GET", "POST"))} {pools.path()}{query} HTTP/1.1" {pick(STATUSES)} '
            f'{number(100, 90_000)} "https://{pick(pools.hosts)}/" "{pools.user_agent()}"'
        )
        yield line.encode()


def apache_error(pools: Pools, count: int) -> Iterator[bytes]:
    """Error log of Apache 2.4."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        client = f"{pools.external()}:{number(1_024, 65_535)}"
        text = pick(APACHE_ERRORS).format(number(1_000, 60_000), client)
        yield f"[{_moment(n, count):%a %b %d %H:%M:%S.%f %Y}] {text}".encode()


def nginx_error(pools: Pools, count: int) -> Iterator[bytes]:
    """Error log of nginx, most of it about a request."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        path, host = pools.path(), pick(pools.hosts)
        text = pick(NGINX_ERRORS).format(n, "", path)
        line = (
            f"{_moment(n, count):%Y/%m/%d %H:%M:%S} [error] 54053#54053: *{number(1, 99_999)} "
            f"{text}"
            f', client: {pools.external()}, server: {host}, request: "GET {path} HTTP/1.1", '
            f'host: "{host}"'
        )
        yield line.encode()


def linux_messages(pools: Pools, count: int) -> Iterator[bytes]:
    """Lines of /var/log/messages."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        text = pick(MESSAGES).format(number(1, 99_999), pools.external(), number(1_024, 65_535))
        yield f"{_moment(n, count):%b %d %H:%M:%S} ip-10-0-1-{number(1, 200)} {text}".encode()


def msk(pools: Pools, count: int) -> Iterator[bytes]:
    """Broker log of Kafka."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = _moment(n, count)
        text = pick(KAFKA).format(number(1, 300), number(1, 9_999))
        milliseconds = moment.microsecond // 1_000
        yield f"[{moment:%Y-%m-%d %H:%M:%S},{milliseconds:03d}] {text}".encode()


def redis_engine(pools: Pools, count: int) -> Iterator[bytes]:
    """Engine log of Redis, as text."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = _moment(n, count)
        clock = f"{moment:%d %b %Y %H:%M:%S}.{moment.microsecond // 1_000:03d} UTC"
        yield f"orders-engine/0001:M {clock} {pick(REDIS).format(number(1, 60_000))}".encode()


def redis_slowlog(pools: Pools, count: int) -> Iterator[bytes]:
    """Slow log of Redis."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        yield orjson.dumps(
            {
                "CacheClusterId": "orders-001",
                "CacheNodeId": "0001",
                "Id": n,
                "Timestamp": START + n * SECONDS // count,
                "Duration (us)": number(10_000, 90_000),
                "Command": pick(COMMANDS).format(number(1, 99_999)),
                "ClientAddress": f"{pools.internal()}:{number(1_024, 65_535)}",
                "ClientName": "orders##",
            }
        )
