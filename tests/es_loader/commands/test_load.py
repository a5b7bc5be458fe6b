"""`siem load`, as a shell runs it: in processes of its own."""

import gzip
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from es_loader.commands.load import Tally
from es_loader.commands.worker import Loaded
from tests.es_loader.commands.conftest import FLOWS, OLD, Siem, told
from tests.es_loader.commands.test_audit import put_entry
from tests.es_loader.commands.test_audit import summary as audit_summary
from tests.es_loader.logs import flow, text_lines

# As many as the promise says: LOAD_OBJECTS=10000.
OBJECTS = int(os.environ.get("LOAD_OBJECTS", "1500"))
RECORDS = 3
URL = f"s3://{OLD}"
TWO = ("--workers", "2")


def put(siem: Siem, number: int, folder: str = FLOWS) -> list[str]:
    """Put as many past objects of three records each; return their keys."""

    def one(n: int) -> str:
        lines = (flow(RECORDS * n + record) for record in range(RECORDS))
        return siem.put(f"{folder}/{n:05}.log", text_lines(*lines), OLD)

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, range(number)))


def summary(head: str, done: int = 0, **outcomes: int) -> str:
    """The line that counts objects."""
    names = ("loaded", "partial", "failed", "skipped", "gone")
    told = ", ".join(f"{outcomes.get(name, 0):,} {name}" for name in names)
    total = sum(outcomes.values())
    return f"{head}: {total:,} objects: {told}; {done:,} were in the ledger"


def wait_until(holds: Callable[[], bool], ended: Callable[[], bool]) -> None:
    """Return when it holds; it has to before something has ended."""
    while not holds():
        assert not ended()
        time.sleep(0.05)


