"""Writes the object of a log type: python -m bench.corpora NAME FILE; prints its unpacked size."""

import sys
from pathlib import Path

from bench.corpora import CORPORA

if __name__ == "__main__":
    with Path(sys.argv[2]).open("wb") as out:
        corpus = CORPORA[sys.argv[1]]
        print(corpus.pack(corpus.count, out))
