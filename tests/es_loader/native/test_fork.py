"""The library's memory, when a process that has it is forked."""

import os

from es_loader.native import library
from es_loader.native.engine import Engine


def test_a_process_that_is_forked_does_not_write_into_the_memory_of_its_parent() -> None:
    found = library.load()
    assert found, "the library is not built: make setup"
    own = Engine(found, None)
    own.out[:4] = b"ours"
    child = os.fork()
    if not child:
        own.out[:4] = b"else"
        os._exit(0)
    assert os.waitpid(child, 0) == (child, 0)
    assert own.out[:4] == b"ours"
