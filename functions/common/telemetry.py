"""Structured logs, and metrics as CloudWatch's embedded metric format.

Metric names are those of siem-on-amazon-opensearch-service where it has one, so that dashboards
and alarms go on working. Logs go to stderr and metrics to stdout; Lambda takes both.
"""

import sys
from collections.abc import Mapping

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "SIEM"
UNITS = {
    "InputLogFileSize": MetricUnit.Bytes,
    "OutputDataSize": MetricUnit.Bytes,
    "SuccessLogLoadCount": MetricUnit.Count,
    "ErrorLogLoadCount": MetricUnit.Count,
    "ExcludedLogCount": MetricUnit.Count,
    "CountedLogCount": MetricUnit.Count,
    "QuarantinedLogCount": MetricUnit.Count,
    "DuplicateLogCount": MetricUnit.Count,
    "TotalDurationTime": MetricUnit.Milliseconds,
    "EsResponseTime": MetricUnit.Milliseconds,
    "TotalLogFileCount": MetricUnit.Count,
    "TotalLogCount": MetricUnit.Count,
    "RetryCount": MetricUnit.Count,
    "TestEventCount": MetricUnit.Count,
    "UnknownKeyCount": MetricUnit.Count,
    "LoaderPaused": MetricUnit.Count,
    "DownloadErrorCount": MetricUnit.Count,
    "DatabaseAge": MetricUnit.Seconds,
    "PulledRecordCount": MetricUnit.Count,
    "IndexCount": MetricUnit.Count,
    "DocumentCount": MetricUnit.Count,
    "StoreSize": MetricUnit.Bytes,
    "ShardCount": MetricUnit.Count,
    "SegmentCount": MetricUnit.Count,
    "FieldUsage": MetricUnit.Percent,
    "IngestRate": MetricUnit.CountPerSecond,
    "IngestLag": MetricUnit.Seconds,
    "LogSourceCount": MetricUnit.Count,
    "SilentLogSourceCount": MetricUnit.Count,
    "LogSourceSilence": MetricUnit.Seconds,
}

logger = Logger(stream=sys.stderr)


def emit(values: Mapping[str, float], **dimensions: str) -> None:
    """Write metrics (name in UNITS -> value) that share these dimensions, now, as one line."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, text in dimensions.items():
        metrics.add_dimension(dimension, text)
    for name, value in values.items():
        metrics.add_metric(name, UNITS[name], value)
    metrics.flush_metrics()
