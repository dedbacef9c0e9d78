"""查回执: a code shows what became of one's words: received, read as, answered."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.errors import LinshengError, NotFound
from core.queries.receipts import AnswerGiven, ReceiptLife, SaidWords, life_of
from core.queries.topics import OthersSaid, others_said
from core.security import normalise_receipt, receipt_hash
from core.words import day, say
from models.taxonomy import ANSWER_STATES, AREA_LABELS
from pages.parts import here


def find(typed: str) -> tuple[ReceiptLife, dict[int, OthersSaid]]:
    """The life behind what was typed, and who else said so, by comment; raises NotFound for no such code."""
    with database.reading() as session:
        life = life_of(session, receipt_hash(normalise_receipt(typed)))
        if life is None:
            raise NotFound.say("unknown_receipt")
        found = {said.comment_id: others_said(session, said.comment_id) for said in life.said}
    return life, {comment_id: others for comment_id, others in found.items() if others}


def reading(said: SaidWords) -> str:
    """How the words were read, or that they are still being read."""
    if said.areas:
        areas = say("resident.receipt.and").join(AREA_LABELS.get(area, area) for area in said.areas)
        return say("resident.receipt.read_as", areas=areas)
    return say("resident.receipt.unsure" if said.state == "abstained" else "resident.receipt.reading")


def answer(given: AnswerGiven) -> str:
    """One answer: its state and day, the reason, who is responsible and until when."""
    state = ANSWER_STATES.get(given.state, given.state)
    parts = [given.reason]
    parts.append(say("resident.receipt.owner", owner=given.owner) if given.owner else "")
    parts.append(say("resident.receipt.due", day=here.on(given.due_on)) if given.due_on else "")
    head = say("resident.receipt.answered", state=state, day=day(given.answered_at))
    return f"<li><b>{escape(head)}</b><br>{escape(' '.join(part for part in parts if part))}</li>"


def words(said: SaidWords, others: OthersSaid | None) -> str:
    """One comment's quotation and its way so far, as HTML with everything escaped."""
    also = say("resident.receipt.others", n=others.voices, title=others.title) if others else ""
    so_do = f"<li>{escape(also)}</li>" if also else ""
    answers = "".join(map(answer, said.answers)) or f"<li>{escape(say('resident.receipt.not_answered'))}</li>"
    return (
        f"<blockquote>{escape(said.text)}</blockquote>"
        f'<ol class="ls-life"><li>{escape(reading(said))}</li>{so_do}{answers}</ol>'
    )


def draw(life: ReceiptLife, others: dict[int, OthersSaid]) -> None:
    """Show the life of a receipt."""
    if life.kind == "deleted":
        here.note(say("resident.receipt.deleted", day=day(life.received_at)))
        return
    about = say(f"resident.receipt.received_{life.kind}", about=life.about)
    body = "".join(words(said, others.get(said.comment_id)) for said in life.said)
    body = body or f"<p>{escape(say('resident.receipt.no_words'))}</p>"
    received = escape(say("resident.receipt.received", day=day(life.received_at)))
    st.html(f'<div class="ls-card"><h2>{escape(about)}</h2><p class="ls-hint">{received}</p>{body}</div>')


here.show(say("resident.receipt.title"))
with st.form("receipt", border=False):
    typed = st.text_input(
        say("resident.receipt.label"),
        placeholder=say("resident.receipt.hint"),
        max_chars=20,
        autocomplete="off",
    )
    asked = st.form_submit_button(say("resident.receipt.look"), type="primary", width="stretch")
if asked and not typed.strip():
    here.fail(say("resident.receipt.empty"))
elif typed.strip():
    try:
        draw(*find(typed))
    except LinshengError as error:
        here.fail(str(error))
