"""The drift alarm: a month's agreement against the band of the evaluation."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.coverage import Case, reviewed
from core.analysis.drift import Reference, drift
from core.analysis.review_sample import draw

EVALUATED = Reference(0.9, 10**9)


def months(**right_of: tuple[int, int]) -> pd.DataFrame:
    """Comments of one cell, all labelled: of each month (right, wrong)."""
    rows = []
    for month, (right, wrong) in right_of.items():
        rows += [(month, label) for label in ["culture"] * right + ["safety"] * wrong]
    frame = pd.DataFrame(rows, columns=["month", "label"])
    return frame.assign(
        comment_id=range(1, len(frame) + 1), predicted="culture", probability=0.95, abstained=False
    )


def test_a_month_outside_the_band_is_alarmed_with_how_far() -> None:
    """Wilson at .9 and 100 labels, by hand: (.9 + .0192 ± .0618) / 1.0384 = .8256 to .9448."""
    found = drift(months(m07=(90, 10), m08=(80, 20), m09=(97, 3)), EVALUATED).set_index("month")
    assert found["low"].tolist() == pytest.approx([0.8256] * 3, abs=1e-4)
    assert found["high"].tolist() == pytest.approx([0.9448] * 3, abs=1e-4)
    assert found["alarm"].tolist() == [False, True, True]
    assert found["outside"].tolist() == pytest.approx([0, 0.8 - 0.8256, 0.97 - 0.9448], abs=1e-4)
    assert found["n"].tolist() == [100, 100, 100]


def test_no_share_and_no_alarm_below_thirty_labels() -> None:
    found = drift(months(m07=(2, 27), m08=(5, 25)), EVALUATED).set_index("month")
    assert found["alarm"].tolist() == [False, True]
    assert found.loc["m07", ["agreement", "low", "high", "outside"]].isna().all()
    assert found.loc["m07", "n"] == 29


def test_an_evaluation_on_few_comments_widens_the_band() -> None:
    frame = months(m08=(82, 18))
    assert drift(frame, EVALUATED)["alarm"].all()
    wide = drift(frame, Reference(0.9, 100))
    assert not wide["alarm"].any()
    # 1 / (1/100 + 1/100) = 50 labels: (.9 + .0384 ± .0916) / 1.0768.
    assert wide["low"][0] == pytest.approx(0.7865, abs=2e-4)


def test_agreement_is_weighted_by_the_design() -> None:
    """A cell of 40 fully read and right, one of 400 of which 40 are read and half right: (40 + 200) / 440."""
    sure = months(m08=(40, 0))
    unsure = months(m08=(400, 0)).assign(probability=0.5, comment_id=range(1001, 1401), label="")
    ids = draw(unsure, 40)["comment_id"].tolist()
    unsure.loc[unsure["comment_id"].isin(ids[:20]), "label"] = "culture"
    unsure.loc[unsure["comment_id"].isin(ids[20:]), "label"] = "safety"
    found = drift(pd.concat([sure, unsure]), Reference(0.6, 10**9)).iloc[0]
    assert (found["n"], found["agreement"]) == (80, pytest.approx(240 / 440))
    # Kish: (40 × 1 + 40 × 10)² / (40 × 1 + 40 × 100) = 47.9.
    assert found["n_eff"] == pytest.approx(440**2 / 4040)


def test_nobody_has_labelled_no_month() -> None:
    assert drift(months(m08=(50, 0)).assign(label=""), EVALUATED).empty


def test_a_steady_machine_is_alarmed_about_one_month_in_twenty() -> None:
    case = Case(3000, 300)
    found = pd.concat([drift(reviewed(case, seed)[0], Reference(0.85, 10**9)) for seed in range(100)])
    assert len(found) == 300
    assert 0.01 <= found["alarm"].mean() <= 0.08
