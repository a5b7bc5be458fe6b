"""`python -m configure_domain.dashboards [FILE...]`: says what is wrong with dashboards.

Without FILE all of them are checked. Exit status 1 if anything is wrong.
"""

import sys
from pathlib import Path

from common.errors import DashboardError
from configure_domain import index_patterns
from configure_domain.dashboards.compile import files, of_dashboard
from configure_domain.dashboards.spec import Dashboard, read
from es_loader.log_type_file import load_all


def main(chosen: list[str]) -> int:
    """Print an error for each file that is wrong; return the exit status."""
    log_types = load_all()
    wanted = {Path(each).resolve() for each in chosen}
    read_ones: dict[Path, Dashboard] = {}
    wrong = {}
    for path in {*files(log_types), *wanted}:
        try:
            read_ones[path] = read(path)
        except DashboardError as error:
            wrong[path] = str(error)
    known = index_patterns.fields_by_title(log_types)
    titles = {each.id: each.title for each in read_ones.values()}
    for path, dashboard in read_ones.items():
        try:
            list(of_dashboard(dashboard, known, titles))
        except DashboardError as error:
            wrong[path] = str(error)
    told = {path: text for path, text in wrong.items() if not wanted or path in wanted}
    for text in sorted(told.values()):
        print(text, file=sys.stderr)
    print(f"dashboards that are well: {len(wanted or read_ones) - len(told)}")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
