"""Secondary areas: never the first, never `other`, at most two, judged from all scores together."""

from __future__ import annotations

import numpy as np
import pytest

from core.text.secondary import KNOWN, beside, chances, named

AREA = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 3.0]])
SECOND = np.array([[1.0, 0.5, -1.0], [0.2, 0.4, 0.9]])
WORDS = np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]], dtype=np.float32)


def test_what_is_known_of_each_area_by_hand() -> None:
    known = beside(AREA, SECOND, WORDS, temperature=1.0)
    assert len(known) == KNOWN
    known = np.stack(np.broadcast_arrays(*known), axis=2)
    total = 1 + np.exp(-1) + np.exp(-2)
    # second, area, behind the first, chance, second less that of the first, sure, words, all words, next
    assert known[0, 1] == pytest.approx([0.5, 1, 1, np.exp(-1) / total, -0.5, 1 / total, 1, 1.5, 1])
    assert known[0, 2, -1] == 0 and known[1, 2, 2] == 0


def test_pairs_of_areas_have_offsets_of_their_own() -> None:
    weights = np.zeros((3, KNOWN + 3))
    weights[0, KNOWN + 1] = 2.0
    chance = chances(beside(AREA, SECOND, WORDS, 1.0), [0, 1], weights, other=2)
    assert chance[0] == pytest.approx([0, 1 / (1 + np.exp(-2)), 0])
    assert chance[1] == pytest.approx([0.5, 0, 0]), "the first is 1, other is 2"


def test_nothing_stands_beside_other() -> None:
    chance = chances(beside(AREA, SECOND, WORDS, 1.0), [0, 2], np.zeros((3, KNOWN + 3)), other=2)
    assert chance[1].tolist() == [0, 0, 0]


def test_at_most_two_are_named_the_likeliest_first() -> None:
    chance = np.array([[0.0, 0.1, 0.0, 0.0], [0.1, 0.2, 0.5, 0.3], [0.5, 0.9, 0.6, 0.7]])
    assert named(chance, 0.5) == [(), (2,), (1, 3)]
    assert named(np.zeros((0, 4)), 0.5) == []
