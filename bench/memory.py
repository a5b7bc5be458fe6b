"""Peak memory of the loader alone: python -m bench.memory NAME OBJECT DATABASES.

Streams a packed object from a file, in a process that has the whole Lambda function imported and
nothing else; prints the peak in bytes.
"""

import resource
import sys
from pathlib import Path

import es_loader.handler
from bench import loader
from bench.corpora import CORPORA
from es_loader.decode import LogTypes
from es_loader.log_type_file import load_all


def main() -> None:
    """Load the object and throw the bodies away."""
    assert es_loader.handler
    name, file, databases = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    context = loader.context(CORPORA[name].key)
    normalizer = loader.normalizer(LogTypes(load_all()), databases)
    with file.open("rb") as body:
        for _ in loader.bodies(normalizer, body, context):
            pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak if sys.platform == "darwin" else peak * 1024)


if __name__ == "__main__":
    main()
