"""What one sent, behind its code: all answers in words, and changing them."""

from __future__ import annotations

from starlette.responses import Response

from core import database
from core.actions.replace_response import reopen
from core.actions.round_cache import round_facts
from core.errors import NotFound
from core.queries.receipts import sheet_of
from core.queries.rounds import code_of_round, round_of_code
from core.questionnaires.translate import translated
from core.security import normalise_receipt
from core.words import day, label, say, spoken
from models.base import now
from models.taxonomy import COLLECTORS, MODES
from pages.parts.places import places_here
from pages.plain.in_words import in_words
from pages.plain.receipt_code import Found, with_code
from pages.plain.sheet import Filling, name_of
from pages.plain.steps import first
from pages.plain.visit import Visit


@with_code
def answers(visit: Visit, found: Found) -> Response:
    """POST /r/answers: every answer of the sheet, in words."""
    with database.reading() as session:
        sheet = sheet_of(session, found.hash)
    if sheet is None:
        raise NotFound.say("unknown_receipt")
    definition = translated(round_facts(sheet.round_id).definition, spoken())
    places = places_here(found.life.community_id)
    about = found.life
    return visit.answer(
        "receipt_answers",
        community=found.community,
        code=found.code,
        how=say(
            "door.receipt.answers.how",
            day=day(about.received_at),
            mode=label(f"mode.{sheet.mode}", MODES.get(sheet.mode, sheet.mode)),
            collector=label(f"collector.{sheet.collector}", COLLECTORS.get(sheet.collector, sheet.collector)),
        ),
        told=in_words(definition, sheet.answers, sheet.texts, places=places),
        open=about.closes_at is None or about.closes_at > now(),
    )


@with_code
def change(visit: Visit, found: Found) -> Response:
    """POST /r/change: the sheet comes back to the steps, filled in as it was sent."""
    with database.writing() as session:
        draft = reopen(session, found.hash)
    draft.code = normalise_receipt(found.code)
    with database.reading() as session:
        door = round_of_code(session, code_of_round(session, draft.round_id))
    filling = Filling(visit, door, draft)
    if not visit.request.cookies:
        # Without cookies a redirect would lose the sheet; its forms carry it on.
        return first(filling)
    return filling.keep(visit.go(f"{filling.path}/{name_of(filling.steps()[0])}"))
