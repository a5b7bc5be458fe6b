"""Puts our templates and saved objects into an OpenSearch and a Dashboards that others started.

`python -m local.compose OPENSEARCH_URL DASHBOARDS_URL`, as compose.yaml does.
"""

import sys
import time

from common.opensearch import connect
from configure_domain import templates
from configure_domain.api import Api, ConfigureError
from configure_domain.dashboards_api import Dashboards
from local import preview
from local.process import say

START_SECONDS = 300.0
PAUSE = 3.0
# Without a security plugin nobody looks at it; with one it would have to be somebody.
LOGIN = ("anybody", "anything")


def main(opensearch_url: str, dashboards_url: str, seconds: float = START_SECONDS) -> int:
    """Wait until both answer, at most so many seconds, and configure them; 0 if all is well."""
    opensearch = connect(opensearch_url, region="", login=LOGIN)
    dashboards = Dashboards(Api(connect(dashboards_url, region="", login=LOGIN)))
    deadline = time.monotonic() + seconds
    while True:
        try:
            Api(opensearch).get("/")
            dashboards.allowed_types()
            break
        except ConfigureError as error:
            if time.monotonic() > deadline:
                say(f"error: {error}")
                return 1
            time.sleep(PAUSE)
    templates.put_templates(opensearch)
    objects = preview.objects()
    try:
        dashboards.import_(objects)
    except ConfigureError as error:
        say(f"error: {error}")
        return 1
    say(f"imported {len(objects)} saved objects")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
