"""A questionnaire as screens, one section each: forward, back, further questions, sent once.

The sheet (answers, step, idempotency key) lives in the session and is kept in the record after every step,
so that a dropped session goes on by its code; its key is made once, so however often "send" is tapped one
response is stored. Which questions are asked and what is wrong with an answer is decided by
core.questionnaires; here it is only drawn.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from core.actions.replace_response import again
from core.actions.round_cache import round_facts
from core.actions.store_response import Receipt
from core.actions.submit import Submission, save_response
from core.errors import Closed, LinshengError
from core.questionnaires.answers import AnswerError
from core.questionnaires.resume import filled_in_by
from core.questionnaires.schema import Definition, Section
from core.questionnaires.screens import has_further, problems_on, screens
from core.questionnaires.steps import step_at
from core.text.danger import dangers
from core.words import say
from pages.parts import door_switch, questions
from pages.parts.door_switch import Sheet
from pages.parts.here import fail
from pages.parts.questions import Asking, Places

# Serves step.js: the content security policy runs no script inside a page.
STEP = "/step.js"


def unfinished(kind: str, round_id: int | None, activity_id: int | None = None) -> Sheet | None:
    """The session's unfinished sheet of this kind; else the one begun on plain pages; else a new one.

    None without a round. A sheet that was begun stays even when its round has closed meanwhile: its answers
    are not thrown away.
    """
    name = f"sheet.{kind}"
    sheet: Sheet | None = st.session_state.get(name)
    if round_id is not None and (sheet is None or sheet.activity_id != activity_id):
        sheet = st.session_state[name] = _begun(kind, round_id, activity_id)
    return sheet


def _begun(kind: str, round_id: int, activity_id: int | None) -> Sheet:
    draft = door_switch.waiting(round_id)
    if draft is None or draft.activity_id != activity_id:
        return Sheet(kind, round_id, activity_id)
    definition = round_facts(round_id).definition
    sheet = door_switch.taken_up(kind, definition, draft)
    found = screens(definition, sheet.answers, further=sheet.further, key=sheet.key)
    sheet.step = step_at(found, sheet.at) or 0
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
    if sheet.leaving:
        door_switch.carry(sheet)
    section, n_screens = _screen(asking, sheet)
    questions.collect(asking, section.questions)
    section, n_screens = _screen(asking, sheet)  # what was just answered may ask for more
    _switch(asking, sheet, section)
    _top(section, sheet, n_screens)
    for question in section.questions:
        questions.show(asking, question)
    _buttons(asking, sheet, minutes)
    door_switch.show_code(sheet)
    return None


def _screen(asking: Asking, sheet: Sheet) -> tuple[Section, int]:
    """The screen the sheet is at, and how many there are for this person."""
    found = screens(asking.definition, sheet.answers, further=sheet.further, key=sheet.key)
    sheet.step = min(sheet.step, len(found) - 1)
    return found[sheet.step], len(found)


def _switch(asking: Asking, sheet: Sheet, section: Section) -> None:
    """The way to the same sheet on plain pages."""
    known = (asking, sheet, frozenset(question.code for question in section.questions))
    st.button(
        say("door.switch.plain"), key=f"{asking.prefix}-switch", type="tertiary", on_click=_leave, args=known
    )


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


def _turn(asking: Asking, sheet: Sheet, step: int) -> None:
    """Keep what this screen holds, and turn to another one."""
    shown, _ = _screen(asking, sheet)
    sheet.step = max(0, step)
    following, _ = _screen(asking, sheet)
    sheet.at = door_switch.name_of(following)
    door_switch.keep(sheet, asking.definition, shown)


def _leave(asking: Asking, sheet: Sheet, _shown: frozenset[str]) -> None:
    """Keep the sheet for the plain door; where that is not possible, stay here and say so."""
    questions.collect(asking, _screen(asking, sheet)[0].questions)
    shown, _ = _screen(asking, sheet)
    sheet.at = door_switch.name_of(shown)
    sheet.leaving = door_switch.keep(sheet, asking.definition, shown)
    sheet.failure = "" if sheet.leaving else say("errors.record_busy")


def _forward(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    if _in_order(asking, sheet, shown):
        _turn(asking, sheet, sheet.step + 1)


def _go_further(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    if _in_order(asking, sheet, shown):
        sheet.further = True
        _turn(asking, sheet, sheet.step + 1)


def _back(asking: Asking, sheet: Sheet, _shown: frozenset[str]) -> None:
    questions.collect(asking, _screen(asking, sheet)[0].questions)
    sheet.problems, sheet.failure = {}, ""
    _turn(asking, sheet, sheet.step - 1)


def _send(asking: Asking, sheet: Sheet, shown: frozenset[str]) -> None:
    """Store the sheet; whatever prevents it is said, and every answer stays on the screen."""
    if sheet.receipt is not None or not _in_order(asking, sheet, shown):
        return
    section, _ = _screen(asking, sheet)
    sheet.at = door_switch.name_of(section)
    door_switch.keep(sheet, asking.definition, section)
    if sheet.receipt is not None:
        return
    submission = Submission(
        round_id=sheet.round_id,
        answers=sheet.answers,
        key=sheet.key,
        collector=filled_in_by("self", sheet.answers),
        short=not sheet.further,
        seconds=sheet.seconds,
        activity_id=sheet.activity_id,
        questionnaire=asking.definition.code,
        ticket=sheet.ticket,
    )
    try:
        sheet.receipt = again(door_switch.draft_of(sheet)) or save_response(submission)
        door_switch.sent(sheet)
    except AnswerError as error:
        _go_to_first(asking, sheet, error)
    except Closed as error:
        sheet.failure = str(error)
        door_switch.keep(sheet, asking.definition, section, late=True)
    except LinshengError as error:
        sheet.failure = str(error)


def _go_to_first(asking: Asking, sheet: Sheet, error: AnswerError) -> None:
    """Turn to the first screen with a problem."""
    sheet.problems = {problem.question: problem.sentence() for problem in error.problems}
    for step, section in enumerate(
        screens(asking.definition, sheet.answers, further=sheet.further, key=sheet.key)
    ):
        if any(question.code in sheet.problems for question in section.questions):
            sheet.step = step
            return
