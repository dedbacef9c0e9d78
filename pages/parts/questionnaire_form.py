"""A questionnaire as screens, one section each: forward, back, further questions, sent once.

The sheet (answers, step, idempotency key) lives in the session; its key is made once, so however often
"send" is tapped one response is stored. Which questions are asked and what is wrong with an answer is
decided by core.questionnaires; here it is only drawn.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st

from core.actions.store_response import Receipt
from core.actions.submit import Submission, save_response
from core.errors import LinshengError
from core.questionnaires.answers import AnswerError
from core.questionnaires.schema import Definition, Section
from core.questionnaires.screens import has_further, problems_on, screens
from core.text.danger import dangers
from core.words import say
from pages.parts import questions
from pages.parts.here import fail
from pages.parts.questions import Asking, Places

# Serves step.js: the content security policy runs no script inside a page.
STEP = "/step.js"


@dataclass
class Sheet:
    """One sheet of paper, so to speak: from its first answer until its receipt."""

    kind: str
    round_id: int
    activity_id: int | None = None
    key: str = field(default_factory=lambda: uuid4().hex)
    started: float = field(default_factory=time.monotonic)
    answers: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    further: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    failure: str = ""
    receipt: Receipt | None = None


def unfinished(kind: str, round_id: int | None, activity_id: int | None = None) -> Sheet | None:
    """The session's unfinished sheet of this kind; else a new one for the round; None without a round.

    A sheet that was begun stays even when its round has closed meanwhile: its answers are not thrown away.
    """
    name = f"sheet.{kind}"
    sheet: Sheet | None = st.session_state.get(name)
    if round_id is not None and (sheet is None or sheet.activity_id != activity_id):
        sheet = st.session_state[name] = Sheet(kind, round_id, activity_id)
    return sheet


def prefill_place(sheet: Sheet, definition: Definition, grid: int | None) -> None:
    """Put the grid of a scanned QR code where a place is asked for, unless something stands there."""
    for question in definition.questions if grid else ():
        if question.kind == "place":
            sheet.answers.setdefault(question.code, {"grid": grid, "building": 0})


def dangers_said(definition: Definition, sheet: Sheet) -> tuple[str, ...]:
    """The kinds of danger the sheet's written words speak of."""
    said = [str(sheet.answers.get(q.code) or "") for q in definition.questions if q.kind == "text"]
    return tuple(dict.fromkeys(kind for text in said for kind in dangers(text)))


def show(
    definition: Definition, sheet: Sheet, *, places: Places, minutes: int | None = None
) -> Receipt | None:
    """Draw the sheet's present screen; its receipt once it is stored, and the sheet is then forgotten.

    `minutes` is what the further questions usually take, if that has been measured.
    """
    if sheet.receipt is not None:
        st.session_state.pop(f"sheet.{sheet.kind}", None)
        return sheet.receipt
    asking = Asking(definition, sheet.answers, sheet.problems, places, prefix=sheet.key[:6])
    section, n_screens = _screen(asking, sheet)
    questions.collect(asking, section.questions)
    section, n_screens = _screen(asking, sheet)  # what was just answered may ask for more
    _top(section, sheet, n_screens)
    for question in section.questions:
        questions.show(asking, question)
    _buttons(asking, sheet, minutes)
    return None


def _screen(asking: Asking, sheet: Sheet) -> tuple[Section, int]:
    """The screen the sheet is at, and how many there are for this person."""
    found = screens(asking.definition, sheet.answers, further=sheet.further)
    sheet.step = min(sheet.step, len(found) - 1)
    return found[sheet.step], len(found)


def _top(section: Section, sheet: Sheet, n_screens: int) -> None:
    """Progress in words and as a bar, the section's title, and a summary of what needs another look."""
    words = ""
    if n_screens > 1:
        words = say("resident.step.progress", step=sheet.step + 1, steps=n_screens)
        share = round(100 * (sheet.step + 1) / n_screens)
        words = (
            f'<p class="ls-step">{escape(words)}</p><div class="ls-bar" role="progressbar" '
            f'aria-label="{escape(words)}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{share}">'
            f'<div style="width:{share}%"></div></div>'
        )
    hint = f'<p class="ls-hint">{escape(section.hint)}</p>' if section.hint else ""
    # A new screen begins at its top: the page itself would stay scrolled to where "next" was tapped.
    st.html(
        f'<div id="ls-top-{sheet.step}">{words}<h2 tabindex="-1">{escape(section.title)}</h2>{hint}</div>'
        f'<script src="{STEP}"></script>',
        unsafe_allow_javascript=True,
    )
    if sheet.failure:
        fail(sheet.failure)
    elif sheet.problems:
        fail(say("resident.step.problems", n=len(sheet.problems)))


def _buttons(asking: Asking, sheet: Sheet, minutes: int | None) -> None:
    section, n_screens = _screen(asking, sheet)
    known = (asking, sheet, frozenset(question.code for question in section.questions))
    last = sheet.step == n_screens - 1
    name = f"{asking.prefix}-{sheet.step}"
    label = say("resident.step.send" if last else "resident.step.next")
    deed = _send if last else _forward
    st.button(label, key=f"{name}-go", type="primary", width="stretch", on_click=deed, args=known)
    if last and not sheet.further and has_further(asking.definition):
        st.html(f'<p class="ls-hint">{escape(say("resident.step.more_line"))}</p>')
        label = say("resident.step.more", minutes=minutes) if minutes else say("resident.step.more_questions")
        st.button(label, key=f"{name}-more", width="stretch", on_click=_go_further, args=known)
    if sheet.step:
        label = say("resident.step.back")
        st.button(label, key=f"{name}-back", type="tertiary", width="stretch", on_click=_back, args=known)


def _in_order(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> bool:
    """Whether the present screen has no problem and showed every question its answers ask for."""
    questions.collect(asking, _screen(asking, sheet)[0].questions)
    section, _ = _screen(asking, sheet)
    sheet.failure = ""
    sheet.problems = problems_on(asking.definition, section, sheet.answers)
    return not sheet.problems and {question.code for question in section.questions} <= shown


def _forward(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    if _in_order(asking, sheet, shown):
        sheet.step += 1


def _go_further(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    if _in_order(asking, sheet, shown):
        sheet.further = True
        sheet.step += 1


def _back(asking: Asking, sheet: Sheet, _shown: frozenset[str]) -> None:
    questions.collect(asking, _screen(asking, sheet)[0].questions)
    sheet.problems, sheet.failure = {}, ""
    sheet.step = max(0, sheet.step - 1)


def _send(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    """Store the sheet; whatever prevents it is said, and every answer stays on the screen."""
    if sheet.receipt is not None or not _in_order(asking, sheet, shown):
        return
    submission = Submission(
        round_id=sheet.round_id,
        answers=sheet.answers,
        key=sheet.key,
        short=not sheet.further,
        seconds=round(time.monotonic() - sheet.started),
        activity_id=sheet.activity_id,
        questionnaire=asking.definition.code,
    )
    try:
        sheet.receipt = save_response(submission)
    except AnswerError as error:
        _go_to_first(asking, sheet, error)
    except LinshengError as error:
        sheet.failure = str(error)


def _go_to_first(asking: Asking, sheet: Sheet, error: AnswerError) -> None:
    """Turn to the first screen with a problem."""
    sheet.problems = {problem.question: problem.sentence() for problem in error.problems}
    for step, section in enumerate(screens(asking.definition, sheet.answers, further=sheet.further)):
        if any(question.code in sheet.problems for question in section.questions):
            sheet.step = step
            return
