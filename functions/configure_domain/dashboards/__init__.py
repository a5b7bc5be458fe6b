"""Compiles dashboards, written as YAML, to saved objects of OpenSearch Dashboards; at build time.

The dialect is described in docs/reference/dashboards.md. Not this is shipped, but the objects.

    yaml_file -> spec (panel, expressions, dql) -> fields -> compile (visualization, charts)
"""

from configure_domain.dashboards.compile import objects
from configure_domain.dashboards.panel import Panel
from configure_domain.dashboards.spec import Dashboard, read

__all__ = ["Dashboard", "Panel", "objects", "read"]
