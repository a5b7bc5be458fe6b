"""Log objects to measure with: a seeded generator for each log type.

A log type is added by one entry in json_objects.py or line_objects.py, a generator of its records,
and the size of a record in tests/bench/test_corpora.py.
"""

from bench.corpora import json_objects, line_objects
from bench.corpora.corpus import SEED, Corpus

__all__ = ["CORPORA", "SEED", "Corpus"]

CORPORA = json_objects.CORPORA | line_objects.CORPORA
