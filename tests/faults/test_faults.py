"""The fault bench: some of its random cases (`make faults` plays them all); its faults hit."""

from collections import Counter, deque
from random import Random

import pytest

from tests.es_loader.faulty import Answer, Request
from tests.faults import aws_proxy, plan, run
from tests.faults.aws_proxy import Call
from tests.faults.books import Wrong
from tests.faults.case import Bench
from tests.faults.plan import Plan
from tests.faults.run import Balance

SEED = 30
RUNS = 30
GET = Call("S3.GetObject", "GET", "/bucket/key", b"", {})
DOCUMENTS = (
    b'{"create":{"_index":"log-a","_id":"1"}}\n{}\n{"create":{"_index":"log-a","_id":"2"}}\n{}\n'
)
BULK = Request("POST", "/_bulk", DOCUMENTS, {}, 1)
ENTRY = Request("PUT", "/siem-ledger-2026/_doc/1", b"{}", {}, 1)


def test_random_cases_of_faults_lose_and_duplicate_nothing(bench: Bench) -> None:
    balance = run.played(bench, SEED, range(RUNS))
    assert balance.wrong == []
    assert balance.line.endswith(": lost 0, duplicated 0")
    assert balance.runs == RUNS
    assert balance.injected.total() > 3 * RUNS
    assert balance.records > 10 * RUNS


def test_the_same_seed_and_number_make_the_same_case() -> None:
    def faults() -> list[deque[str]]:
        made = Plan(Random("7-1"), lambda: None)
        return [made._bulk, made._other, made._aws]

    assert faults() == faults()


@pytest.mark.parametrize("name", plan.BULK)
def test_each_fault_of_a_bulk_request_hits_for_certain(name: str) -> None:
    killed: list[bool] = []
    asked: list[Request] = []
    made = Plan(Random(1), lambda: killed.append(True))
    made._bulk = deque([name])

    def node(request: Request) -> Answer:
        asked.append(request)
        ids = [action["create"]["_id"] for action, _ in request.documents()]
        return Answer(200, {"items": [{"create": {"status": 201, "_id": id}} for id in ids]})

    answer = made.opensearch(BULK, node)
    assert made.injected == {f"bulk: {name}": 1}
    reached = [request.body for request in asked] == [DOCUMENTS]
    if name == "slow":
        assert reached and answer == node(BULK)
    elif answer is None:
        assert reached == (name in ("reset after", "kill after", "timeout after", "late"))
    elif answer.status == 200 and isinstance(answer.body, bytes):
        assert reached and name == "half an answer"
    elif answer.status == 200:
        statuses = [item["create"]["status"] for item in answer.body["items"]]
        assert len(statuses) == 2 and max(statuses) >= 400 and not reached
        assert bool(made.refused) == (name == "item 400")
    else:
        assert name == f"status {answer.status}" and not asked
    assert killed == ([True] if name.startswith("kill") else [])


@pytest.mark.parametrize("name", plan.AWS)
def test_each_fault_of_a_call_of_aws_hits_for_certain(name: str) -> None:
    killed: list[bool] = []
    asked: list[Call] = []
    made = Plan(Random(1), lambda: killed.append(True))
    made._aws = deque([name])

    def emulator(call: Call) -> aws_proxy.Answer:
        asked.append(call)
        return aws_proxy.Answer(200, b"0123456789")

    answer = made.aws(GET, emulator)
    assert made.injected == {f"S3.GetObject: {name}": 1}
    if name == "slow":
        assert answer == emulator(GET)
    elif answer is None:
        assert len(asked) == name.endswith("after")
    elif answer.status == 200:
        assert name == "half a body" and answer.sent == 5
    else:
        assert answer.status in (403, 500, 503) and not asked
    assert killed == ([True] if name.startswith("kill") else [])


def test_an_index_that_takes_no_writes_stays_so_whatever_comes_after() -> None:
    made = Plan(Random(1), lambda: None)
    made._bulk = deque(["index takes no writes", "reset after", ""])
    asked: list[Request] = []

    def node(request: Request) -> Answer:
        asked.append(request)
        return Answer(200, {"items": []})

    for _ in range(3):
        made.opensearch(BULK, node)
    assert asked == []


def test_the_last_line_counts_what_was_lost_and_what_was_duplicated() -> None:
    one = Balance(1, 10, Counter({"bulk: slow": 3}), [Wrong("lost", "case", "a")])
    two = Balance(2, 990, Counter({"bulk: late": 1}), [Wrong("duplicated", "case", "b")])
    assert run.total([one, two]).line == (
        "runs 3, faults injected 4, records 1,000: lost 1, duplicated 1"
    )
