"""Do intervals of corrected counts hold the planted truth? Simulated comments, sampled, labelled, counted.

python -m bench.coverage [runs]: per case, of all areas together and the area least and most often covered.
"""

from __future__ import annotations

import sys
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from core.analysis.corrected_counts import corrected_counts
from core.analysis.cube import Floats, Ints
from core.analysis.review_sample import AREAS, BANDS, draw

N_AREAS: Final = len(AREAS)
# How sure the machine is of a right and of a wrong reading: abstained, low, middle, high. 8 % abstained.
WHEN_RIGHT: Final = (0.05, 0.15, 0.35, 0.45)
WHEN_WRONG: Final = (0.25, 0.35, 0.27, 0.13)
PROBABILITY: Final = np.array([0.3, 0.6, 0.8, 0.95])
EVEN: Final = (16, 12, 9, 5, 8, 5, 4, 8, 9, 12, 5, 5, 2)
RARE: Final = (20, 14, 10, 3, 8, 3, 2, 8, 10, 14, 4, 2, 2)
SWALLOWS = 9


class Case(NamedTuple):
    """`n` comments, `budget` of them labelled; percent of each area; how the machine confuses them.

    accuracy: of every area, or of every third and the others. `swallowed`: most errors go to one area.
    """

    n: int
    budget: int
    shares: tuple[int, ...] = EVEN
    accuracy: tuple[float, float] = (0.85, 0.85)
    swallowed: bool = False


CASES: Final = {
    "even": Case(5000, 300),
    "asymmetric": Case(5000, 300, accuracy=(0.65, 0.9), swallowed=True),
    "rare": Case(5000, 300, shares=RARE, swallowed=True),
    "small": Case(1185, 150, swallowed=True),
    "small_asymmetric": Case(1185, 150, accuracy=(0.65, 0.9), swallowed=True),
}


def confusion_of(case: Case) -> Floats:
    """Truth × predicted, rows summing to 1."""
    errors = np.ones((N_AREAS, N_AREAS))
    if case.swallowed:
        errors *= 0.3
        errors[:, 0] = 2
        errors[np.arange(N_AREAS), (np.arange(N_AREAS) + 1) % N_AREAS] = 3
        errors[:, SWALLOWS] = 6
    np.fill_diagonal(errors, 0)
    right = np.where(np.arange(N_AREAS) % 3 == 0, *case.accuracy)
    out = errors / errors.sum(axis=1, keepdims=True) * (1 - right)[:, None]
    return np.asarray(out + np.diag(right))


def comments(case: Case, random: np.random.Generator) -> tuple[pd.DataFrame, Ints]:
    """Comments nobody has labelled, as core.queries.reviewed gives them, and what each is really about."""
    shares = np.array(case.shares) / sum(case.shares)
    truth = random.choice(N_AREAS, case.n, p=shares)
    predicted = _drawn(confusion_of(case)[truth], random)
    bands = np.where((predicted == truth)[:, None], WHEN_RIGHT, WHEN_WRONG)
    band = _drawn(bands, random)
    frame = pd.DataFrame(
        {
            "comment_id": random.permutation(case.n) + 1,
            "month": random.choice(np.array(["2026-08", "2026-09", "2026-10"], dtype=object), case.n),
            "predicted": np.asarray(AREAS, dtype=object)[predicted],
            "probability": PROBABILITY[band],
            "abstained": band == BANDS.index("abstained"),
            "label": "",
        }
    )
    return frame, truth


def reviewed(case: Case, seed: int) -> tuple[pd.DataFrame, Ints]:
    """The same after reviewers have labelled the drawn sample, and the true number of each area."""
    frame, truth = comments(case, np.random.default_rng(seed))
    chosen = frame["comment_id"].isin(draw(frame, case.budget)["comment_id"])
    frame["label"] = np.where(chosen, np.asarray(AREAS, dtype=object)[truth], "")
    return frame, np.bincount(truth, minlength=N_AREAS)


def covered(case: Case, runs: int, *, draws: int = 500) -> tuple[Floats, Floats]:
    """By area: the share of runs whose interval holds the truth; the mean error of the corrected count."""
    held, error = np.zeros(N_AREAS), np.zeros(N_AREAS)
    for seed in range(runs):
        frame, truth = reviewed(case, seed)
        table = corrected_counts(frame, seed=seed, draws=draws).table
        corrected, low, high = (table[figure].to_numpy() for figure in ("corrected", "low", "high"))
        held += (low <= truth) & (truth <= high)
        error += corrected - truth
    return held / runs, error / runs


def _drawn(shares: Floats, random: np.random.Generator) -> Ints:
    """One level for each row of shares."""
    over = random.random(len(shares))[:, None] > shares.cumsum(axis=1)
    return np.asarray(np.minimum(over.sum(axis=1), shares.shape[1] - 1))


def main() -> None:
    """Print coverage in percent for each case."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, case in CASES.items():
        held, error = covered(case, runs)
        print(f"{name:17} all {held.mean():.1%}  least {held.min():.1%}  most {held.max():.1%}", flush=True)
        print("   coverage", np.round(100 * held, 1), "\n   mean error", np.round(error, 1), flush=True)


if __name__ == "__main__":
    main()
