"""Words that mark a group's comments: weighted log-odds with an informative Dirichlet prior.

Monroe, Colaresi & Quinn (2008), "Fightin' Words": a word everybody says often marks nobody, and a rare word
must be said by the group alone many times before it counts.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from core.analysis.cube import Floats
from core.analysis.suppression import SMALLEST_SHOWN

# The prior is as strong as so many words said in the proportions of all comments.
PRIOR_WORDS: Final = 500.0
# A word marks a group when its log-odds lie so many standard errors from nought.
SURE: Final = 1.96
COLUMNS: Final = ["group", "word", "n", "ratio", "log_odds", "z"]


def log_odds(said: Floats, elsewhere: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """(log-odds ratio, its z-score) of each word: said in the group, elsewhere, and the prior's counts.

    A word's odds are its (count + prior) to that of all other words; variance 1 / (said + prior) +
    1 / (elsewhere + prior).
    """
    # Where only one word is said there is no other: its odds are no number, and it marks nobody.
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = [np.log((y + prior) / ((y + prior).sum() - y - prior)) for y in (said, elsewhere)]
        delta = odds[0] - odds[1]
    variance = 1 / (said + prior) + 1 / (elsewhere + prior)
    return delta, delta / np.sqrt(variance)


def keywords(
    counts: pd.DataFrame, everywhere: pd.DataFrame, *, most: int = 12, prior_words: float = PRIOR_WORDS
) -> pd.DataFrame:
    """The words that mark each group, the surest first, at most `most` a group.

    `counts`: group, word, n (voices of the group that said it); `everywhere`: word, n (voices at all): a
    group's rest is what is left of it. `ratio` is how many times as common the word is in the group (odds).
    Words of fewer than five voices are told of no group.
    """
    alls = everywhere.set_index("word")["n"].astype(float).sort_index()
    prior = np.asarray(prior_words * alls / max(alls.sum(), 1.0), dtype=np.float64)
    found = [_of_group(str(group), part, alls, prior) for group, part in counts.groupby("group", sort=True)]
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(found, ignore_index=True)
    rows = rows[(rows["n"] >= SMALLEST_SHOWN) & (rows["z"] >= SURE)]
    ranked = rows.sort_values(["group", "z", "word"], ascending=[True, False, True])
    return ranked.groupby("group").head(most)[COLUMNS].reset_index(drop=True)


def _of_group(group: str, part: pd.DataFrame, alls: pd.Series, prior: Floats) -> pd.DataFrame:
    said = part.set_index("word")["n"].reindex(alls.index).fillna(0).to_numpy(dtype=float)
    delta, z = log_odds(said, alls.to_numpy() - said, prior)
    return pd.DataFrame(
        {
            "group": group,
            "word": alls.index,
            "n": said.astype(int),
            "ratio": np.exp(delta),
            "log_odds": delta,
            "z": z,
        }
    )
