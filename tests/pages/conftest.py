"""What all tests of screens share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache


@pytest.fixture(scope="session", autouse=True)
def packages_scanned_once() -> Iterator[None]:
    """Streamlit's test runner looks through every installed package for each screen: once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="session", autouse=True)
def scripts_compiled_once() -> Iterator[None]:
    """The test runner compiles a script for each screen anew: once is enough while it is the same."""
    compiled: dict[tuple[str, int], Any] = {}
    compile_it = ScriptCache.get_bytecode

    def get_bytecode(self: ScriptCache, path: str) -> Any:
        key = (path, os.stat(path).st_mtime_ns)
        if key not in compiled:
            compiled[key] = compile_it(self, path)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptCache, "get_bytecode", get_bytecode)
        yield
