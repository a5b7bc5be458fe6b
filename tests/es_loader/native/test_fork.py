"""The library's memory, when a process that has it is forked."""

import subprocess
import sys

# In a process of its own: one that has threads, as that of the tests may have, is not to be forked.
FORKED = """
import os
from es_loader.native import library
from es_loader.native.engine import Engine

found = library.load()
assert found, "the library is not built: make setup"
own = Engine(found, None)
own.out[:4] = b"ours"
child = os.fork()
if not child:
    own.out[:4] = b"else"
    os._exit(0)
assert os.waitpid(child, 0) == (child, 0)
assert own.out[:4] == b"ours", own.out[:4]
"""


def test_a_process_that_is_forked_does_not_write_into_the_memory_of_its_parent() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
