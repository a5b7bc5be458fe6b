"""The corpora: sizes, numbers of distinct values, and that the loader takes every record."""

import gzip
import io
import re
from ipaddress import ip_address
from pathlib import Path

import pytest

from bench import loader
from bench.corpora import CORPORA, SEED
from bench.corpora.pools import Pools, zipf
from es_loader.decode import LogTypes
from es_loader.enrich.geoip import GeoIp
from es_loader.log_type_file import load_all
from es_loader.normalize import Refused

RECORDS = 2_000
# Bytes a record, without what is around it: what the services deliver on average.
BYTES = {
    "cloudtrail": 1_720,
    "vpc_flow": 254,
    "waf": 2_090,
    "alb": 690,
    "guardduty": 2_540,
    "s3_access": 676,
    "network_firewall": 730,
    "securityhub_ocsf": 1_960,
    "inspector": 2_160,
    "macie": 1_380,
    "access_analyzer": 700,
    "config_history": 1_210,
    "config_snapshot": 1_210,
    "config_rules": 1_370,
    "eks_audit": 1_160,
    "okta": 1_540,
    "api_gateway_access": 660,
    "opensearch_audit": 920,
    "bedrock_invocation": 1_560,
    "workspaces_event": 470,
    "workspaces_inventory": 610,
    "trusted_advisor": 630,
    "tgw_flow": 402,
    "nlb": 308,
    "clb": 318,
    "alb_connection": 191,
    "route53_public": 109,
    "cloudfront_standard": 431,
    "cloudfront_realtime": 726,
    "linux_messages": 117,
    "apache_access": 237,
    "apache_error": 150,
    "nginx_access": 237,
    "nginx_error": 225,
    "clientvpn": 716,
    "lambda_logs": 97,
    "msk": 156,
    "cloudhsm": 314,
    "elasticache_redis_slowlog": 199,
    "elasticache_redis_engine": 83,
    "directory_service": 1_203,
    "fsx_windows": 1_170,
    "route53_resolver": 414,
    "security_lake": 1_253,
    "securityhub": 1_816,
    "index_metrics": 442,
    "linux_secure": 117,
    "windows_event": 1_349,
    "deep_security": 376,
    "rds_mysql_audit": 108,
    "rds_mysql_error": 151,
    "rds_mysql_general": 93,
    "rds_mysql_slowquery": 260,
    "rds_postgresql": 159,
}
ADDRESS = re.compile(rb"(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])")
each_corpus = pytest.mark.parametrize("name", CORPORA)
LOG_TYPES = LogTypes(load_all())


def test_every_log_type_has_a_corpus() -> None:
    assert load_all().keys() == CORPORA.keys()


@each_corpus
def test_an_object_is_as_large_as_those_of_the_service(name: str) -> None:
    size = sum(map(len, CORPORA[name].text(RECORDS)))
    assert size / RECORDS == pytest.approx(BYTES[name], rel=0.06)


@each_corpus
def test_the_same_seed_gives_the_same_object(name: str) -> None:
    corpus, first, second = CORPORA[name], io.BytesIO(), io.BytesIO()
    size = corpus.pack(300, first)
    corpus.pack(300, second)
    assert first.getvalue() == second.getvalue()
    text = gzip.decompress(first.getvalue())
    assert (len(text), text) == (size, b"".join(corpus.text(300)))
    assert text != b"".join(corpus.text(300, seed=8))


@each_corpus
def test_enough_records_are_measured_for_the_caches_to_be_filled(name: str) -> None:
    most_delivered = ("cloudtrail", "vpc_flow", "waf", "alb")
    assert CORPORA[name].count >= (100_000 if name in most_delivered else 20_000)


@each_corpus
def test_the_key_belongs_to_the_log_type(name: str) -> None:
    found = LOG_TYPES.of_key(CORPORA[name].key)
    assert found and found.name == name


@each_corpus
def test_every_record_becomes_a_document(name: str) -> None:
    packed = io.BytesIO()
    CORPORA[name].pack(RECORDS, packed)
    packed.seek(0)
    refused: list[Refused] = []
    normalizer = loader.normalizer(LOG_TYPES, None)
    context = loader.context(CORPORA[name].key)
    bodies = list(loader.bodies(normalizer, packed, context, refused.append))
    assert refused == []
    assert sum(count for count, _ in bodies) == RECORDS
    assert sum(body.count(b"\n") for _, body in bodies) == 2 * RECORDS


def test_the_pools_have_as_many_values_as_a_busy_organization() -> None:
    pools = Pools(1)
    assert len(set(pools.external_addresses)) == 20_500
    assert len(set(pools.internal_addresses)) == 4_000
    assert len(set(pools.user_agents)) == len(set(pools.sdk_agents)) == 605
    assert len(set(pools.interfaces)) == 2_000
    assert len(set(pools.instances)) == 1_500
    assert (len(set(pools.vpcs)), len(set(pools.subnets))) == (12, 60)
    assert len(set(pools.paths)) == len(pools.paths) > 5_000


def test_external_addresses_are_global_and_internal_ones_are_not() -> None:
    pools = Pools(1)
    assert all(ip_address(address).is_global for address in pools.external_addresses)
    assert all(ip_address(address).is_private for address in pools.internal_addresses)


def test_nearly_every_external_address_has_a_place_and_most_have_an_owner(
    databases: Path,
) -> None:
    locate = GeoIp(databases).locate
    places = [locate(address) for address in Pools(1).external_addresses]
    assert sum(geo is not None for geo, _ in places) > 0.99 * len(places)
    assert 0.8 * len(places) < sum(owner is not None for _, owner in places) < 0.95 * len(places)


def test_a_whole_corpus_meets_thousands_of_external_addresses() -> None:
    known = {address.encode() for address in Pools(SEED).external_addresses}
    found: set[bytes] = set()
    for piece in CORPORA["vpc_flow"].text(CORPORA["vpc_flow"].count):
        found.update(ADDRESS.findall(piece))
    assert 8_000 < len(found & known) < 20_500
    assert len(found - known) == 4_000


def test_zipf_draws_the_first_value_most() -> None:
    pools = Pools(1)
    draw = zipf(pools.random, "abcd", 1.0)
    drawn = "".join(draw() for _ in range(10_000))
    shares = [drawn.count(letter) / len(drawn) for letter in "abcd"]
    assert shares == pytest.approx([0.48, 0.24, 0.16, 0.12], abs=0.02)
