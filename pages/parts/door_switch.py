"""One sheet, two doors: a screen takes up what was begun on plain pages, keeps every step, and hands it back.

Between two steps the record is the truth: each door reads the kept sheet and changes only what it showed, so
a tab left open overwrites nothing that was answered elsewhere.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st

from core.actions.drafts import DraftSheet, draft_of_key, forget_draft, receipt_of_key, save_draft
from core.actions.late_sheets import keep_late
from core.actions.store_response import Receipt
from core.errors import LinshengError, Unavailable
from core.questionnaires.logic import keys_of
from core.questionnaires.resume import as_stored, is_alone
from core.questionnaires.schema import Definition, Section
from core.questionnaires.steps import step_keys
from core.security import show_receipt
from core.words import say
from models.base import now

# Serves switch.js: the content security policy runs no script inside a page.
SWITCH = "/switch.js"
KEY = re.compile(r"[0-9a-f]{32}")


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
    code: str = ""
    ticket: str = ""
    at: str = ""
    leaving: bool = False

    @property
    def seconds(self) -> int:
        """How long it has been filled in."""
        return round(time.monotonic() - self.started)


def key_of_cookie(round_id: int) -> str:
    """The key of a round's unfinished sheet, as plain pages left it with the browser; empty for none."""
    found = str(st.context.cookies.get(f"ls_sheet_{round_id}"))
    return found if KEY.fullmatch(found) else ""


def waiting(round_id: int) -> DraftSheet | None:
    """The resident's own unfinished sheet of a round that this browser knows of, if it can be read.

    One that a worker or a kiosk began, or that changes a stored response, is for the plain door alone.
    """
    key = key_of_cookie(round_id)
    try:
        draft = draft_of_key(key) if key else None
    except LinshengError:
        return None
    mine = draft is not None and draft.round_id == round_id and is_alone(draft.mode, draft.collector)
    return draft if mine else None


def taken_up(kind: str, definition: Definition, draft: DraftSheet) -> Sheet:
    """The draft as a sheet of a screen, at the step it was left."""
    return Sheet(
        kind,
        draft.round_id,
        draft.activity_id,
        draft.key,
        started=time.monotonic() - (now() - draft.started_at).total_seconds(),
        answers=as_stored(definition, draft.answers),
        further=draft.further,
        code=draft.code,
        ticket=draft.ticket,
        at=draft.at,
    )


def keep(sheet: Sheet, definition: Definition, shown: Section, *, late: bool = False) -> bool:
    """Keep the sheet with what this screen shows; whether that was possible: a busy record stops nobody.

    What was answered elsewhere meanwhile comes along; a sheet that was sent elsewhere has its receipt then.
    """
    try:
        draft = draft_of_key(sheet.key)
        if draft is None and sheet.code and (sent_elsewhere := receipt_of_key(sheet.key)):
            sheet.receipt = sent_elsewhere
            return True
        draft = draft or draft_of(sheet)
        mine = {key: sheet.answers.get(key) for key in _fields(shown)}
        answers = sheet.answers | as_stored(definition, draft.answers) | mine
        draft.answers = {key: value for key, value in answers.items() if value is not None}
        draft.further = draft.further or sheet.further
        draft.at, draft.mode = sheet.at, "screen"
        keep_late(draft) if late else save_draft(draft)
    except Unavailable:
        return False
    sheet.answers.clear()
    sheet.answers.update(draft.answers)
    sheet.code, sheet.further = draft.code, draft.further
    return True


def draft_of(sheet: Sheet) -> DraftSheet:
    """The sheet as a draft that is not kept yet, but for its code."""
    return DraftSheet(
        sheet.key,
        sheet.round_id,
        sheet.activity_id,
        ticket=sheet.ticket,
        started_at=now() - timedelta(seconds=sheet.seconds),
        code=sheet.code,
    )


def _fields(shown: Section) -> list[str]:
    """Every field a screen may have filled."""
    codes = [key for question in shown.questions for key in keys_of(question)]
    others = [f"{question.code}_other" for question in shown.questions]
    guardian = ["guardian"] if "who" in codes else []
    return [*codes, *others, *guardian]


def name_of(section: Section) -> str:
    """The name under which both doors know a step."""
    return step_keys(section)[0]


def sent(sheet: Sheet) -> None:
    """The sheet is stored: its draft goes. One that stays a while behind leads to the same receipt."""
    with suppress(Unavailable):
        forget_draft(sheet.key)


def show_code(sheet: Sheet) -> None:
    """That everything is kept, and the code to go on with elsewhere."""
    if sheet.code:
        kept, code = escape(say("door.step.kept")), escape(show_receipt(sheet.code))
        line = escape(say("door.step.code_line"))
        told = escape(say("door.step.code", code=""))
        st.html(f'<p class="ls-hint"><b>{kept}</b> {told}<b translate="no">{code}</b><br>{line}</p>')


def carry(sheet: Sheet) -> None:
    """Hand the sheet over to the plain door: a form with its code, for no address may hold one."""
    sheet.leaving = False
    line, label = escape(say("door.switch.carry_line")), escape(say("door.switch.carry"))
    st.html(
        f'<form method="post" action="/f/resume" data-switch="{escape(sheet.key[:6])}">'
        f'<input type="hidden" name="code" value="{escape(sheet.code)}">'
        f'<p class="ls-note" role="status">{line}</p><button class="ls-carry">{label}</button></form>'
        f'<script src="{SWITCH}"></script>',
        unsafe_allow_javascript=True,
    )
