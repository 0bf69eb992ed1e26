"""A good package, made once; tests read it and spoil copies."""

from __future__ import annotations

import pytest

from tests.pipelines.evidence.packages import Package


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return Package(tmp_path_factory.mktemp("package"))
