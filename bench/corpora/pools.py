"""What the records of a corpus are made of: addresses, people, resources, programs.

The numbers of distinct values, and how unevenly they occur, are those of a busy organization: they
decide what the loader's caches are worth.
"""

from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate, product
from random import Random

ACCOUNT = "111122223333"
REGION = "us-east-1"
START = 1_795_550_400  # 2026-11-24T20:00:00Z

EXTERNAL, INTERNAL = 20_500, 4_000
# First bytes of addresses that are nearly all handed out, so that GeoLite2 City knows them.
FIRST_BYTES = [3, 8, 13, 18, 31, 34, 35, 44, 46, 52, 54, 62, 66, 71, 72, 78, 80, 81, 82, 84, 85]
FIRST_BYTES += [86, 88, 89, 91, 93, 98, 109, 133, 153, 174, 176, 188, 201, 202, 209, 211, 213]
FIRST_BYTES += [217, 220]

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{0}.0.{1}.{2} Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.{3}.{4} Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{3} like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.{4} Mobile/15E{2} Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S9{2}B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{0}.0.{1}.{2} Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.{3}.{4}",
)
PROGRAMS = (
    "curl/8.5.0",
    "python-requests/2.32.3",
    "ELB-HealthChecker/2.0",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
)
SERVICES = (
    "lambda.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "AWS Internal",
)

Draw = Callable[[], str]


class Pools:
    """Seeded values to draw from; equal seeds and equal draws give equal values."""

    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)
        pick, number = random.choice, random.randint

        def public() -> str:
            return ".".join(map(str, (pick(FIRST_BYTES), number(0, 255), number(0, 255), tail())))

        def private() -> str:
            return f"10.{number(0, 40)}.{number(0, 255)}.{tail()}"

        def tail() -> int:
            return number(1, 254)

        self.external_addresses = distinct(public, EXTERNAL)
        self.internal_addresses = distinct(private, INTERNAL)
        self.user_agents = [*distinct(self._browser, 600), *PROGRAMS]
        self.sdk_agents = [*distinct(self._sdk, 600), *SERVICES]
        self.interfaces = [f"eni-{self.hex(17)}" for _ in range(2_000)]
        self.instances = [f"i-{self.hex(17)}" for _ in range(1_500)]
        self.vpcs = [f"vpc-{self.hex(17)}" for _ in range(12)]
        self.subnets = [f"subnet-{self.hex(17)}" for _ in range(60)]
        self.groups = [f"sg-{self.hex(17)}" for _ in range(200)]
        self.keys = [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{self.uuid()}" for _ in range(400)]
        self.buckets = [f"prod-data-{n}" for n in range(1, 61)]
        self.functions = [f"orders-worker-{n}" for n in range(1, 301)]
        stages, kinds = ("prod", "stage", "dev", "ops"), ("role", "exec", "deployer")
        works = ("web", "batch", "etl", "admin", "ci", "ecs-task", "lambda", "eks-node")
        self.roles = ["-".join(each) for each in product(stages, works, kinds)]
        given = ("akira", "hana", "james", "maria", "wei", "olga", "ken", "anna", "raj", "luis")
        family = ("yamada", "suzuki", "smith", "garcia", "chen", "ivanova", "muller", "patel")
        self.users = [".".join(each) for each in product(given, family)]
        domains = ("example.com", "example.org", "shop.example.net")
        sites = ("www", "api", "static", "img", "login", "admin")
        self.hosts = [".".join(each) for each in product(sites, domains)]
        paths = ["/", "/index.html", "/login", "/logout", "/health", "/favicon.ico", "/.env"]
        paths += ["/api/v1/users", "/api/v1/orders", "/api/v2/search", "/wp-login.php", "/admin/"]
        paths += ["/static/app.js", "/static/app.css", "/img/logo.png"]
        paths += distinct(lambda: f"/products/{number(1, 99_999)}", 3_000)
        paths += distinct(lambda: f"/api/v1/users/{number(1, 99_999)}/profile", 2_000)
        self.paths = paths

        self.external = zipf(random, self.external_addresses, 1.05)
        self.internal = zipf(random, self.internal_addresses, 0.7)
        self.user_agent = zipf(random, self.user_agents, 0.9)
        self.sdk_agent = zipf(random, self.sdk_agents, 0.5)
        self.path = zipf(random, self.paths, 0.8)

    def hex(self, digits: int) -> str:
        """That many hexadecimal digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A UUID of version 4."""
        d = self.hex(32)
        return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:]}"

    def letters(self, count: int) -> str:
        """Capital letters and digits, as in AWS' ids and tokens."""
        return "".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=count))

    def _browser(self) -> str:
        number = self.random.randint
        values = (number(110, 131), number(1_000, 6_999), number(10, 220), number(0, 7))
        return self.random.choice(BROWSERS).format(*values, number(0, 5))

    def _sdk(self) -> str:
        number = self.random.randint
        kernel = f"os/linux#6.1.{number(50, 119)}-{number(60, 140)}.amzn2023.x86_64 md/arch#x86_64"
        if self.random.random() < 0.4:
            return (
                f"aws-cli/2.{number(9, 22)}.{number(0, 40)} md/awscrt#0.2{number(0, 3)}.1 ua/2.0 "
                f"{kernel} lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard "
                "md/installer#exe md/prompt#off md/command#s3.cp"
            )
        version = f"1.{number(30, 36)}.{number(0, 160)}"
        return (
            f"Boto3/{version} md/Botocore#{version} ua/2.0 {kernel} lang/python#3.12.6 "
            f"md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy "
            f"Botocore/{version}"
        )


def distinct(make: Draw, count: int) -> list[str]:
    """That many different values, in the order that they were made."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[make()] = None
    return list(found)


def zipf(random: Random, values: Sequence[str], exponent: float) -> Draw:
    """Draws the n-th value with a chance that goes with n ** -exponent."""
    weights = list(accumulate(n**-exponent for n in range(1, len(values) + 1)))
    chance, total, most = random.random, weights[-1], len(values) - 1
    return lambda: values[min(bisect(weights, chance() * total), most)]


def iso(moment: float, digits: int = 0) -> str:
    """ISO time of seconds since 1970, with that many digits of the second's fraction."""
    text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text[: 20 + digits].rstrip(".") + "Z"
