"""The page with the receipt of what was sent."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from core.actions.store_response import Receipt
from core.security import show_receipt
from core.settings import settings
from core.words import day, say
from models.base import now
from pages.plain.contact import Left, numbers
from pages.plain.visit import Visit


def thanks(
    visit: Visit, receipt: Receipt, *, kind: str, community: Any, said: list[str], contact: Left | None = None
) -> Response:
    """The page with the receipt: also the answer to the same sheet sent once more.

    `contact` is what the form said of being called back; words of danger ask for it where it said nothing.
    """
    return visit.answer(
        "thanks",
        community=community,
        code=show_receipt(receipt.code),
        repeated=receipt.repeated,
        next_line=say(f"resident.thanks.next_{kind}"),
        dangers=numbers(said),
        contact=contact if contact and contact.reach else Left(alone=True),
        slip=say("door.assist.slip", day=day(now()), where=settings().public_url or community.name),
    )
