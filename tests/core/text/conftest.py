"""A small set of labelled comments, cut from the shipped ones, and a classifier trained on it in a second."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.settings import ROOT
from core.text.reader import Reader
from core.text.train import train

HANDS = (
    "01-old-north",
    "02-new-highrise",
    "05-short-1",
    "09-danger-1",
    "13-praise-questions",
    "27-several-areas",
)


@dataclass(frozen=True)
class SmallData:
    """Folders of six hands' first 60 comments each and of the lexicon."""

    labelled: Path
    lexicon: Path


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> SmallData:
    folder = tmp_path_factory.mktemp("data")
    found = SmallData(folder / "labelled", folder / "lexicon")
    found.labelled.mkdir()
    for hand in HANDS:
        lines = (ROOT / "data" / "labelled" / f"{hand}.csv").read_text(encoding="utf8").splitlines()
        (found.labelled / f"{hand}.csv").write_text("\n".join(lines[:61]), encoding="utf8")
    shutil.copytree(ROOT / "data" / "lexicon", found.lexicon)
    return found


@pytest.fixture
def small_data(shared_data: SmallData, tmp_path: Path) -> SmallData:
    """A copy of one's own, to change."""
    found = SmallData(tmp_path / "labelled", tmp_path / "lexicon")
    shutil.copytree(shared_data.labelled, found.labelled)
    shutil.copytree(shared_data.lexicon, found.lexicon)
    return found


@pytest.fixture(scope="session")
def reader(shared_data: SmallData) -> Reader:
    return train(shared_data.labelled, shared_data.lexicon)
