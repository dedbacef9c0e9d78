"""What a form's deed came to, told on the next run: the state above the form is then the new one."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

_DONE, _TURN = "deeds.done", "deeds.turn"


def done(*sentences: str) -> NoReturn:
    """End the run; the next one says so once, and the forms are new."""
    st.session_state[_DONE] = sentences
    st.session_state[_TURN] = turn() + 1
    st.rerun()


def told() -> None:
    """Say what the last run did, if anything."""
    for sentence in st.session_state.pop(_DONE, ()):
        st.success(sentence)


def turn() -> int:
    """How many deeds were done here: a part of the keys of those fields that a deed should empty."""
    return int(st.session_state.get(_TURN, 0))
