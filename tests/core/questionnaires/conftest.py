"""The shipped questionnaires, and small ones made for one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.questionnaires.load import load_shipped, parse
from core.questionnaires.schema import Definition

Make = Callable[..., Definition]


@pytest.fixture(scope="session")
def needs() -> Definition:
    """needs-v1 as shipped."""
    return load_shipped("needs-v1")


@pytest.fixture(scope="session")
def feedback() -> Definition:
    """feedback-v1 as shipped."""
    return load_shipped("feedback-v1")


@pytest.fixture(scope="session")
def make() -> Make:
    """`make(question, …)` → a feedback questionnaire of one section with these questions.

    A question is a dict; `text` may be left out, and `choices` be a number (codes 1 to n).
    """

    def _question(given: dict[str, Any]) -> dict[str, Any]:
        choices = given.get("choices", ())
        if isinstance(choices, int):
            choices = [
                {"code": i, "label": f"第{'一二三四五六七八九'[i - 1]}项"} for i in range(1, choices + 1)
            ]
        return {"kind": "single", "text": f"{given['code']}？", **given, "choices": choices}

    def _make(*questions: dict[str, Any], **parts: Any) -> Definition:
        section = {"id": "s", "title": "题目", "questions": [_question(q) for q in questions]}
        whole = {"code": "t-v1", "kind": "feedback", "title": "试", "notice_version": "1"}
        return parse({**whole, "sections": [section], **parts})

    return _make
