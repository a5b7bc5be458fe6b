"""What Dashboards wants in `params` of a visualization, for each kind of panel."""

from collections.abc import Callable, Mapping
from typing import Any

from configure_domain.dashboards.panel import Panel

Params = dict[str, Any]
CHARTS = {"bars": "histogram", "area": "area", "line": "line"}
FONT = 40  # points of a number
PAGE = 10  # rows of a table
OVER_ALL = 10**12  # above every number that a metric shows
WORLD = {
    "id": "world_countries",
    "name": "World Countries",
    "isEMS": True,
    "origin": "elastic_maps_service",
    "layerId": "elastic_maps_service.World Countries",
    "format": {"type": "geojson"},
    "attribution": "",
    "created_at": "2017-04-26T17:12:15.978370",
    # With the default layer, Dashboards joins by its first field, whatever is chosen here.
    # https://github.com/opensearch-project/OpenSearch-Dashboards/issues/2888
    "fields": [{"type": "id", "name": "iso2", "description": "ISO 3166-1 alpha-2 Code"}],
}
TILES = {
    "enabled": False,
    "url": "",
    "options": {
        "version": "",
        "layers": "",
        "format": "image/png",
        "transparent": True,
        "attribution": "",
        "styles": "",
    },
    "selectedTmsLayer": {
        "origin": "elastic_maps_service",
        "id": "road_map",
        "minZoom": 0,
        "maxZoom": 14,
        "attribution": "",
    },
}


def params(panel: Panel) -> Params:
    """The `params` of a panel that shows metrics."""
    return MADE[panel.kind](panel)


def is_horizontal(panel: Panel) -> bool:
    """Whether a panel is of bars that lie: their names are easier to read."""
    return panel.kind == "bars" and not panel.over and panel.options.get("horizontal", True)


def label(panel: Panel, position: int) -> str:
    """What a metric is called where the panel gives it no name."""
    metric = panel.metrics[position]
    return metric.label or (metric.text if metric.field else "Count")


def _metric(panel: Panel) -> Params:
    limit = panel.options.get("alert_above")
    own_title = panel.title != label(panel, 0)
    ranges = [{"from": 0, "to": 10_000}]
    if limit is not None:
        # A bound belongs to the range above it.
        ranges = [{"from": 0, "to": limit + 0.001}, {"from": limit + 0.001, "to": OVER_ALL}]
    return {
        "addTooltip": True,
        "addLegend": False,
        "type": "metric",
        "metric": {
            "percentageMode": False,
            "useRanges": False,
            "colorSchema": "Green to Red",
            "metricColorMode": "None" if limit is None else "Labels",
            "colorsRange": ranges,
            # The panel's title says it already, unless it has one of its own.
            "labels": {"show": len(panel.metrics) > 1 or bool(panel.by) or own_title},
            "invertColors": False,
            "style": {
                "bgFill": "#000",
                "bgColor": False,
                "labelColor": False,
                "subText": "",
                "fontSize": panel.options.get("font", FONT),
            },
        },
    }


def _chart(panel: Panel) -> Params:
    kind, horizontal = CHARTS[panel.kind], is_horizontal(panel)
    stacked = panel.kind != "line" and panel.options.get("stacked", True)
    labels = [label(panel, position) for position in range(len(panel.metrics))]
    category = {
        "id": "CategoryAxis-1",
        "type": "category",
        "position": "left" if horizontal else "bottom",
        "show": True,
        "style": {},
        "scale": {"type": "linear"},
        "labels": {"show": True, "filter": True, "truncate": 200 if horizontal else 100},
        "title": {},
    }
    value = {
        "id": "ValueAxis-1",
        "name": "LeftAxis-1",
        "type": "value",
        "position": "bottom" if horizontal else "left",
        "show": True,
        "style": {},
        "scale": {"type": "linear", "mode": "normal"},
        "labels": {"show": True, "rotate": 0, "filter": False, "truncate": 100},
        "title": {"text": labels[0]},
    }
    series = [
        {
            "show": True,
            "type": kind,
            "mode": "stacked" if stacked else "normal",
            "data": {"label": name, "id": str(position)},
            "valueAxis": "ValueAxis-1",
            "drawLinesBetweenPoints": True,
            "lineWidth": 2,
            "interpolate": "linear",
            "showCircles": panel.kind == "line",
        }
        for position, name in enumerate(labels, 1)
    ]
    return {
        "type": "histogram" if horizontal else kind,
        "grid": {"categoryLines": False},
        "categoryAxes": [category],
        "valueAxes": [value],
        "seriesParams": series,
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": False,
        "labels": {"show": False} if panel.kind == "bars" else {},
        "thresholdLine": {
            "show": False,
            "value": 10,
            "width": 1,
            "style": "full",
            "color": "#E7664C",
        },
    }


def _pie(panel: Panel) -> Params:
    return {
        "type": "pie",
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "isDonut": True,
        "labels": {"show": False, "values": True, "last_level": True, "truncate": 100},
    }


def _table(panel: Panel) -> Params:
    return {
        "perPage": panel.options.get("page", PAGE),
        "showPartialRows": False,
        "showMetricsAtAllLevels": False,
        "showTotal": False,
        "totalFunc": "sum",
        "percentageCol": "",
    }


def _heatmap(panel: Panel) -> Params:
    axis = {
        "show": False,
        "id": "ValueAxis-1",
        "type": "value",
        "scale": {"type": "linear", "defaultYExtents": False},
        "labels": {"show": False, "rotate": 0, "overwriteColor": False, "color": "black"},
    }
    return {
        "type": "heatmap",
        "addTooltip": True,
        "addLegend": True,
        "enableHover": False,
        "legendPosition": "right",
        "times": [],
        "colorsNumber": 6,
        "colorSchema": "Reds",
        "setColorRange": False,
        "colorsRange": [],
        "invertColors": False,
        "percentageMode": False,
        "valueAxes": [axis],
    }


def _region(panel: Panel) -> Params:
    return {
        "legendPosition": "bottomright",
        "addTooltip": True,
        "colorSchema": "Yellow to Red",
        "emsHotLink": "?locale=en#file/world_countries",
        "isDisplayWarning": False,
        "wms": TILES,
        "mapZoom": 2,
        "mapCenter": [0, 0],
        "outlineWeight": 1,
        "showAllShapes": True,
        "selectedLayer": WORLD,
        "selectedJoinField": WORLD["fields"][0],  # type: ignore[index]
        "layerChosenByUser": "default",
        "selectedCustomJoinField": None,
    }


MADE: Mapping[str, Callable[[Panel], Params]] = {
    "metric": _metric,
    "bars": _chart,
    "area": _chart,
    "line": _chart,
    "pie": _pie,
    "table": _table,
    "heatmap": _heatmap,
    "region": _region,
}
