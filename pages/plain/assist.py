"""/f/assist: a worker fills in sheets for residents: at the door, on the telephone, from paper.

Their sign-in says who they are; the way is chosen once and holds for every new sheet until they end it.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import Response

from core import database
from core.access import Viewer
from core.errors import Invalid, NotAllowed
from core.queries.rounds import RoundDoor, communities, open_rounds, round_of_code
from core.settings import settings
from core.words import say
from models.base import now
from pages.plain.manner import ASSIST, HOURS, WAYS, helper
from pages.plain.sheet import cookie_of
from pages.plain.visit import Visit, keep


class Offer(NamedTuple):
    """A round one may fill in for residents."""

    code: str
    name: str
    community: str
    kind: str


def show_assist(visit: Visit) -> Response:
    """GET /f/assist: choose the round and the way, or end helping."""
    viewer, mine = helper(visit.request.cookies)
    if viewer is None:
        return sign_in_again(visit)
    return visit.answer(
        "assist", offers=offers(allowed(viewer, mine)), manner=visit.manner, ways=WAYS, viewer=viewer
    )


def take_assist(visit: Visit) -> Response:
    """POST /f/assist: a fresh sheet in the chosen way (do=start), or no more helping (do=end)."""
    if visit.first("do") == "end":
        return _without(visit, visit.go("/f/assist"), ASSIST)
    viewer, mine = helper(visit.request.cookies)
    if viewer is None:
        return sign_in_again(visit)
    door, way = chosen(visit, allowed(viewer, mine)), visit.first("way")
    if way not in WAYS:
        raise Invalid(say("door.assist.choose_way"))
    # Another person's sheet: the one before keeps its code, this browser lets go of it.
    answer = _without(visit, visit.go(visit.link(f"/f/{door.code}")), cookie_of(door.round_id))
    return keep(answer, ASSIST, way, seconds=HOURS * 3600)


def sign_in_again(visit: Visit, to: str = "assist") -> Response:
    """To the sign-in, and from there back to helping; what is filled in here meanwhile is nobody's help."""
    return _without(visit, visit.go(f"/signin?next={to}"), ASSIST)


def _without(visit: Visit, answer: Response, name: str) -> Response:
    if name in visit.request.cookies:
        forget(answer, name)
    return answer


def forget(answer: Response, name: str) -> None:
    """Let the browser forget a cookie of ours."""
    answer.delete_cookie(name, httponly=True, samesite="lax", secure=settings().https_only, path="/")


def allowed(viewer: Viewer, mine: frozenset[int]) -> frozenset[int]:
    """The communities whose residents the viewer may help. Raises NotAllowed for none."""
    if not mine:
        raise NotAllowed(say("gate.not_allowed", display=viewer.display))
    return mine


def offers(mine: frozenset[int]) -> list[Offer]:
    """The open rounds of these communities."""
    with database.reading() as session:
        cards = [card for card in communities(session) if card.community_id in mine]
        return [
            Offer(found.code, found.name, card.name, found.kind)
            for card in cards
            for found in open_rounds(session, card.community_id, now())
        ]


def chosen(visit: Visit, mine: frozenset[int]) -> RoundDoor:
    """The round the form names. Raises Invalid where none of theirs was chosen."""
    if visit.first("round") not in {offer.code for offer in offers(mine)}:
        raise Invalid(say("door.assist.choose_round"))
    with database.reading() as session:
        return round_of_code(session, visit.first("round"))
