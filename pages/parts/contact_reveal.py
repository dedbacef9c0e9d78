"""居民留了电话: that a comment's author asks to be called, and the number, for those who may see it."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.access import Right
from core.actions.alerts import Desk
from core.actions.contacts import reveal
from core.errors import LinshengError
from core.phones import show_phone
from core.queries.contacts_left import LEFT, contact_left
from core.words import say
from models.base import now
from pages.parts import show
from pages.parts.gate import Seat


def section(seat: Seat, comment_id: int, *, may_open: bool = True) -> None:
    """Say that a call is asked for, with the button that opens the number: it is written down who looked.

    Nothing for whoever has no right to it, or where none was left; no button unless `may_open`.
    """
    if not seat.viewer.may(Right.CONTACTS):
        return
    with database.reading() as session:
        found = contact_left(session, comment_id, now())
    if not found:
        return
    told = say("contacts.left" if found == LEFT else "contacts.left_gone")
    st.html(f'<p class="st-note"><b>{escape(told)}</b></p>')
    if may_open and found == LEFT:
        _button(seat, comment_id)


def _button(seat: Seat, comment_id: int) -> None:
    if not st.button(say("contacts.see"), key=f"contact.see.{comment_id}"):
        return
    try:
        with database.writing() as session:
            found = reveal(session, comment_id, Desk(seat.community.community_id, seat.viewer.account_id))
    except LinshengError as error:
        show.fail(str(error))
        return
    phone = show_phone(found.phone)
    told = say("contacts.called", phone=phone, called=found.called) if found.called else phone
    st.html(f"<p>{escape(say('contacts.told'))}<br><b>{escape(told)}</b></p>")
