"""没认出的地方: sheets and sentences without a place, given one in one tap by whoever knows the community."""

from __future__ import annotations

import streamlit as st

from core import database
from core.access import Right
from core.errors import LinshengError
from core.queries.unplaced import PAGE, places_to_assign, unplaced_sentences, unplaced_sheets
from core.words import say
from models.base import now
from pages.parts import deeds, gate, place_cards, show

seat = gate.require(Right.PLACING)
here = seat.community.community_id

try:
    with database.reading() as session:
        places = places_to_assign(session, here)
        sheets = unplaced_sheets(session, here, places)
        sentences = unplaced_sentences(session, here, places, at=now())
except LinshengError as error:
    show.fail(str(error))
    st.stop()


def finding(n: int, more: bool) -> str:
    """How much there is to do."""
    if not n:
        return say("unplaced.screen.finding_none")
    return say(f"unplaced.screen.{'finding_more' if more else 'finding'}", n=n)


shown = len(sheets[:PAGE]) + len(sentences[:PAGE])
many = len(sheets) > PAGE or len(sentences) > PAGE
show.top(seat.community, say("menu.screen.unplaced"), finding(shown, many), how=say("unplaced.screen.how"))
deeds.told()
if not places.all:
    show.empty(say("unplaced.screen.no_places"))
elif not shown:
    show.empty(say("unplaced.screen.none"))
if places.all and sheets:
    place_cards.draw(seat, "sheets", sheets[:PAGE], places.all)
if places.all and sentences:
    place_cards.draw(seat, "sentences", sentences[:PAGE], places.all)
