"""What the classifier's screen is made of: versions and their figures, the deeds, how far the jobs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from core import database
from core.actions import classifier_jobs, reevaluate, reread, retrain
from core.actions.classifier_versions import LABELLED, LEXICON, adopt, file_of, go_back
from core.analysis.intervals import wilson
from core.errors import LinshengError
from core.queries.classifier import JobCard, VersionCard, job_card
from core.text import store
from core.words import CHINA, say
from models.classifier_version import (
    ADOPTED,
    EVALUATE,
    INTERRUPTED,
    REREAD,
    RETRAIN,
    RUNNING,
    ClassifierVersion,
)
from pages.parts import deeds, show
from pages.parts.figures import kept

# Below this a share would only look exact.
FEWEST_FOR_SHARE = 30
EVERY_SECONDS = 2.0
_STYLE = ".st-key-classifier-versions td:not(.n) { min-width: 6.5em; }"
# So often a process that was started is waited for.
MOST_WAITS = 20
_BEGUN = "classifier.begun"
# Who begins each kind of job; those that take long can be stopped.
_DEEDS = {RETRAIN: retrain, REREAD: reread, EVALUATE: reevaluate}
_CAN_STOP = (REREAD, EVALUATE)


@kept
def shipped() -> str:
    """The version of the data as they came; the files are looked at anew every minute."""
    return store.current_version(LABELLED, LEXICON)


@kept
def others(url: str, version: str, done: JobCard | None) -> int:
    """Comments that another version read; looked up anew every minute, and after each re-reading."""
    with database.reading() as session:
        return reread.to_reread(session, version)


def share(right: int, n: int) -> str:
    """The share right with its interval; words where too few were compared."""
    if n < FEWEST_FOR_SHARE:
        return say("classifier.table.too_few")
    low, high = wilson(right / n, n)
    return say("classifier.table.share", share=f"{right / n:.1%}", low=f"{low:.1%}", high=f"{high:.1%}")


def amount(n: int) -> str:
    """A number of comments: one to four are not counted out."""
    return say("classifier.few") if 0 < n < 5 else f"{n:,}"


def table(cards: Sequence[VersionCard]) -> None:
    """All versions with their figures beside those of the version each was compared with."""
    names = ("version", "state", "made", "learned", "old", "new", "f1", "held")
    heads = {name: say(f"classifier.table.{name}") for name in names}
    rows = [[row(card)[name] for name in names] for card in cards]
    frame = pd.DataFrame(rows, columns=list(heads.values()))
    numeric = [heads[name] for name in ("f1", "held")]
    with st.container(key="classifier-versions"):
        st.html(f"<style>{_STYLE}</style>")
        show.under(frame, "classifier", say("classifier.explain"), numeric=numeric, unfolded=True)


def row(card: VersionCard) -> dict[str, str]:
    """One version as cells."""
    few = card.n_held < FEWEST_FOR_SHARE
    f1 = [f"{value:.3f}" for value in (card.old_macro_f1, card.new_macro_f1) if value is not None]
    learned = say("classifier.table.of", shipped=f"{card.n_shipped:,}", own=amount(card.n_community))
    return {
        "version": card.version,
        "made": f"{card.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "learned": learned,
        "state": _state(card),
        "old": share(card.n_old_right, card.n_held),
        "new": share(card.n_new_right, card.n_held),
        "f1": say("classifier.table.too_few") if few or len(f1) < 2 else " → ".join(f1),
        "held": amount(card.n_held),
    }


def _state(card: VersionCard) -> str:
    state = say(f"classifier.state.{card.state}")
    if not card.reason:
        return state
    return say("classifier.table.with_why", state=state, why=say(f"classifier.short.{card.reason}"))


def outcome(card: VersionCard) -> None:
    """What the newest version came to, in a sentence."""
    if card.reason not in ("", "shipped", "left"):
        told = say(f"classifier.outcome.{card.state}", version=card.version)
        show.note(told + say(f"classifier.reason.{card.reason}"))


def decide(cards: Sequence[VersionCard], *, can_go_back: bool, account_id: int) -> None:
    """Adopt one of the versions that can read, or go back to the one before."""
    others = [c.version for c in cards if c.state != ADOPTED and file_of(c.version).exists()]
    with st.container(horizontal=True, vertical_alignment="bottom", key="classifier-decide"):
        if others:
            chosen = st.selectbox(say("classifier.screen.which"), others, key=f"classifier.{deeds.turn()}")
            if st.button(say("classifier.screen.adopt")):
                _decided("classifier.screen.adopted", lambda s: adopt(s, chosen, account_id=account_id))
        if st.button(say("classifier.screen.back"), disabled=not can_go_back):
            _decided("classifier.went_back", lambda s: go_back(s, account_id=account_id))


def _decided(sentence: str, deed: Callable[[Any], ClassifierVersion]) -> None:
    try:
        with database.writing() as session:
            version = deed(session).version
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say(sentence, version=version))


def _alive(kind: str) -> tuple[JobCard | None, bool]:
    with database.reading() as session:
        row = classifier_jobs.latest(session, kind)
        return (job_card(row), classifier_jobs.is_alive(row)) if row else (None, False)


def working(kind: str, account_id: int, note: str) -> None:
    """One long job: its button while nobody is at it, else how far it is, looked up every two seconds."""
    _, alive = _alive(kind)
    alive = alive or bool(st.session_state.pop(f"{_BEGUN}.{kind}", False))
    st.fragment(_work, run_every=EVERY_SECONDS if alive else None)(kind, account_id, note, alive)


def _work(kind: str, account_id: int, note: str, was_alive: bool) -> None:
    found, alive = _alive(kind)
    if alive and found is not None:
        _progress(kind, found)
        return
    mark, waits = st.session_state.get(f"{_BEGUN}.mark.{kind}", (None, 0))
    if was_alive and waits and mark == _mark(found):
        # The process has only just been started and has not reached the record yet.
        st.session_state[f"{_BEGUN}.mark.{kind}"] = (mark, waits - 1)
        st.html(f'<p class="st-note" role="status">{escape(say("classifier.screen.starting"))}</p>')
        return
    if was_alive:
        st.rerun()
    _last(kind, found)
    if note:
        st.html(f'<ul class="st-todo"><li>{escape(note)}</li></ul>')
    again = kind == REREAD and found is not None and found.state in (INTERRUPTED, RUNNING)
    if st.button(say(f"classifier.screen.{kind}{'_on' if again else ''}"), key=f"classifier.{kind}"):
        _DEEDS[kind].begin_in_child(account_id)
        st.session_state[f"{_BEGUN}.{kind}"] = True
        st.session_state[f"{_BEGUN}.mark.{kind}"] = (_mark(found), MOST_WAITS)
        st.rerun()


def _mark(found: JobCard | None) -> tuple[object, ...]:
    """What changes as soon as somebody is at a job."""
    return (found.id, found.beat_at) if found else ()


def _progress(kind: str, found: JobCard) -> None:
    part = min(1.0, found.done / found.total) if found.total else 0.0
    n = {"done": f"{found.done:,}", "total": f"{found.total:,}"}
    st.progress(part, text=say(f"classifier.screen.{kind}_far", **n))
    if kind in _CAN_STOP and st.button(say("classifier.screen.stop"), key="classifier.stop"):
        try:
            with database.writing() as session:
                classifier_jobs.interrupt(session, kind)
        except LinshengError as error:
            show.fail(str(error))


def _last(kind: str, found: JobCard | None) -> None:
    """What the last job of this kind came to, if it ended otherwise than well."""
    if found is None:
        return
    state = INTERRUPTED if found.state == RUNNING else found.state
    n = {"done": f"{found.done:,}", "total": f"{found.total:,}"}
    told = say(f"classifier.last.{kind}_{state}", **n)
    st.html(f'<ul class="st-todo"><li>{escape(told)}</li></ul>')
