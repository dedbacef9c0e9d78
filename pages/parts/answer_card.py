"""One comment large: what was answered before, what its author thinks of it, the form of the next answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from core import database
from core.actions.alerts import Desk
from core.actions.answer_words import MOST_OWNER, MOST_REASON, MOST_WORDING, Answer
from core.actions.answers import answer_comment, answer_topic
from core.errors import Invalid, LinshengError
from core.queries.given_answers import Given, TopicHere, answers_of, topic_here
from core.queries.to_answer import ToAnswer
from core.queries.topics import others_said
from core.words import CHINA, say
from models.taxonomy import ANSWER_STATES, AREA_LABELS
from pages.parts import answer_list, contact_reveal, deeds, show
from pages.parts.gate import Seat

ONE, ALL = "one", "all"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form held when it was sent; `publish` without a wording is refused."""

    answer: Answer
    publish: bool
    whom: str


def desk(seat: Seat) -> Desk:
    """Who acts here, and for which community."""
    return Desk(seat.community.community_id, seat.viewer.account_id)


def card(seat: Seat, item: ToAnswer | None) -> None:
    """Draw the comment looked at with all one can do about it; nothing where there is none."""
    if item is None:
        return
    with database.reading() as session:
        given = answers_of(session, item.comment_id)
        topic = topic_here(session, item.comment_id)
        others = others_said(session, item.comment_id)
    with st.container(key="answer-card", border=True):
        st.html(answer_list.row(item) + _topic(topic, others.voices if others else 0) + _history(given))
        contact_reveal.section(seat, item.comment_id)
        _form(seat, item, given, topic)


def _topic(topic: TopicHere | None, others: int) -> str:
    if topic is None or not topic.title:
        return ""
    told = [say("answers.list.topic", title=topic.title)]
    told += [say("answers.list.others", n=f"{others:,}")] if others else []
    return f'<p class="st-note">{escape(" · ".join(told))}</p>'


def _history(given: Sequence[Given]) -> str:
    if not given:
        return f'<p class="st-note">{escape(say("answers.card.no_history"))}</p>'
    title = escape(say("answers.card.history"))
    return f"<h3>{title}</h3><ol>{''.join(map(_told, given))}</ol>"


def _told(one: Given) -> str:
    """One earlier answer as HTML."""
    head = f"<b>{escape(ANSWER_STATES[one.state])}</b> {one.answered_at.astimezone(CHINA):%Y-%m-%d}"
    lines = [
        one.reason,
        say("answers.card.owner", owner=one.owner) if one.owner else "",
        say("answers.card.due", day=one.due_on) if one.due_on else "",
        say("answers.card.public", wording=one.wording) if one.wording else "",
    ]
    return f"<li>{head}{''.join(f'<br>{escape(line)}' for line in lines if line)}</li>"


def _form(seat: Seat, item: ToAnswer, given: Sequence[Given], topic: TopicHere | None) -> None:
    last = given[-1] if given else None
    with st.form(f"answers.form.{item.comment_id}.{deeds.turn()}", border=False):
        state = st.selectbox(
            say("answers.form.state"), list(ANSWER_STATES), index=None,
            format_func=ANSWER_STATES.__getitem__, placeholder=say("answers.form.choose"),
        )  # fmt: skip
        reason = st.text_area(
            say("answers.form.reason"),
            max_chars=MOST_REASON,
            height=120,
            help=say("answers.form.reason_hint"),
        )
        owner = st.text_input(
            say("answers.form.owner"), last.owner if last else "", max_chars=MOST_OWNER,
            placeholder=say("answers.form.owner_hint"),
        )  # fmt: skip
        due_on: date | None = st.date_input(say("answers.form.due"), None, format="YYYY-MM-DD")
        area = _area(item)
        whom = _whom(topic)
        publish, wording = _public(given, topic)
        if not st.form_submit_button(say("answers.form.save"), type="primary"):
            return
    typed = Answer(state or "", reason, owner, due_on, wording if publish else "", area)
    _save(seat, item, topic, Typed(typed, publish, whom))


def _area(item: ToAnswer) -> str:
    """The area where nobody has decided it; empty where it is decided."""
    if item.area:
        return ""
    codes = list(AREA_LABELS)
    begin = codes.index(item.correction or "other")
    return st.selectbox(say("answers.form.area"), codes, index=begin, format_func=AREA_LABELS.__getitem__)


def _whom(topic: TopicHere | None) -> str:
    if topic is None or topic.comments < 2:
        return ONE
    if not topic.title:
        st.html(f'<p class="st-note">{escape(say("answers.form.no_title"))}</p>')
        return ONE
    named = {
        ONE: say("answers.form.one"),
        ALL: say("answers.form.all", title=topic.title, n=f"{topic.comments:,}"),
    }
    return st.radio(say("answers.form.whom"), list(named), format_func=named.__getitem__)


def _public(given: Sequence[Given], topic: TopicHere | None) -> tuple[bool, str]:
    """Whether it goes onto the board, and under what wording: that of before, else the topic's title."""
    before = next((one.wording for one in reversed(given) if one.wording), "")
    publish = st.checkbox(say("answers.form.publish"), bool(before))
    wording = st.text_input(
        say("answers.form.wording"), before or (topic.title if topic else ""), max_chars=MOST_WORDING,
        help=say("answers.form.wording_hint", most=MOST_WORDING),
    )  # fmt: skip
    return publish, wording


def _save(seat: Seat, item: ToAnswer, topic: TopicHere | None, typed: Typed) -> None:
    told = say("answers.form.done")
    try:
        if typed.publish and not typed.answer.wording.strip():
            raise Invalid(say("answers.wording_empty"))
        with database.writing() as session:
            if typed.whom == ALL and topic is not None:
                n = answer_topic(session, topic.topic_id, typed.answer, desk(seat))
                told = say("answers.form.done_all", n=f"{n:,}")
            else:
                answer_comment(session, item.comment_id, typed.answer, desk(seat))
    except LinshengError as error:
        show.fail(str(error))
        return
    # On to the next one who waits.
    answer_list.choose(None)
    deeds.done(told, *([say("answers.form.done_public")] if typed.publish else []))
