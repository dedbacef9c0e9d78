"""In the corner of the review screen: how far one agrees with the machine and with the other reader."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from core import database
from core.analysis.agreement import krippendorff_alpha
from core.queries.review import Desk
from core.queries.review_history import machine_pairs, reader_pairs
from core.settings import settings
from core.words import say
from pages.parts import figures

# With fewer pairs the figure says next to nothing.
LEAST = 30


def corner(desk: Desk) -> None:
    """α with its n, or how many are still missing; looked up anew every minute, not after each label."""
    pairs = _figures(settings().url, desk.community_id, desk.account_id)
    lines = "".join(
        f"<dt>{escape(say(f'review.agreement.{name}'))}</dt><dd>{escape(words)}</dd>"
        for name, words in pairs.items()
    )
    st.html(
        f'<div class="rv-corner"><dl>{lines}</dl><details class="st-under">'
        f"<summary>{escape(say('show.explain'))}</summary>"
        f'<p class="st-note">{escape(say("review.agreement.explain"))}</p></details></div>'
    )


@figures.kept
def _figures(url: str, community_id: int, account_id: int) -> dict[str, str]:
    desk = Desk(community_id, account_id)
    with database.reading() as session:
        asked = {"machine": machine_pairs(session, desk), "reader": reader_pairs(session, desk)}
    return {name: told(pairs) for name, pairs in asked.items()}


def told(pairs: pd.DataFrame) -> str:
    """The agreement of pairs in words; no figure below LEAST."""
    both = {reader: pairs[["comment_id"]].assign(area=pairs[reader]) for reader in ("mine", "theirs")}
    return alpha(pd.concat(both, names=["reader"]).reset_index("reader", names="reviewer"), len(pairs))


def alpha(labels: pd.DataFrame, n: int) -> str:
    """α of labels (comment_id, reviewer, area) in words; `n` comments read twice, no figure below LEAST."""
    if n < LEAST:
        return say("review.agreement.few", least=LEAST, n=n)
    found = krippendorff_alpha(labels)
    if found.alpha is None:
        return found.why
    value, low, high = (f"{figure:.2f}" for figure in (found.alpha, found.low, found.high))
    return say("review.agreement.value", alpha=value, low=low, high=high, n=f"{n:,}")
