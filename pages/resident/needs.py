"""说需求: the open needs round, one section a screen."""

from __future__ import annotations

import streamlit as st

from core import database
from core.actions.round_cache import round_facts
from core.queries.rounds import minutes_taken, open_rounds
from core.words import say
from models.base import now
from pages.parts import here, questionnaire_form, thanks
from pages.parts.places import places_here

place = here.show(say("resident.needs.title"))
with database.reading() as session:
    running = next((r for r in open_rounds(session, place.community_id, now()) if r.kind == "needs"), None)
    minutes = minutes_taken(session, running.round_id, short=False) if running else None
sheet = questionnaire_form.unfinished("needs", running.round_id if running else None)

if sheet is None:
    here.note(say("resident.needs.none"))
    st.page_link("resident/sentence.py", label=say("resident.needs.say_sentence"), width="stretch")
else:
    definition = round_facts(sheet.round_id).definition
    places = places_here(place.community_id)
    questionnaire_form.prefill_place(sheet, definition, places.grid_of(place.grid_code))
    receipt = questionnaire_form.show(definition, sheet, places=places, minutes=minutes)
    if receipt is not None:
        thanks.remember(receipt, "needs", questionnaire_form.dangers_said(definition, sheet))
        st.switch_page("resident/thanks.py")
