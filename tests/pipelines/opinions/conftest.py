"""A model server for each test, and settings that name it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines.config import Settings, read_settings
from tests.pipelines.opinions.model_server import ModelServer, serve_model


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serve_model() as running:
        yield running


@pytest.fixture
def settings_for(server: ModelServer) -> Callable[..., Settings]:
    """Settings with the second reader at the server; name what else matters."""

    def make(**changes: Any) -> Settings:
        return read_settings(
            {}, **{"reader_url": server.url, "reader_model": "qwen-test", "reader_timeout": 5} | changes
        )

    return make
