"""The demo's feedback, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.actions.demo_comments import handed_out
from core.actions.demo_feedback import Attended, feedback, mood_of
from core.actions.seed_data import SeedComment, seed_plan

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
AREAS = ("elderly", "children_youth", "culture")


def _said(text: str, *, once: bool = False, mood: str = "pos") -> SeedComment:
    return SeedComment(text, "any", "", "any", (), mood, once)


def test_nobody_rates_an_activity_in_the_future() -> None:
    attended = [Attended(i, area, "", NOW - timedelta(minutes=1), 20) for i, area in enumerate(AREAS)]
    plan = seed_plan("answers")
    sheets = feedback(np.random.default_rng(1), plan, attended, comments=[], until=NOW)
    assert len(sheets) == plan["feedback"]["responses"]
    assert all(sheet.received_at is not None and sheet.received_at <= NOW for sheet in sheets)


@pytest.mark.parametrize(
    ("given", "mood"), [((5, 5, 4, 4), "pos"), ((4, 4, 4, 4), "neu"), ((3, 3, 4, 3), "neg")]
)
def test_a_rating_reads_as_it_was_meant(given: tuple[int, ...], mood: str) -> None:
    assert mood_of(dict(zip(("gain", "content", "worker", "arrange"), given, strict=True))) == mood


def test_what_is_said_once_is_never_said_again_nor_joined() -> None:
    comments = [_said("着火了", once=True), _said("好"), _said("很好"), _said("不错")]
    texts = handed_out(np.random.default_rng(1), comments, lambda *_: True, n=9, most=9)
    assert [text for text in texts.values() if "着火了" in text] == ["着火了"]
    assert len(set(texts.values())) == len(texts) > 4


def test_a_sentence_goes_only_to_whom_it_fits() -> None:
    comments = [_said("好"), _said("不好", mood="neg")]
    texts = handed_out(
        np.random.default_rng(1), comments, lambda c, i: (c.mood == "neg") == (i == 3), n=6, most=6
    )
    assert texts[3] == "不好"
    assert [text for i, text in texts.items() if i != 3] == ["好"]
