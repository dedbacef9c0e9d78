"""What a resident's path loads: never scikit-learn, nor pandas, nor jieba's own dictionary."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.settings import ROOT

HEAVY = {"sklearn", "scipy", "pandas", "jieba", "altair"}


def _loaded(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "modules",
    ["core.actions.submit, core.actions.comments, core.text.danger", "core.text.reader, core.text.store"],
)
def test_a_residents_path_loads_nothing_heavy(modules: str) -> None:
    assert _loaded(f"import {modules}") & HEAVY == set()


def test_the_workers_of_a_portal_load_nothing_that_trains() -> None:
    assert _loaded("import core.actions.background") & {"sklearn", "scipy", "jieba"} == set()
