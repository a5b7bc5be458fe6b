"""The start of the function: python -m bench.cold_start KEY OBJECT DATABASES.

Prints {"imports", "document"}: CPU seconds from the start of the interpreter until the Lambda
function is imported, and until it has made the first document of the object.
"""

import sys
import time
from pathlib import Path

import es_loader.handler
from bench import loader
from es_loader.decode import LogTypes
from es_loader.log_type_file import load_all


def main() -> None:
    """Make one body of an object that has one record."""
    assert es_loader.handler
    imports = time.process_time()
    key, file, databases = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    normalizer = loader.normalizer(LogTypes(load_all()), databases)
    with file.open("rb") as body:
        ((count, _),) = loader.bodies(normalizer, body, loader.context(key))
    document = time.process_time()
    assert count == 1
    print(f'{{"imports":{imports},"document":{document}}}')


if __name__ == "__main__":
    main()
