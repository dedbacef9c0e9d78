"""The residents' front page /f: open rounds, one sentence, answers, receipts; and coming back with a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from core import database
from core.actions.drafts import draft_of_code
from core.actions.round_cache import round_facts
from core.errors import NotFound
from core.queries.rounds import OpenRound, code_of_activity, code_of_round, minutes_taken, open_rounds
from core.questionnaires.translate import translated
from core.settings import settings
from core.words import spoken
from models.base import now
from pages.plain.carried import sort_out
from pages.plain.sheet import DAY, cookie_of
from pages.plain.steps import ASIDE, LOOKS
from pages.plain.visit import Visit, keep

# Sends the browser on with the form it sent.
SAME_FORM = 307


@dataclass(frozen=True, slots=True)
class Door:
    """One open round as the front page shows it; `minutes` as measured, None while that is not known."""

    kind: str
    name: str
    path: str
    closes_at: datetime | None
    minutes: int | None


def home(visit: Visit) -> Response:
    """GET /f; at a kiosk, its own first page."""
    if visit.manner.kiosk:
        return visit.go(ASIDE)
    sort_out(visit)
    return _home(visit)


def _home(visit: Visit, *, failure: str = "", typed: str = "") -> Response:
    with database.reading() as session:
        found = open_rounds(session, visit.community.community_id, now())
        doors = [
            Door(
                each.kind,
                _name(each),
                visit.link(f"/f/{each.code}"),
                each.closes_at,
                minutes_taken(session, each.round_id, short=True),
            )
            for each in found
        ]
    # Asking what people need leads, then rating; each kind in the order its rounds opened, newest first.
    doors.sort(key=lambda each: each.kind != "needs")
    return visit.answer("home", status=404 if failure else 200, doors=doors, failure=failure, typed=typed)


def _name(found: OpenRound) -> str:
    """The round's name; in another language what its questionnaire is called there."""
    definition = round_facts(found.round_id).definition
    words = translated(definition, spoken())
    return found.name if words is definition else words.title


def resume(visit: Visit) -> Response:
    """POST /f/resume: go on with the sheet of a code, on whatever phone; a receipt leads to its life."""
    typed = visit.first("code")
    try:
        draft = draft_of_code(typed)
    except NotFound as error:
        return _home(visit, failure=str(error), typed=typed)
    if draft is None:
        return RedirectResponse("/r", SAME_FORM)
    with database.reading() as session:
        code = code_of_round(session, draft.round_id)
        rated = code_of_activity(session, draft.activity_id) if draft.activity_id else ""
    answer = visit.go(f"/f/{code}?a={quote(rated)}" if rated else f"/f/{code}")
    return keep(answer, cookie_of(draft.round_id), draft.key, seconds=settings().draft_days * DAY)


def look(visit: Visit) -> Response:
    """GET /f/look: 长辈版 or not, and the language; then back to where the link stood."""
    query = visit.request.query_params
    to = query.get("to", "/f")
    # Only pages of the plain door: nobody is sent elsewhere.
    answer = visit.go(to if to.startswith("/") and not to.startswith("//") and "\\" not in to else "/f")
    for name in query.getlist("as"):
        if name in LOOKS:
            keep(answer, *LOOKS[name])
    return answer
