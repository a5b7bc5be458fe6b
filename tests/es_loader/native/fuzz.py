"""Gives broken records to the library: python -m tests.es_loader.native.fuzz SEED ROUNDS.

A process of its own, since a mistake in the library ends it. Prints how many records it made
documents of, which are all as they should be, and how many it left.
"""

import sys
from random import Random

from es_loader.native.engine import Engine
from tests.es_loader.native import changed_records
from tests.es_loader.native.comparison import LOG_TYPES, Direct, with_program

RECORDS = 100  # a round, each with some records that are whole between the broken ones


def main() -> None:
    """Fuzz every log type that the library can do."""
    random, rounds = Random(int(sys.argv[1])), int(sys.argv[2])
    engines: list[Engine] = []
    for name in with_program():
        log_type = LOG_TYPES.by_name[name]
        direct = Direct(log_type, None)
        engines.append(direct.engine)
        for _ in range(rounds):
            records = []
            for _ in range(RECORDS):
                record = changed_records.record(log_type, random)
                records.append(
                    record if random.random() < 0.2 else changed_records.broken(record, random)
                )
            lines = [str(r, "utf-8", "replace").replace("\n", "") for r in records]
            difference = direct.difference(records if log_type.read.format == "json" else lines)
            if difference:
                sys.exit(f"{name}: {difference}")
    print(sum(each.made for each in engines), sum(each.left for each in engines))


if __name__ == "__main__":
    main()
