"""Taking back what stands behind a code: one page that asks, then everything is deleted."""

from __future__ import annotations

from starlette.responses import Response

from core import database
from core.actions.withdraw import withdraw
from core.queries.rounds import CommunityCard
from core.security import normalise_receipt, show_receipt
from core.words import say
from pages.plain.receipt_code import Found, with_code
from pages.plain.visit import Visit


@with_code
def take_back(visit: Visit, found: Found) -> Response:
    """POST /r/withdraw: asks once, then deletes."""
    if visit.first("sure") != "1" and found.life.kind != "deleted":
        return sure(visit, found.code, community=found.community)
    with database.writing() as session:
        withdraw(session, found.hash)
    told = say("door.receipt.withdraw.done_line")
    title = say("door.receipt.withdraw.done")
    return visit.answer("receipt_gone", community=found.community, title=title, told=told)


def sure(visit: Visit, code: str, *, community: CommunityCard | None = None) -> Response:
    """The one page that asks before everything behind a code is deleted."""
    return visit.answer("receipt_withdraw", community=community, code=show_receipt(normalise_receipt(code)))
