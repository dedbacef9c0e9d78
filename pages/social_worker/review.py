"""意见复核: one comment after another, the machine's two best guesses, one key to decide."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.access import Right
from core.errors import LinshengError
from core.queries.review import Desk, ReviewItem, labelled_today
from core.queries.review_history import Reviewed, Said, history, reviewed
from core.queries.review_queue import Order, Waiting, waiting
from core.words import say
from models.base import now
from pages.parts import gate, review_agreement, review_parts, review_queue, review_team, show

seat = gate.require(Right.REVIEW)
DESK = Desk(seat.community.community_id, seat.viewer.account_id)


def head(there: Waiting, today: int) -> None:
    """How far one has come."""
    done = "review.finding" if there.first else "review.finding_done"
    show.top(seat.community, say("review.screen"), say(done, today=f"{today:,}", left=f"{there.first:,}"))


def choose_order(n_second: int) -> Order:
    """Which comments come first."""
    named = {
        Order.TEACHES: say("review.order.teaches"),
        Order.URGENT: say("review.order.urgent"),
        Order.SAMPLE: say("review.order.sample"),
        Order.SECOND: say("review.order.second", n=f"{n_second:,}"),
    }
    chosen = st.segmented_control(
        say("review.order.label"), list(named), format_func=named.__getitem__, default=Order.TEACHES,
        required=True, key="review.order", label_visibility="collapsed",
    )  # fmt: skip
    return Order(chosen or Order.TEACHES)


def nothing(order: Order, unread: int, *, begun: bool) -> None:
    """Nothing to review: said in words, with what was skipped to take up again."""
    if skipped := review_queue.n_skipped():
        show.empty(say("review.empty.skipped"))
        again = say("review.pick.skipped", n=f"{skipped:,}")
        st.button(again, shortcut=say("review.key.skip"), on_click=review_queue.unskip)
        return
    reason = "first" if begun else "none_yet"
    reason = "second" if order is Order.SECOND else "unread" if unread else reason
    show.empty(say(f"review.empty.{reason}", n=f"{unread:,}"))
    review_parts.undo_button()


def asked(item: ReviewItem | None) -> tuple[list[Said], list[Reviewed]]:
    """The record of the comment at hand, and what one labelled last."""
    with database.reading() as session:
        said = history(session, DESK, item.comment_id, now()) if item else []
        return said, reviewed(session, DESK)


def screen() -> None:
    """Carry out what was pressed, then show the next comment."""
    kind, sentence = review_queue.carry_out(DESK)
    with database.reading() as session:
        there, today = waiting(session, DESK), labelled_today(session, DESK, now())
    head(there, today)
    order = choose_order(there.second)
    item = review_queue.current(DESK, order)
    said, before = asked(item)
    words, corner = st.columns([7, 4], gap="large")
    with words:
        if item is None:
            nothing(order, there.first, begun=bool(before))
        else:
            review_parts.comment(item)
            review_parts.decide(item)
        review_parts.told(sentence, failed=kind == "fail")
    with corner:
        review_agreement.corner(DESK)
        if item is not None:
            review_parts.history(said)
    review_parts.recent(before)
    review_team.section(seat)
    st.html(f'<p class="st-note">{escape(say(f"review.order.{order}_note"))} {escape(say("review.how"))}</p>')


st.html(review_parts.style())
try:
    screen()
except LinshengError as error:
    show.fail(str(error))
