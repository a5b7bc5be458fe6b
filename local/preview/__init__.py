"""Draws our dashboards as pages of HTML, each panel from the answer to its own request.

A preview of the saved objects for people who have no OpenSearch Dashboards at hand. The pages stand
alone: no script, no font, no address outside the folder. A map is drawn as a list of countries.

    ask (local/panels) -> drill_down -> page (panel -> charts, tables; formats, markup)
"""

from local.preview.write import objects, write

__all__ = ["objects", "write"]
