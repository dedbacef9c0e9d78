"""Giving the hand-written sentences of data/seed to synthetic respondents whom they fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.actions.seed_data import SeedComment

Fits = Callable[[SeedComment, int], bool]
# A sentence is joined to this many others at the most; what is added is a short one.
MOST_JOINS, SHORT, TRIES = 4, 20, 10
_ENDS = ("。", "！", "？", "…", "~", "!", "?")


def handed_out(
    rng: np.random.Generator, comments: Sequence[SeedComment], fits: Fits, *, n: int, most: int
) -> dict[int, str]:
    """Texts for at most `most` of n respondents: first every sentence once, then pairs of two, none twice.

    `fits(comment, i)` says whether respondent i may have said it; a sentence that fits nobody is left out.
    """
    texts: dict[int, str] = {}
    free = [int(i) for i in rng.permutation(n)]
    # Those that fit few go first, so that the others don't take their places.
    for k in sorted(map(int, rng.permutation(len(comments))), key=lambda k: _how_open(comments[k])):
        i = next((i for i in free if fits(comments[k], i)), None)
        if i is not None and len(texts) < most:
            texts[i] = comments[k].text
            free.remove(i)
    joined = [0] * len(comments)
    said = set(texts.values())
    for i in free:
        if len(texts) >= most:
            break
        if pair := _pair(rng, comments, (i, fits), joined, said):
            texts[i] = pair
            said.add(pair)
    return texts


def _how_open(said: SeedComment) -> int:
    return 2 * (not said.grids) + (not said.need)


def _pair(
    rng: np.random.Generator,
    comments: Sequence[SeedComment],
    respondent: tuple[int, Fits],
    joined: list[int],
    said: set[str],
) -> str:
    """Two fitting sentences as one text, the second a short one; empty if none was found."""
    i, fits = respondent
    fitting = [k for k, c in enumerate(comments) if not c.once and joined[k] < MOST_JOINS and fits(c, i)]
    fitting = [k for k in fitting if comments[k].area != "other"]
    short = [k for k in fitting if len(comments[k].text) <= SHORT]
    for _ in range(TRIES if len(fitting) > 1 and short else 0):
        a, b = int(rng.choice(fitting)), int(rng.choice(short))
        text = comments[a].text + ("" if comments[a].text.endswith(_ENDS) else "。") + comments[b].text
        if a != b and text not in said:
            joined[a] += 1
            joined[b] += 1
            return text
    return ""
