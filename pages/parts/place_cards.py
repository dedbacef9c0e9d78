"""A card for each sheet or sentence without a place: its words, the places they name as buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from core import database
from core.actions.alerts import Desk
from core.actions.assign_place import assign_response, assign_sentence, forget_words
from core.errors import LinshengError
from core.queries.unplaced import Unplaced
from core.questionnaires.place_words import NamedPlace
from core.words import day, say
from pages.parts import deeds, show
from pages.parts.gate import Seat

# More suggestions than this are no suggestion: then the list is quicker.
MOST_SUGGESTED = 4


def draw(seat: Seat, kind: str, items: Sequence[Unplaced], places: Sequence[NamedPlace]) -> None:
    """The cards of one kind, `sheets` or `sentences`."""
    show.section(say(f"unplaced.{kind}.title"), say(f"unplaced.{kind}.note"))
    names = _names(places)
    for item in items:
        with st.container(border=True, key=f"unplaced-{kind}-{item.id}"):
            _card(seat, kind, item, names)


def _names(places: Sequence[NamedPlace]) -> dict[NamedPlace, str]:
    """Each place as it is told apart from all others: a building with its grid."""
    grids = {place.grid: place.name for place in places if not place.building}
    return {
        place: say("unplaced.card.house", grid=grids.get(place.grid, ""), building=place.name)
        if place.building
        else say("unplaced.card.grid_only", grid=place.name)
        for place in places
    }


def _card(seat: Seat, kind: str, item: Unplaced, names: dict[NamedPlace, str]) -> None:
    when = day(item.said_at)
    about = say("unplaced.card.on", day=when, about=item.about) if item.about else when
    st.html(f'<p class="st-said" dir="auto">{escape(item.words)}</p><p class="st-note">{escape(about)}</p>')
    key = f"unplaced.{kind}.{item.id}"
    suggested = [place for place in item.named if place in names]
    if 0 < len(suggested) <= MOST_SUGGESTED:
        with st.container(horizontal=True, key=f"{key}.suggested"):
            for place in suggested:
                if st.button(
                    say("unplaced.card.here", place=names[place]),
                    type="primary",
                    key=f"{key}.{place.grid}.{place.building}",
                ):
                    _assign(seat, kind, item, place, told=names[place])
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}.others"):
        chosen = st.selectbox(
            say("unplaced.card.other" if suggested else "unplaced.card.choose"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=say("unplaced.card.choose"),
            key=f"{key}.other",
        )
        if st.button(say("unplaced.card.assign"), disabled=chosen is None, key=f"{key}.assign") and chosen:
            _assign(seat, kind, item, chosen, told=names[chosen])
        if kind == "sheets" and st.button(say("unplaced.card.unknown"), key=f"{key}.unknown"):
            _do(lambda session, desk: forget_words(session, item.id, desk), seat, "forgotten")


def _assign(seat: Seat, kind: str, item: Unplaced, place: NamedPlace, *, told: str) -> None:
    act = assign_response if kind == "sheets" else assign_sentence
    done = "placed" if kind == "sheets" else "placed_sentence"
    _do(
        lambda session, desk: act(session, item.id, desk, grid=place.grid, building=place.building or None),
        seat,
        done,
        place=told,
    )


def _do(act: Callable[..., None], seat: Seat, done: str, **fields: object) -> None:
    """Act in one transaction, and say so on the next run."""
    try:
        with database.writing() as session:
            act(session, Desk(seat.community.community_id, seat.viewer.account_id))
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say(f"unplaced.card.{done}", **fields))
