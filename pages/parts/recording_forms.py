"""The forms of the recordings screen: choosing a question, uploading its recording, deleting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.actions.recordings import (
    MOST_BYTES,
    MOST_DIALECT,
    Recording,
    delete_recording,
    save_recording,
)
from core.errors import LinshengError
from core.questionnaires.schema import Definition
from core.words import say
from pages.parts import deeds, show
from pages.parts.gate import Seat


def _key(name: str) -> str:
    return f"recordings.{name}.{deeds.turn()}"


def choose(asked: Sequence[Definition]) -> Definition:
    """The questionnaire looked at."""
    by_code = {one.code: one for one in asked}
    code = st.selectbox(
        say("admin.recordings.questionnaire"),
        list(by_code),
        format_func=lambda code: by_code[code].title,
        key="recordings.of",
    )
    return by_code[code]


def names(definition: Definition) -> dict[str, str]:
    """What can be read aloud, by its code: each question, of a matrix each row."""
    found = {}
    for question in definition.questions:
        for row in question.rows:
            found[row.code] = say("admin.recordings.row", question=question.text, row=row.label)
        if not question.rows:
            found[question.code] = question.text
    return found


def state(kept: Recording | None) -> tuple[str, str]:
    """A recording as two cells: whether there is one, and how large it is."""
    if kept is None:
        return say("admin.recordings.has_none"), ""
    has = say("admin.recordings.has_plain")
    if kept.dialect:
        has = say("admin.recordings.has", dialect=kept.dialect)
    return has, say("admin.recordings.size", kb=f"{max(1, kept.size // 1000):,}")


def change(seat: Seat, definition: Definition, kept: Mapping[str, Recording]) -> None:
    """One question: its recording to listen to, another one, or none."""
    known = names(definition)
    with st.container(border=True):
        question = st.selectbox(
            say("admin.recordings.question"),
            list(known),
            format_func=known.__getitem__,
            key=f"recordings.question.{definition.code}",
        )
        there = kept.get(question)
        if there is not None:
            show.section(say("admin.recordings.listen"))
            st.audio(there.path.read_bytes(), format=there.media_type)
        _upload(seat, definition, question, there)
        if there is not None:
            _delete(seat, definition, question)


def _upload(seat: Seat, definition: Definition, question: str, there: Recording | None) -> None:
    # Without `type`: what a file is, its content says, and what it is not is told in our own words.
    file = st.file_uploader(say("admin.recordings.file", most=MOST_BYTES // 1_000_000), key=_key("file"))
    dialect = st.text_input(
        say("admin.recordings.dialect"),
        there.dialect if there else "",
        max_chars=MOST_DIALECT,
        key=_key(f"dialect.{question}"),
    )
    label = say("admin.recordings.replace" if there else "admin.recordings.save")
    if not st.button(label, type="primary", key="recordings.save"):
        return
    if file is None:
        show.fail(say("admin.recordings.file_missing"))
        return
    try:
        save_recording(
            definition.code,
            question,
            file.getvalue(),
            dialect=dialect,
            account_id=seat.viewer.account_id,
        )
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say("admin.recordings.saved", question=names(definition)[question]))


def _delete(seat: Seat, definition: Definition, question: str) -> None:
    sure = st.checkbox(say("admin.recordings.delete_sure"), key=_key(f"sure.{question}"))
    if not st.button(say("admin.recordings.delete"), key="recordings.delete"):
        return
    if not sure:
        show.fail(say("admin.recordings.delete_unsure"))
        return
    try:
        delete_recording(definition.code, question, account_id=seat.viewer.account_id)
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say("admin.recordings.deleted", question=names(definition)[question]))
