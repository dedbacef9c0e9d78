"""What the thanks screen needs to know of what was just stored: kept in the session, nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.actions.store_response import Receipt

_NAME = "thanks"


@dataclass(frozen=True, slots=True)
class Thanks:
    """A receipt just given; `kind` is needs, feedback or sentence, `dangers` the kinds found in the words."""

    receipt: Receipt
    kind: str
    dangers: tuple[str, ...]


def remember(receipt: Receipt, kind: str, dangers: Sequence[str] = ()) -> None:
    """Keep it for the thanks screen."""
    st.session_state[_NAME] = Thanks(receipt, kind, tuple(dangers))


def remembered() -> Thanks | None:
    """What was stored last in this session, if anything."""
    found: Thanks | None = st.session_state.get(_NAME)
    return found
