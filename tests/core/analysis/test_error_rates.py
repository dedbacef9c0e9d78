"""Error rates by cell: the sample's shares, what leans on what, and the confusion matrix, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.analysis.error_rates import confusion, corrections, error_rates
from core.analysis.review_sample import AREAS, CELLS

Cell = tuple[str, float, int, dict[str, int]]
CULTURE, SAFETY, FAMILY = (AREAS.index(code) for code in ("culture", "safety", "family"))


def frame_of(*parts: Cell) -> tuple[pd.DataFrame, np.ndarray]:
    """Comments of cells given as (area, probability, size, labels); and which are of the sample."""
    rows = []
    for area, sure, size, labels in parts:
        given = [code for code, n in labels.items() for _ in range(n)]
        rows += [(area, sure, False, code) for code in given + [""] * (size - len(given))]
    frame = pd.DataFrame(rows, columns=["predicted", "probability", "abstained", "label"])
    return frame, (frame["label"] != "").to_numpy()


def test_shares_are_those_of_the_sample() -> None:
    rates = error_rates(*frame_of(("culture", 0.95, 50, {"culture": 8, "safety": 2})))
    cell = CULTURE * 4 + 3
    assert (rates.sizes[cell], rates.n[cell]) == (50, 10)
    assert (rates.shares[cell, CULTURE], rates.shares[cell, SAFETY]) == (0.8, 0.2)
    assert rates.found.sum() == 10


def test_what_is_expected_leans_on_the_band_and_is_never_quite_certain() -> None:
    rates = error_rates(
        *frame_of(
            ("culture", 0.95, 300, {"culture": 30}),
            ("safety", 0.95, 20, {"safety": 2}),
            ("elderly", 0.5, 100, {"elderly": 10, "culture": 10}),
        )
    )
    assert rates.expected.sum(axis=1) == pytest.approx(np.ones(CELLS))
    assert (rates.expected > 0).all()
    sure, unsure = rates.expected[CULTURE * 4 + 3], rates.expected[3 * 4 + 1]
    assert sure[CULTURE] > 0.99
    assert 0.5 < unsure[3] < 0.8
    # The only confusion found is the likeliest also where nobody has found one.
    small = rates.expected[SAFETY * 4 + 3]
    assert np.argsort(-small)[1] == CULTURE
    assert rates.shares[SAFETY * 4 + 3, SAFETY] == 1


def test_a_cell_nobody_sampled_joins_the_nearest_band_of_its_area() -> None:
    rates = error_rates(
        *frame_of(
            ("culture", 0.5, 7, {}),
            ("culture", 0.8, 40, {"culture": 3, "family": 1}),
            ("culture", 0.95, 50, {"culture": 5}),
            ("family", 0.95, 4, {}),
        )
    )
    low, middle = CULTURE * 4 + 1, CULTURE * 4 + 2
    assert rates.home[low] == middle
    assert (rates.sizes[middle], rates.n[middle], rates.sizes[low]) == (47, 4, 0)
    alone = FAMILY * 4 + 3
    assert (rates.home[alone], rates.sizes[alone], rates.n[alone]) == (alone, 4, 0)
    assert rates.shares[alone, FAMILY] > 0.5
    assert rates.shares[alone].sum() == pytest.approx(1)


def test_the_confusion_matrix_weighs_labels_by_the_design() -> None:
    """All of the 100 sure ones and half of the 300 others are right: (100 + 150) / 400 = .625."""
    frame, chosen = frame_of(
        ("culture", 0.95, 100, {"culture": 10}),
        ("culture", 0.5, 300, {"culture": 5, "safety": 5}),
        ("safety", 0.5, 30, {"safety": 3}),
    )
    found = confusion(frame, in_sample=chosen).set_index(["predicted", "label"])
    assert found.index.tolist() == [("culture", "culture"), ("culture", "safety"), ("safety", "safety")]
    assert found["n"].tolist() == [15, 5, 3]
    assert found["share"].tolist() == pytest.approx([0.625, 0.375, 1.0])


def test_what_people_changed_most_often_comes_first_and_few_labels_have_no_share() -> None:
    """Five of ten culture are safety, and six of thirty elderly; four are too few to tell."""
    frame, chosen = frame_of(
        ("culture", 0.95, 10, {"culture": 5, "safety": 5}),
        ("elderly", 0.95, 60, {"elderly": 20, "health": 6, "family": 4}),
        ("safety", 0.95, 20, {"safety": 20}),
    )
    found = corrections(confusion(frame, in_sample=chosen))
    assert found[["predicted", "label", "n"]].to_numpy().tolist() == [
        ["elderly", "health", 6], ["culture", "safety", 5],
    ]  # fmt: skip
    assert found["share"][0] == pytest.approx(0.2) and np.isnan(found["share"][1])


def test_where_nothing_was_labelled_nothing_was_changed() -> None:
    frame, chosen = frame_of(("culture", 0.95, 10, {}))
    assert not len(corrections(confusion(frame, in_sample=chosen)))
    assert not len(corrections(confusion(frame[:0], in_sample=chosen[:0])))
