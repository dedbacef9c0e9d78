"""评服务: choose the activity one has been to, then the feedback questions on one screen."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core import database
from core.actions.round_cache import round_facts
from core.queries.rounds import ActivityCard, open_rounds, recent_activities
from core.words import day, say
from models.base import now
from pages.parts import door_switch, here, questionnaire_form, thanks
from pages.parts.questions import Places, literal

# Later than this, few remember an activity well enough to rate it.
RECENT = timedelta(days=60)
CHOSEN = "feedback.activity"

place = here.show(say("resident.feedback.title"))
with database.reading() as session:
    at = now()
    running = next((r for r in open_rounds(session, place.community_id, at) if r.kind == "feedback"), None)
    cards = recent_activities(session, place.community_id, since=at - RECENT, until=at)
by_id = {card.activity_id: card for card in cards}
if running is not None and CHOSEN not in st.session_state:
    # What was begun on plain pages goes on here.
    draft = door_switch.waiting(running.round_id)
    st.session_state[CHOSEN] = draft.activity_id if draft else None


def choose(activity_id: int | None) -> None:
    """Take an activity, or let go of it."""
    st.session_state[CHOSEN] = activity_id


def offer(card: ActivityCard) -> None:
    """One activity as a large row."""
    label = say("resident.feedback.activity", day=day(card.starts_at), name=literal(card.name))
    name = f"activity-{card.activity_id}"
    st.button(label, key=name, width="stretch", on_click=choose, args=(card.activity_id,))


def say_sentence_instead(sentence: str) -> None:
    """Nothing to rate: say so, and offer the sentence box."""
    here.note(sentence)
    st.page_link("resident/sentence.py", label=say("resident.needs.say_sentence"), width="stretch")


chosen = by_id.get(st.session_state.get(CHOSEN) or 0)
if running is None:
    say_sentence_instead(say("resident.needs.feedback_none"))
elif not cards:
    say_sentence_instead(say("resident.feedback.none"))
elif chosen is None:
    st.html(f"<h2>{say('resident.feedback.choose')}</h2>")
    with st.container(key="activities"):
        for card in cards:
            offer(card)
else:
    here.note(say("resident.feedback.about", name=chosen.name, day=day(chosen.starts_at)))
    st.button(say("resident.feedback.other"), key="other", type="tertiary", on_click=choose, args=(None,))
    definition = round_facts(running.round_id).definition
    sheet = questionnaire_form.unfinished("feedback", running.round_id, chosen.activity_id)
    assert sheet is not None
    receipt = questionnaire_form.show(definition, sheet, places=Places())
    if receipt is not None:
        choose(None)
        thanks.remember(receipt, "feedback", questionnaire_form.dangers_said(definition, sheet))
        st.switch_page("resident/thanks.py")
