"""分类器: which version reads the comments, how good it is, learning again, the way back, reading again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import database
from core.access import Right
from core.actions.classifier_versions import before, file_of, in_force
from core.errors import LinshengError
from core.queries.classifier import VersionCard, job, n_reviewed, versions
from core.settings import settings
from core.words import CHINA, say
from models.classifier_version import ADOPTED, REREAD, RETRAIN
from pages.parts import classifier_parts, deeds, gate, show

seat = gate.require(Right.CLASSIFIER)
here = seat.viewer.account_id


def finding(version: str, cards: Sequence[VersionCard]) -> str:
    """Which version reads, since when, from how many labels."""
    if not file_of(version).exists():
        return say("classifier.screen.none")
    found = next((card for card in cards if card.version == version), None)
    if found is None or found.adopted_at is None:
        return say("classifier.screen.shipped", version=version)
    if found.state != ADOPTED:
        return say("classifier.screen.instead", version=version)
    since = f"{found.adopted_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    learned = {"shipped": f"{found.n_shipped:,}", "own": classifier_parts.amount(found.n_community)}
    return say("classifier.screen.finding", since=since, **learned)


def labels_note(n: int) -> str:
    """How many reviewed comments there are to learn from."""
    least = settings().learn_least
    enough = "labels" if n >= least else "labels_few"
    return say(f"classifier.screen.{enough}", n=classifier_parts.amount(n), least=least)


def screen() -> None:
    """Look, then decide."""
    with database.reading() as session:
        version = in_force(session, classifier_parts.shipped())
        cards, back = versions(session), before(session)
        read = job(session, REREAD)
        n = n_reviewed(session, synthetic=settings().learn_from_synthetic)
    how = say("classifier.how", version=version)
    show.top(seat.community, say("classifier.screen.title"), finding(version, cards), how=how)
    deeds.told()
    show.section(say("classifier.screen.retrain_title"), say("classifier.screen.retrain_note"))
    classifier_parts.working(RETRAIN, here, labels_note(n))
    show.section(say("classifier.screen.versions"), say("classifier.screen.versions_note"))
    if cards:
        classifier_parts.outcome(cards[0])
        classifier_parts.table(cards)
    else:
        show.empty(say("classifier.screen.no_versions"))
    classifier_parts.decide(cards, can_go_back=back is not None, account_id=here)
    show.section(say("classifier.screen.reread_title"), say("classifier.screen.reread_note"))
    left = classifier_parts.others(settings().url, version, read)
    note = say("classifier.screen.left", n=f"{left:,}") if left else say("classifier.screen.none_left")
    classifier_parts.working(REREAD, here, note)


try:
    screen()
except LinshengError as error:
    show.fail(str(error))
st.html(f'<p class="st-note">{say("classifier.screen.promise")}</p>')
