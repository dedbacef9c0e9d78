"""The code on /r: typed by its holder, carried by hidden fields, never in an address, compared as a hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from starlette.responses import RedirectResponse, Response

from core import database
from core.actions.drafts import draft_of_code
from core.errors import NotFound
from core.queries.receipts import ReceiptLife, life_of
from core.queries.rounds import CommunityCard, communities
from core.queries.signups import sign_up_of
from core.security import normalise_receipt, receipt_hash, show_receipt
from core.words import say
from pages.plain.limits import VISITOR
from pages.plain.visit import Visit, keep

# Sends the browser on with the form it sent.
SAME_FORM = 307
# What stands in the field again: nobody's code is longer.
MOST_TYPED = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What stands behind the code of a request; `code` as it is written on paper."""

    code: str
    hash: str
    life: ReceiptLife
    community: CommunityCard


def find(visit: Visit) -> Found:
    """The life behind the form's code. Raises NotFound."""
    code = normalise_receipt(visit.first("code"))
    with database.reading() as session:
        life = life_of(session, receipt_hash(code))
        if life is None:
            raise NotFound.say("unknown_receipt")
        cards = {card.community_id: card for card in communities(session)}
    card = cards.get(life.community_id) or visit.community
    return Found(show_receipt(code), receipt_hash(code), life, card)


def ask(visit: Visit) -> Response:
    """GET /r: the form for the code."""
    answer = _form(visit)
    if VISITOR not in visit.request.cookies:
        # Only to count who tries codes: a whole building may come from one address.
        keep(answer, VISITOR, uuid4().hex)
    return answer


def back(visit: Visit) -> Response:
    """GET of a page that only a form leads to (an address typed again, a bookmark): ask for the code."""
    return visit.go(visit.link("/r"))


def with_code(answer: Callable[[Visit, Found], Response]) -> Callable[[Visit], Response]:
    """A handler of forms that carry a code: without one, or with a wrong one, the form for it comes back."""

    def _answer(visit: Visit) -> Response:
        if not visit.first("code").strip():
            return _form(visit, failure=say("resident.receipt.empty"), status=400)
        try:
            found = find(visit)
        except NotFound as error:
            return _elsewhere(visit) or _form(visit, failure=str(error), status=404)
        return answer(visit, found)

    return _answer


def _elsewhere(visit: Visit) -> Response | None:
    """On to the sheet that is not sent yet, or to the sign-up, where the code is one of those."""
    typed = visit.first("code")
    try:
        if draft_of_code(typed):
            return RedirectResponse("/f/resume", SAME_FORM)
        with database.reading() as session:
            signed_up = sign_up_of(session, receipt_hash(normalise_receipt(typed)))
    except NotFound:
        return None
    return RedirectResponse("/b/cancel", SAME_FORM) if signed_up else None


def _form(visit: Visit, *, failure: str = "", status: int = 200) -> Response:
    return visit.answer("receipt", status=status, failure=failure, typed=visit.first("code")[:MOST_TYPED])