def started(*arguments: str) -> subprocess.Popen[str]:
    """The command, as a terminal starts it: what runs in the background would ignore Ctrl-C."""
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        f"sys.argv = ['siem', *{arguments}];"
        "from es_loader import cli; sys.exit(cli.main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_many_objects_are_loaded_once_and_audit_names_what_is_wrong(siem: Siem) -> None:
    keys = put(siem, OBJECTS)
    first = siem("load", URL, *TWO)
    assert (first.status, first.err) == (0, [])
    records = RECORDS * OBJECTS
    assert first.out == [
        summary("done", loaded=OBJECTS),
        f"{records:,} records: {records:,} indexed (0 of them were there), 0 excluded,"
        " 0 quarantined",
    ]
    assert siem.count() == records
    second = siem("load", URL, *TWO)
    assert (second.status, second.out[0]) == (0, summary("done", OBJECTS))
    assert siem.count() == records
    whole = siem("audit", URL)
    assert whole.status == 0
    assert whole.out == [
        f"whole: {OBJECTS:,} objects: {OBJECTS:,} loaded, 0 skipped, 0 pending,"
        " 0 partial, 0 failed, 0 missing"
    ]

    packed = gzip.compress(text_lines(*map(flow, range(1000))))
    siem.put(f"{FLOWS}/cut.log.gz", packed[: len(packed) // 2], OLD)
    assert siem("load", URL, *TWO).status == 3
    siem.forget(key=keys[OBJECTS // 2])
    siem.put(f"{FLOWS}/never-sent.log", text_lines(flow(0)), OLD)
    ran = siem("audit", URL)
    assert ran.status == 3
    named = [line.partition(f"s3://{OLD}/{FLOWS}/") for line in ran.out[:-2]]
    assert [(status.strip(), what.partition(":")[0]) for status, _, what in named] == [
        ("missing", f"{OBJECTS // 2:05}.log"),
        ("partial", "cut.log.gz"),
        ("missing", "never-sent.log"),
    ]
    assert siem("load", URL, *TWO).status == 0
    assert siem("audit", URL).out[-2].endswith("0 pending, 1 partial, 0 failed, 0 missing")


def test_the_ledger_has_what_the_lambda_function_would_have_written(siem: Siem) -> None:
    body = text_lines(flow(0), "broken")
    siem.put(f"{FLOWS}/1.log", body)
    siem.deliver()
    (by_lambda,) = siem.entries(bucket=siem.bucket)
    siem.put(f"{FLOWS}/1.log", body, OLD)
    ran = siem("load", URL, *TWO)
    assert ran.out[1] == ("2 records: 1 indexed (0 of them were there), 0 excluded, 1 quarantined")
    (by_load,) = siem.entries(bucket=OLD)
    volatile = {"_id", "@timestamp", "bucket", "started", "ended", "seconds", "response_seconds"}
    volatile |= {"modified", "event_time", "request_id", "bytes_out"}
    assert {k: v for k, v in by_load.items() if k not in volatile} == {
        k: v for k, v in by_lambda.items() if k not in volatile
    }
    assert len(siem.quarantine()) == 2


def test_after_ctrl_c_the_next_run_goes_on_and_nothing_is_loaded_twice(siem: Siem) -> None:
    put(siem, 150)
    child = started("load", URL, *TWO)
    wait_until(lambda: len(siem.entries(bucket=OLD)) >= 20, lambda: child.poll() is not None)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: to all processes
    out, err = child.communicate()
    assert (child.returncode, told(err)) == (
        130,
        ["siem: stopping; objects under way are finished first"],
    )
    found = re.match(r"stopped: (\d+) objects: (\d+) loaded, 0 partial, 0 failed", out)
    assert found, out
    loaded = int(found[1])
    assert 20 <= loaded < 150
    assert out.splitlines()[-1] == "the same command goes on from here"
    assert len(siem.entries(bucket=OLD)) == loaded
    assert siem.count() == RECORDS * loaded
    ran = siem("load", URL, *TWO)
    assert ran.out == [
        summary("done", loaded, loaded=150 - loaded),
        f"{RECORDS * (150 - loaded)} records: {RECORDS * (150 - loaded)} indexed"
        " (0 of them were there), 0 excluded, 0 quarantined",
    ]
    assert siem.count() == RECORDS * 150


def test_killed_at_once_it_leaves_no_process_and_nothing_twice(siem: Siem) -> None:
    put(siem, 100)
    child = started("load", URL, *TWO)
    wait_until(lambda: len(siem.entries(bucket=OLD)) >= 10, lambda: child.poll() is not None)
    child.kill()
    child.communicate()  # stderr is closed when the last of its processes has ended
    siem("load", URL, *TWO)
    assert siem("audit", URL).out == [audit_summary(loaded=100)]
    assert siem.count() == RECORDS * 100


def test_a_worker_that_is_killed_stops_the_run_and_nothing_is_lost(siem: Siem) -> None:
    put(siem, 100)

    over = threading.Event()

    def kill() -> None:
        wait_until(lambda: len(siem.entries(bucket=OLD)) >= 10, over.is_set)
        multiprocessing.active_children()[0].kill()

    thread = threading.Thread(target=kill)
    thread.start()
    ran = siem("load", URL, *TWO)
    over.set()
    thread.join()
    assert ran.status == 3
    assert ran.err[-1].startswith("siem: ")
    assert "a worker process came to an end" in ran.err[-1]
    assert siem("load", URL, *TWO).status == 0
    assert siem("audit", URL).out == [audit_summary(loaded=100)]
    assert siem.count() == RECORDS * 100


def test_an_object_that_s3_refuses_fails_alone_and_is_tried_again(siem: Siem) -> None:
    keys = put(siem, 3)
    source = {"Bucket": OLD, "Key": keys[1]}
    siem.stack.s3.copy_object(Bucket=OLD, Key=keys[1], CopySource=source, StorageClass="GLACIER")
    ran = siem("load", URL, *TWO)
    assert ran.status == 3
    assert ran.out[0].startswith(f"failed   s3://{OLD}/{keys[1]}: s3_InvalidObjectState: ")
    assert ran.out[1] == summary("not all is whole", loaded=2, failed=1)
    assert ran.out[3] == "the same command goes on from here"
    assert siem("audit", URL).out[-2] == audit_summary(loaded=2, failed=1)
    siem.stack.s3.copy_object(Bucket=OLD, Key=keys[1], CopySource=source | {"Key": keys[0]})
    ran = siem("load", URL, *TWO)
    assert (ran.status, ran.out[0]) == (0, summary("done", 2, loaded=1))


def test_objects_that_are_no_logs_are_skipped_by_name_and_not_asked_for_again(siem: Siem) -> None:
    siem.put("notes/readme.txt", b"text", OLD)
    siem.put(f"{FLOWS}/", b"", OLD)
    siem.put(f"{FLOWS}/empty.log", b"", OLD)
    assert siem("load", URL, *TWO).out[0] == summary("done", skipped=3)
    assert siem("load", URL, *TWO).out[0] == summary("done", 3)
    causes = {entry["cause"] for entry in siem.entries(outcome="skipped")}
    assert causes == {"unknown_key", "folder_marker", "empty"}


def test_what_was_skipped_is_loaded_once_there_is_a_log_type_for_it(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/1.log", text_lines(flow(1)))
    siem.messages("logs")
    put_entry(siem, key, outcome="skipped", end=0, cause="unknown_key")
    assert siem("load", f"s3://{siem.bucket}").out[0] == summary("done", loaded=1)


def test_an_object_of_which_the_rest_is_missing_is_loaded_from_its_beginning(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/1.log", text_lines(*map(flow, range(9))))
    siem.messages("logs")
    put_entry(siem, key, next=4)
    assert siem("load", f"s3://{siem.bucket}").out[0] == summary("done", loaded=1)
    assert siem("audit", f"s3://{siem.bucket}").out == [audit_summary(loaded=1)]
    assert siem.count() == 9


def test_overwrite_loads_again_and_replaces_the_documents(siem: Siem) -> None:
    put(siem, 2)
    siem("load", URL, *TWO)
    script = {"source": "ctx._source.remove('network')"}
    siem.stack.opensearch.indices.refresh(index="log-*")
    siem.stack.opensearch.update_by_query(index="log-*", body={"script": script})
    ran = siem("load", URL, "--overwrite")
    assert ran.out == [
        summary("done", loaded=2),
        "6 records: 6 indexed (0 of them were there), 0 excluded, 0 quarantined",
    ]
    siem.stack.opensearch.indices.refresh(index="log-*")
    query = {"query": {"exists": {"field": "network.transport"}}}
    assert siem.stack.opensearch.count(index="log-*", body=query)["count"] == siem.count() == 6


def test_dry_run_shows_what_would_be_loaded_and_loads_nothing(siem: Siem) -> None:
    put(siem, 2)
    siem("load", URL, *TWO)
    siem.put(f"{FLOWS}/more.log", text_lines(flow(9)), OLD)
    siem.put("AWSLogs/111122223333/CloudWatchLogs/1.gz", b"12345", OLD)
    siem.put("notes/readme.txt", b"text", OLD)
    ran = siem("load", URL, "--dry-run")
    assert (ran.status, ran.err) == (0, [])
    size = len(text_lines(flow(9)))
    assert [line.split() for line in ran.out] == [
        ["log", "type", "in", "the", "ledger", "to", "load", "bytes", "past", "its", "retention"],
        ["(by", "content)", "0", "1", "5", "bytes", "0"],
        ["(no", "log)", "0", "1", "4", "bytes", "0"],
        f"vpc_flow 2 1 {size} bytes 0".split(),
        f"would load 3 objects of {size + 9} bytes".split(),
    ]
    assert siem.count() == RECORDS * 2


def test_since_and_until_choose_by_last_modified(siem: Siem) -> None:
    put(siem, 2)
    assert siem("load", URL, "--until", "1h").out[0] == summary("done")
    assert siem("load", URL, "--since", "2100-01-01T00:00:00Z").out[0] == summary("done")
    assert siem("load", URL, "--since", "1h", "--until", "2100-01-01").out[0] == summary(
        "done", loaded=2
    )


def test_a_cluster_that_refuses_object_after_object_stops_the_run() -> None:
    tally = Tally("bucket")
    for cause in ("no_master", "timeout", "s3_AccessDenied", "no_master"):
        tally.add(Loaded("key", "failed", cause, ""))
    assert tally.refused == 1
    tally.add(Loaded("key", "loaded", "", ""))
    assert tally.refused == 0
