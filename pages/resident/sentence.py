"""说一句话: one box, the place if one wants to; open whether or not a round is running."""

from __future__ import annotations

import streamlit as st

from core.words import say
from pages.parts import here, sentence_box

place = here.show(say("resident.sentence.title"))
here.note(say("resident.sentence.lead"))
if sentence_box.show(place, with_place=True):
    st.switch_page("resident/thanks.py")
