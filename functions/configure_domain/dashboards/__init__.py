"""Compiles dashboards, written as YAML, to saved objects of OpenSearch Dashboards; at build time.

The dialect is described in docs/reference/dashboards.md. Nothing here is shipped: the objects are.

    yaml_file -> spec (Dashboard, Panel; expressions, dql) -> fields -> compile (visualization, chart)
"""

from configure_domain.dashboards.compile import objects
from configure_domain.dashboards.spec import Dashboard, Panel, read

__all__ = ["Dashboard", "Panel", "objects", "read"]
