"""Thanks: in danger the right number first, then the receipt to copy by hand and what happens next."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.security import show_receipt
from core.words import say, sentences
from pages.parts import here, thanks

place = here.show(say("resident.thanks.name"))
stored = thanks.remembered()


def danger(kind: str) -> str:
    """Whom to call, as a line of text."""
    known = f"resident.danger.{kind}"
    return f"<li>{escape(say(known if known in sentences() else 'resident.danger.other'))}</li>"


if stored is None:
    here.note(say("resident.thanks.none"))
else:
    if stored.dangers:
        title, lead = escape(say("resident.danger.title")), escape(say("resident.danger.lead"))
        numbers = "".join(dict.fromkeys(map(danger, stored.dangers)))
        st.html(f'<div class="ls-danger" role="alert"><h2>{title}</h2><p>{lead}</p><ul>{numbers}</ul></div>')
    if stored.receipt.repeated:
        here.note(say("resident.thanks.repeated"))
    st.html(
        f"<h2>{escape(say('resident.thanks.title'))}</h2>"
        f'<div class="ls-receipt"><p>{escape(say("resident.thanks.code"))}</p>'
        f"<strong>{escape(show_receipt(stored.receipt.code))}</strong>"
        f"<p>{escape(say('resident.thanks.copy'))}</p></div>"
        f"<h3>{escape(say('resident.thanks.next_title'))}</h3>"
        f"<p>{escape(say(f'resident.thanks.next_{stored.kind}'))}</p>"
    )
st.page_link("resident/receipt.py", label=say("resident.thanks.look_up"), width="stretch")
