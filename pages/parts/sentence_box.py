"""一句话: the box that is always open; its key is made once, so a double tap stores one sentence."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from core.actions.comments import MOST_CHARACTERS, Sentence, say_sentence
from core.errors import LinshengError
from core.text.danger import dangers
from core.words import say
from pages.parts import questions, thanks
from pages.parts.here import Here, fail
from pages.parts.places import places_here

TEXT, KEY, FAILURE, PLACE = "sentence.text", "sentence.key", "sentence.failure", "sentence"


def show(here: Here, *, with_place: bool) -> bool:
    """Draw the box; true once a sentence was stored, and thanks are due."""
    st.session_state.setdefault(KEY, uuid4().hex)
    if failure := st.session_state.get(FAILURE):
        fail(failure)
    hint = say("resident.sentence.hint", most=MOST_CHARACTERS)
    st.text_area(say("resident.sentence.label"), key=TEXT, placeholder=hint, height=120)
    if with_place:
        places = places_here(here.community_id)
        with st.expander(say("resident.sentence.place")):
            questions.pick_place(places, prefix=PLACE, grid=places.grid_of(here.grid_code))
    label = say("resident.sentence.send")
    st.button(label, key="sentence.send", type="primary", width="stretch", on_click=_send, args=(here,))
    return bool(st.session_state.pop("sentence.stored", False))


def _send(here: Here) -> None:
    """Store what is in the box; if that fails, say why and leave everything as it is."""
    text = st.session_state.get(TEXT) or ""
    grid, building = questions.picked_place(PLACE) or (None, None)
    sentence = Sentence(
        here.community_id, text, st.session_state[KEY], grid_id=grid or None, building_id=building or None
    )
    try:
        receipt = say_sentence(sentence)
    except LinshengError as error:
        st.session_state[FAILURE] = str(error)
        return
    thanks.remember(receipt, "sentence", dangers(text))
    for name in (TEXT, KEY, FAILURE):
        st.session_state.pop(name, None)
    st.session_state["sentence.stored"] = True
