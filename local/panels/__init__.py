"""What OpenSearch Dashboards asks a cluster for a panel, and what it makes of the answer.

Dashboards itself is no package; this follows its source (src/plugins/data). It takes what our
dashboards are made of and nothing more: no second request for an "Other" bucket, no scripted or
nested fields, UTC only.
"""

from local.panels.request import Request, made_of
from local.panels.table import Table, table

__all__ = ["Request", "Table", "made_of", "table"]
