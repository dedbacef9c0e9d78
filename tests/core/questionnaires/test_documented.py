"""data/README.md names every field, kind, flag and rule: what is not described there is red here."""

from __future__ import annotations

from typing import get_args

import pytest

from core.questionnaires.check import RULES
from core.questionnaires.schema import Choice, Definition, Eligible, Kind, Question, Row, Section
from core.settings import ROOT

TOLD = (ROOT / "data" / "README.md").read_text(encoding="utf8")
FIELDS = {
    f"{part.__name__}.{name}": name
    for part in (Definition, Section, Question, Choice, Row, Eligible)
    for name in part.model_fields
}
FLAGS = ("quick", "straight", "blank", "exclusive", "not_chosen")


@pytest.mark.parametrize("name", FIELDS.values(), ids=FIELDS)
def test_every_field_of_the_schema_is_described(name: str) -> None:
    assert f"`{name}`" in TOLD


@pytest.mark.parametrize("word", [*get_args(Kind), *FLAGS, *(rule.__name__ for rule in RULES)])
def test_every_kind_flag_and_rule_is_described(word: str) -> None:
    assert f"`{word}`" in TOLD


@pytest.mark.parametrize("folder", sorted(p.name for p in (ROOT / "data").iterdir() if p.is_dir()))
def test_every_folder_has_its_origin_stated(folder: str) -> None:
    assert f"`{folder}/" in TOLD
