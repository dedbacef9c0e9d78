"""The whole evaluation of hands left out is plain data that says of what, when and how it was made."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.text import evaluation_whole
from core.text.evaluation_file import Whole
from core.text.evaluation_whole import Plan, whole
from core.text.labelled import read_labelled
from core.text.store import current_version
from tests.core.text.conftest import HANDS, SmallData

PLAN = Plan(parts=2, detailed=True, curve=True)


@pytest.fixture(scope="module")
def steps() -> list[int]:
    """How far the evaluation told to have come."""
    return []


@pytest.fixture(scope="module")
def made(shared_data: SmallData, steps: list[int]) -> dict[str, Any]:
    """Six hands left out in two groups, and a learning curve of two points."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation_whole, "CURVE", (60,))
        return whole(shared_data.labelled, shared_data.lexicon, plan=PLAN, advance=steps.append)


def test_it_says_of_what_and_when_it_was_made(made: dict[str, Any], shared_data: SmallData) -> None:
    assert made["version"] == current_version(shared_data.labelled, shared_data.lexicon)
    at = datetime.fromisoformat(made["at"])
    assert at.tzinfo == UTC and 0 <= (datetime.now(UTC) - at).total_seconds() < 600
    assert made["parts"] == 2


def test_every_hand_is_told_and_all_together(made: dict[str, Any], shared_data: SmallData) -> None:
    rows = read_labelled(shared_data.labelled)
    assert made["n"] == len(rows) == 360 and set(made["files"]) == set(HANDS)
    mean = sum(each["accuracy"] for each in made["files"].values()) / len(HANDS)
    assert made["accuracy"] == pytest.approx(mean), "sixty comments each"
    assert made["n_urgent"] == rows["urgent"].sum() > 0
    assert sum(map(sum, made["detail"]["confusion"])) == 360
    assert [point["n"] for point in made["learning_curve"]] == [60, 180]


def test_it_is_plain_data_that_a_file_can_hold(made: dict[str, Any]) -> None:
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert Whole.model_validate_json(json.dumps(made)).n_alarmed == made["n_alarmed"]


def test_it_tells_how_far_it_is(made: dict[str, Any], steps: list[int], shared_data: SmallData) -> None:
    assert made and steps == [1] * 4, "two groups, two points of the curve"
    assert PLAN.steps(shared_data.labelled) == 2 + len(evaluation_whole.CURVE) + 1
    assert Plan(parts=9).steps(shared_data.labelled) == Plan().steps(shared_data.labelled) == len(HANDS)
