"""Calling the command line inside the test's process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli.__main__ import app

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """`run("import", path, …)` → result with stdout, stderr and exit_code; faults of ours are raised."""

    def call(*words: object, typed: str = "") -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)
        return result

    return call
