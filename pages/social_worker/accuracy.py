"""读得准不准: how well the classifier reads hands it never saw, and what that does not say."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.access import Right
from core.errors import LinshengError
from core.words import say
from models.classifier_version import EVALUATE
from pages.parts import accuracy_parts, classifier_parts, gate, show
from pages.parts.accuracy_parts import Drawn

seat = gate.require(Right.CLASSIFIER)


def areas(drawn: Drawn) -> None:
    """F1 of each area with its interval, and the table under it."""
    show.section(say("accuracy.areas.title"), say("accuracy.areas.note"))
    if drawn.weakest:
        st.html(f"<p>{escape(drawn.weakest)}</p>")
    show.chart(drawn.areas, "", key="accuracy-areas", alt=say("accuracy.areas.chart"))
    table = drawn.areas_table
    picture = ("accuracy-areas", drawn.finding)
    explain = say("accuracy.areas.explain")
    show.under(table, "accuracy", explain, numeric=table.columns[1:], picture=picture, unfolded=True)


def trust(drawn: Drawn) -> None:
    """What is taken for what; how far the machine's own certainty can be followed."""
    show.section(say("accuracy.confusion.title"), say("accuracy.confusion.note"))
    st.html(drawn.confusions)
    left, right = st.columns(2, gap="large")
    with left:
        show.section(say("accuracy.coverage.title"))
        st.html(drawn.coverage)
    with right:
        show.section(say("accuracy.calibration.title"))
        st.html(drawn.calibration)


def more(drawn: Drawn) -> None:
    """Sentiment, intent, urgency; whether more labels would help; each hand by itself."""
    show.section(say("accuracy.others.title"), say("accuracy.others.note"))
    st.html(drawn.others)
    if drawn.curve is not None:
        show.section(say("accuracy.curve.title"), say("accuracy.curve.note"))
        st.html(f"<p>{escape(drawn.curve_finding)}</p>")
        show.chart(drawn.curve, "", key="accuracy-curve", alt=say("accuracy.curve.chart"))
        st.html(drawn.curve_table)
    st.html(drawn.files)


def limits() -> None:
    """What no evaluation on shipped comments can say, and where that stands."""
    show.section(say("accuracy.limits.title"))
    st.html(f"<p>{escape(say('accuracy.limits.told'))}{escape(say('accuracy.limits.sample'))}</p>")
    if seat.viewer.may(Right.COMMENTS):
        st.page_link("committee/comments.py", label=say("accuracy.limits.link"))


def screen() -> None:
    """The finding and what stands behind it, then the way to evaluate anew."""
    found = accuracy_parts.shown()
    drawn = found.drawn
    finding = drawn.finding if drawn else say("accuracy.empty.title")
    show.top(seat.community, say("accuracy.screen"), finding, how=drawn.how if drawn else "")
    accuracy_parts.warnings(found)
    if drawn is None:
        show.empty(say("accuracy.empty.told"))
    else:
        areas(drawn)
        trust(drawn)
        more(drawn)
        limits()
    show.section(say("accuracy.again.title"), say("accuracy.again.note"))
    classifier_parts.working(EVALUATE, seat.viewer.account_id, "")


try:
    screen()
except LinshengError as error:
    show.fail(str(error))
