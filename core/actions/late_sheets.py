"""迟交: sheets sent after their round had closed. They wait as drafts until the committee takes them in."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.audit import audit
from core.actions.comments import MOST_CHARACTERS, Sentence, say_sentence
from core.actions.drafts import DraftSheet, draft_of_key, forget_draft, save_draft
from core.actions.replace_response import again
from core.actions.round_cache import round_facts
from core.actions.submit import Submission, save_response
from core.errors import LinshengError
from core.questionnaires.answers import AnswerError, check
from core.questionnaires.logic import strata
from core.questionnaires.resume import filled_in_by
from core.text.danger import dangers
from models.base import now
from models.response import Draft


@dataclass(frozen=True, slots=True)
class Taken:
    """How many late sheets became responses, and how many could not: these stay as they are."""

    stored: int
    left: int


def submission_of(draft: DraftSheet, *, account_id: int | None = None) -> Submission:
    """A draft as it is handed over; `account_id`: the member of staff who helped to fill it in."""
    taken = round((now() - draft.started_at).total_seconds())
    return Submission(
        round_id=draft.round_id,
        answers=draft.answers,
        key=draft.key,
        # Begun on a screen or on a plain page: it is sent from a plain page.
        mode="plain" if draft.mode == "screen" else draft.mode,
        collector=filled_in_by(draft.collector, draft.answers),
        short=not draft.further,
        # How fast a paper sheet is typed in says nothing of how it was answered; nor does a late one's wait.
        seconds=None if draft.mode == "paper" or draft.late else taken,
        activity_id=draft.activity_id,
        questionnaire=round_facts(draft.round_id).definition.code,
        ticket=draft.ticket,
        account_id=account_id,
        late=draft.late,
    )


def keep_late(draft: DraftSheet) -> None:
    """Keep a sheet that came after its round had closed. Raises Unavailable.

    Words that may speak of danger do not wait with it: they become a sentence of their own, which raises the
    alert, and leave the sheet, so that they are counted once.
    """
    draft.late = True
    facts = round_facts(draft.round_id)
    place = strata(facts.definition, check(facts.definition, draft.answers).answers)
    for code in facts.text_questions:
        words = str(draft.answers.get(code) or "")
        if not dangers(words):
            continue
        key = hashlib.sha256(f"{draft.key} {code}".encode()).hexdigest()[:32]
        with suppress(LinshengError):  # then they stay on the sheet, and their author has seen whom to call
            say_sentence(
                Sentence(
                    facts.community_id,
                    words[:MOST_CHARACTERS],
                    key,
                    grid_id=place.grid or None,
                    building_id=place.building or None,
                )
            )
            del draft.answers[code]
    save_draft(draft)


def take_late(round_id: int, *, account_id: int | None = None) -> Taken:
    """Store the round's late sheets as responses, each under the code its author has. Raises Unavailable.

    A sheet that cannot be stored (an answer is missing, say) stays a draft.
    """
    with database.reading() as session:
        query = select(col(Draft.idempotency_key)).where(col(Draft.round_id) == round_id, col(Draft.late))
        keys = list(session.scalars(query.order_by(col(Draft.id))))
    stored = 0
    for key in keys:
        draft = draft_of_key(key)
        if draft is None:
            continue
        with suppress(AnswerError):
            again(draft) or save_response(submission_of(draft))
            forget_draft(key)
            stored += 1
    if stored:
        with database.writing() as session:
            audit(session, "round.late_taken", "round", round_id, account_id=account_id)
    return Taken(stored, len(keys) - stored)
