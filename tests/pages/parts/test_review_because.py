"""One line says which words decided; where it could mislead, nothing is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.queries.review import ReviewItem
from core.redaction import HIDDEN
from core.text.explain import Spoke
from models.base import now
from pages.parts import review_because

ITEM = ReviewItem(
    1, "电梯又坏了老人下不来", now(), "sentence", "classified", ("facilities", "elderly"), (), "neg",
    "complaint", False,
)  # fmt: skip


class _Reader:
    def __init__(self, *spoke: tuple[str, float], area: str = "facilities") -> None:
        self._spoke, self._area = [Spoke(*each) for each in spoke], area

    def likeliest(self, texts: list[str]) -> list[tuple[str, ...]]:
        """Always the area this reader was made for."""
        return [(self._area, "other") for _ in texts]

    def explain(self, _text: str) -> list[Spoke]:
        """The words, the weightiest first."""
        return sorted(self._spoke, key=lambda each: -each.weight)


def told(monkeypatch: pytest.MonkeyPatch, reader: Any, item: ReviewItem = ITEM) -> str:
    monkeypatch.setattr("core.actions.background.reader_at_hand", lambda: reader)
    return review_because.line(item)


def test_the_words_that_decided_the_weightiest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = _Reader(("坏", 0.5), ("电梯", 2.0), ("又", 0.1), ("老人", -1.0))
    assert told(monkeypatch, reader) == "机器读作“物业与公共设施”，因为：电梯、坏"


def test_three_words_at_most_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = _Reader(("a", 4.0), ("b", 3.0), ("a", 2.5), ("c", 2.0), ("d", 1.9))
    assert told(monkeypatch, reader).endswith("因为：a、b、c")


@pytest.mark.parametrize(
    ("reader", "item"),
    [
        (None, ITEM),
        (_Reader(("电梯", 2.0), area="safety"), ITEM),
        (_Reader(("电梯", 2.0)), replace(ITEM, suggestions=())),
        (_Reader(("电梯", 2.0)), replace(ITEM, state="abstained")),
        (_Reader(("电梯", -2.0)), ITEM),
        (_Reader((HIDDEN, 2.0)), ITEM),
        (_Reader(), ITEM),
    ],
    ids=["none at hand", "another by now", "not read", "not sure", "nothing for it", "hidden", "no words"],
)
def test_where_nothing_can_be_said_nothing_is(
    monkeypatch: pytest.MonkeyPatch, reader: Any, item: Any
) -> None:
    assert told(monkeypatch, reader, item) == ""
