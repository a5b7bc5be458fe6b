"""Our dashboards, and a node with documents for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from configure_domain import dashboards, index_patterns
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from tests.configure_domain.dashboards import loaded as loading
from tests.configure_domain.dashboards import places
from tests.configure_domain.dashboards.loaded import Loaded
from tests.configure_domain.dashboards.panels import Object


@pytest.fixture(scope="session")
def log_types() -> dict[str, LogType]:
    """All log types."""
    return load_all()


@pytest.fixture(scope="session")
def objects(log_types: dict[str, LogType]) -> list[Object]:
    """All saved objects that we ship."""
    return [*index_patterns.objects(log_types), *dashboards.objects(log_types)]


@pytest.fixture(scope="module")
def loaded(
    opensearch: OpenSearch,
    log_types: dict[str, LogType],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    """The node with the documents of all samples: other tests take them away."""
    geoip = places.geoip(Path(tmp_path_factory.mktemp("geoip")))
    yield loading.load(opensearch, log_types, geoip.locate)
    loading.forget(opensearch)
