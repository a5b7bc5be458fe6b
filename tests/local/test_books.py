"""The account of what was loaded."""

from local import books
from local.books import Account
from local.stack import Stack


def test_entries_of_all_objects_add_up_by_log_type(stack: Stack) -> None:
    waf = {"name": "waf", "read": 3, "indexed": 1, "excluded": 1, "quarantined": 1}
    alb = {"name": "alb", "read": 1, "indexed": 1, "excluded": 0, "quarantined": 0}
    for key, by_log_type in {"a": [alb, waf], "b": [waf], "c": [], "other": [alb]}.items():
        body = {"bucket": "log", "key": key, "by_log_type": by_log_type}
        stack.opensearch.index(index="siem-ledger-2026", body=body, refresh=True)
    for key in ("a", "other"):
        document = {"log": {"file": {"path": f"s3://log/{key}"}}}
        stack.opensearch.index(index="log-aws-waf-2026-11", body=document, refresh=True)
    ledger = books.entries(stack.opensearch, ["a", "b", "c"])
    assert books.accounts(stack.opensearch, ledger) == {
        "alb": Account(objects=1, read=1, indexed=1),
        "waf": Account(2, 6, 2, 2, 2, documents=1),
    }


def test_books_that_balance_have_no_faults() -> None:
    assert books.faults({"waf": Account(1, 4, 2, 1, 1, 2)}, {"waf": 4}) == []


def test_every_way_of_losing_a_record_is_a_fault() -> None:
    accounts = {"waf": Account(1, 4, 2, 0, 1, 1)}
    assert books.faults(accounts, {"waf": 5, "alb": 1}) == [
        "alb: 1 records uploaded, read: 0",
        "waf: 5 records uploaded, read: 4",
        "waf: 4 records read, with an outcome: 3",
        "waf: 2 records indexed, found: 1",
    ]
