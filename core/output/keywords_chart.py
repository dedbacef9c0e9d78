"""The words that mark one group's comments, as sorted bars: length is how sure, the label who said it."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import theme
from core.words import say

ROW: Final = 28
_ROOM: Final = 1.6
# More than this many times as common is told as that: the odds of a rare word are no exact figure.
MOST_TIMES: Final = 20


def told(n: int, ratio: float) -> str:
    """A word's direct label: how many voices said it, and how many times as common it is here."""
    times = say("topics.keywords.more_than", n=MOST_TIMES) if ratio > MOST_TIMES else f"{ratio:.1f}"
    return say("topics.keywords.told", n=f"{n:,}", times=times)


def bars_frame(found: pd.DataFrame, group: str) -> pd.DataFrame:
    """One row per word as drawn, the surest first: word, z, told."""
    rows = found[found["group"] == group].sort_values(["z", "word"], ascending=[False, True])
    labels = [told(n, ratio) for n, ratio in zip(rows["n"], rows["ratio"], strict=True)]
    return pd.DataFrame({"word": rows["word"].to_list(), "z": rows["z"].to_list(), "told": labels})


def keyword_bars(found: pd.DataFrame, group: str) -> dict[str, Any]:
    """The chart of one group: bars from zero, its surest word set off."""
    frame = bars_frame(found, group)
    frame["colour"] = [theme.DEMAND if i == 0 else theme.DEMAND_RAMP[2] for i in range(len(frame))]
    scale = alt.Scale(domain=[0, _ROOM * float(frame["z"].max() if len(frame) else 1)], nice=False)
    base = alt.Chart(frame).encode(
        y=alt.Y("word:N", sort=None, title=None), x=alt.X("z:Q", scale=scale, axis=None)
    )
    bars = base.mark_bar(height=16).encode(color=alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=6).encode(text="told:N")
    return theme.spec(alt.LayerChart(layer=[bars, labels]).properties(height=ROW * max(len(frame), 1)))


def finding(found: pd.DataFrame, group: str, name: str) -> str:
    """The chart's sentence: the first three words, or that none marks the group."""
    words = bars_frame(found, group)["word"].to_list()[:3]
    if not words:
        return say("topics.keywords.none", name=name)
    return say("topics.keywords.finding", name=name, words=say("topics.and").join(words))


def table(found: pd.DataFrame, group: str) -> pd.DataFrame:
    """The same figures to read or take away; all cells text."""
    rows = found[found["group"] == group].sort_values(["z", "word"], ascending=[False, True])
    return pd.DataFrame(
        {
            say("topics.keywords.word"): rows["word"].astype(str),
            say("topics.keywords.n"): [f"{n:,}" for n in rows["n"]],
            say("topics.keywords.times"): [f"{ratio:.1f}" for ratio in rows["ratio"]],
            say("topics.keywords.z"): [f"{z:.1f}" for z in rows["z"]],
        }
    ).reset_index(drop=True)
