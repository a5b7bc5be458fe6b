"""Writes the object of a log type: python -m bench.corpora NAME FILE RECORDS.

Prints its unpacked size in bytes.
"""

import sys
from pathlib import Path

from bench.corpora import CORPORA


def main(name: str, file: str, count: str) -> None:
    """Write the object."""
    with Path(file).open("wb") as out:
        print(CORPORA[name].pack(int(count), out))


if __name__ == "__main__":
    main(*sys.argv[1:])
