"""Child processes of the laptop stack: free ports, waiting for an answer, ending by process id."""

import http.client
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HOST = "127.0.0.1"
STOP_SECONDS = 30
PROGRESS_SECONDS = 10


class LocalStackError(Exception):
    """A part of the laptop stack cannot be built or started; the message says what to do."""


def say(text: str) -> None:
    """Write one line of progress to stderr, so that stdout stays a command's own answer."""
    print(text, file=sys.stderr, flush=True)


def free_ports(count: int) -> list[int]:
    """Return `count` different ports of 127.0.0.1 that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def answers(
    port: int, path: str, headers: dict[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> bool:
    """Return whether GET `path` on the port of 127.0.0.1 gives 200, past any proxy setting."""
    connection = (
        http.client.HTTPSConnection(HOST, port, timeout=5, context=tls)
        if tls
        else http.client.HTTPConnection(HOST, port, timeout=5)
    )
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def launch(
    name: str,
    command: list[str],
    scratch: Path,
    ready: Callable[[], bool],
    seconds: int,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that logs to console.log in `scratch`, and wait until it is `ready`.

    Raises LocalStackError with the log's last lines, and keeps the log, if the child ends or
    time runs out.
    """
    say(f"{name}: starting")
    log = scratch / "console.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us, who then stop it
        )
    try:
        _wait(name, child, log, ready, seconds)
    except LocalStackError:
        stop(child)
        raise
    except BaseException:
        stop(child, scratch)
        raise
    return child


def _wait(
    name: str,
    child: subprocess.Popen[bytes],
    log: Path,
    ready: Callable[[], bool],
    seconds: int,
) -> None:
    started = time.monotonic()
    reported = 0
    while not ready():
        waited = int(time.monotonic() - started)
        if child.poll() is not None:
            raise LocalStackError(
                f"{name} ended with status {child.returncode} while starting; {tail(log)}"
            )
        if waited > seconds:
            raise LocalStackError(f"{name} did not answer within {seconds} s; {tail(log)}")
        if waited // PROGRESS_SECONDS > reported:
            reported = waited // PROGRESS_SECONDS
            say(f"{name}: still starting after {waited} s")
        time.sleep(0.1)


def tail(log: Path, lines: int = 15) -> str:
    """Return the name and the last lines of a log file, for an error message."""
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n  ".join([f"the end of {log}:", *last])


def stop(child: subprocess.Popen[bytes], scratch: Path | None = None) -> None:
    """End a child, by SIGKILL if it takes longer than 30 s, and remove its scratch folder.

    Its pid cannot have passed to another process: a child keeps it until it is waited for.
    """
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)


def end_on_sigterm() -> None:
    """Treat SIGTERM like Ctrl-C, so that context managers end their child processes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
