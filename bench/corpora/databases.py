"""What databases write: audits, errors, every statement, and those that took long.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
https://dev.mysql.com/doc/refman/8.4/en/error-log-format.html
https://dev.mysql.com/doc/refman/8.4/en/query-log.html
https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html
https://www.postgresql.org/docs/current/runtime-config-logging.html
"""

from collections.abc import Iterator

from bench.corpora.pools import START, Pools, iso

SECONDS = 300
USERS = ("app", "app", "app", "report", "batch", "admin")
STATEMENTS = (
    "SELECT id, state, total FROM orders WHERE customer = {0} ORDER BY id DESC LIMIT 20",
    "UPDATE orders SET state = {1} WHERE id = {0}",
    "INSERT INTO carts (customer, item, amount) VALUES ({0}, {2}, {1})",
    "SELECT c.name, count(*)\n  FROM customers c JOIN orders o ON o.customer = c.id\n"
    " WHERE o.id > {0}\n GROUP BY c.name",
    "DELETE FROM sessions WHERE id = {0}",
    "COMMIT",
)
ERRORS = (
    "[Note] [MY-010926] [Server] Access denied for user '{3}'@'{4}' (using password: YES)",
    "[Note] [MY-010914] [Server] Aborted connection {0} to db: 'orders' user: '{3}' host: '{4}' "
    "(Got an error reading communication packets).",
    "[Warning] [MY-013360] [Server] Plugin mysql_native_password reported: it is deprecated",
    "[ERROR] [MY-012153] [InnoDB] Trying to access page number {1} in space {0}\n"
    " space name orders/customers,\n which is outside the tablespace bounds.",
)
POSTGRESQL = (
    "connection authorized: user={3} database=orders application_name=app SSL enabled "
    "(protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)",
    "disconnection: session time: 0:00:{1:02}.123 user={3} database=orders host={4} port={2}",
    "duration: {0}.598 ms  execute S_1: UPDATE orders SET state = $1 WHERE id = {0}",
    "statement: SELECT id, name\n\tFROM customers\n\tWHERE id = {0};",
)


def _text(pools: Pools, texts: tuple[str, ...]) -> str:
    number = pools.random.randint
    values = number(1, 99_999), number(1, 9), number(1_024, 65_535)
    return pools.random.choice(texts).format(*values, pools.random.choice(USERS), pools.internal())


def mysql_audit(pools: Pools, count: int) -> Iterator[bytes]:
    """Audit log of Aurora: statements, the tables that they touch, and connections."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = int((START + n * SECONDS / count) * 1e6)
        head = f"{moment},orders-1,{pick(USERS)},{pools.internal()},{number(1, 900)},"
        kind = n % 10
        if kind == 0:
            tail = pick(("0,CONNECT,orders,,0", "0,DISCONNECT,,,0", "0,FAILED_CONNECT,,,1045"))
        elif kind < 4:
            tail = f"{n},{pick(('READ', 'WRITE'))},orders,{pick(('orders', 'customers'))},"
        else:
            tail = f"{n},QUERY,orders,'{_text(pools, STATEMENTS)}',0"
        yield f"{head}{tail}".encode()


def mysql_error(pools: Pools, count: int) -> Iterator[bytes]:
    """Error log of MySQL 8."""
    for n in range(count):
        moment = iso(START + n * SECONDS / count, 6)
        yield f"{moment} {pools.random.randint(0, 900)} {_text(pools, ERRORS)}".encode()


def mysql_general(pools: Pools, count: int) -> Iterator[bytes]:
    """General log of MySQL 8: what clients send."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        head = f"{iso(START + n * SECONDS / count, 6)}\t{number(1, 900):5} "
        if n % 10 == 0:
            tail = f"Connect\t{pick(USERS)}@{pools.internal()} on orders using SSL/TLS"
        elif n % 10 == 1:
            tail = "Quit\t"
        else:
            tail = f"{pick(('Query', 'Query', 'Execute'))}\t{_text(pools, STATEMENTS)}"
        yield f"{head}{tail}".encode()


def mysql_slowquery(pools: Pools, count: int) -> Iterator[bytes]:
    """Slow query log of MySQL 8."""
    number = pools.random.randint
    for n in range(count):
        moment, user = START + n * SECONDS / count, pools.random.choice(USERS)
        lines = (
            f"# Time: {iso(moment, 6)}",
            f"# User@Host: {user}[{user}] @  [{pools.internal()}]  Id: {number(1, 9_999):5}",
            f"# Query_time: {number(1, 90)}.{number(0, 999_999):06}  Lock_time: 0.000119 "
            f"Rows_sent: {number(0, 9_999)}  Rows_examined: {number(0, 999_999)}",
            f"SET timestamp={int(moment)};",
            f"{_text(pools, STATEMENTS)};",
        )
        yield "\n".join(lines).encode()


def postgresql(pools: Pools, count: int) -> Iterator[bytes]:
    """Log of PostgreSQL with the prefix of RDS; one in eight is an error."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = iso(START + n * SECONDS / count)[:19].replace("T", " ")
        head = (
            f"{moment} UTC:{pools.internal()}({number(1_024, 65_535)}):{pick(USERS)}@orders:"
            f"[{number(400, 9_999)}]:"
        )
        if n % 8 == 0:
            text = f'ERROR:  relation "t_{number(1, 99)}" does not exist at character 15'
        else:
            text = f"LOG:  {_text(pools, POSTGRESQL)}"
        yield f"{head}{text}".encode()
