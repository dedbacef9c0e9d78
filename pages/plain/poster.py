"""/poster: an A4 page to print, for staff who may: a poster with one code, or household tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core import database
from core.access import Right, Viewer
from core.addresses import public_address, typed_address
from core.errors import LinshengError, NotFound, NotSetUp
from core.output import qr
from core.queries.posters import Target, Wanted, poster_target, slips_targets
from core.queries.rounds import CommunityCard, communities
from core.queries.viewers import communities_for, viewer_of
from core.words import say
from models.base import now
from pages.parts.gate import COOKIE
from pages.plain.render import page, refusal

SEE_OTHER = 303
SLIPS_A_PAGE = 10
MOST_CODE = 60


@dataclass(frozen=True, slots=True)
class Slip:
    """One household ticket as the template draws it."""

    code: Markup
    serial: int


async def show_poster(request: Request) -> Response:
    """GET /poster?kind=…: needs the sign-in cookie of somebody who may print for the community."""
    return await run_in_threadpool(_answered, request)


def _answered(request: Request) -> Response:
    try:
        return _shown(request)
    except LinshengError as error:
        status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, NotSetUp) else 400
        return refusal(str(error), status=status)


def _shown(request: Request) -> Response:
    viewer = _viewer(request.cookies.get(COOKIE))
    if viewer is None:
        return RedirectResponse(f"/signin?next={quote('posters')}", SEE_OTHER)
    query = request.query_params
    with database.reading() as session:
        offered = communities_for(session, viewer, Right.POSTERS)
        own = [card for card in communities(session) if not card.source]
    community = next((card for card in offered if card.code == query.get("c", "")), None)
    if community is None:
        return refusal(say("posters.elsewhere"), status=403)
    # With one community of our own the shortest address leads there.
    typed = typed_address("/f", {"c": community.code} if len(own) > 1 else None)
    wanted = _wanted(query)
    return _slips(community, wanted) if wanted.kind == "slips" else _poster(community, wanted, typed)


def _viewer(token: str | None) -> Viewer | None:
    if not token:
        return None
    with database.reading() as session:
        return viewer_of(session, token, now())


def _wanted(query: Mapping[str, str]) -> Wanted:
    """What the address asks for; numbers that are none are no slips."""
    kind, grid, building, activity, survey = (
        query.get(name, "")[:MOST_CODE] for name in ("kind", "g", "b", "a", "r")
    )
    first, n = _number(query.get("first", "1")), _number(query.get("n", "1"))
    return Wanted(kind, grid, building, activity, survey, first, n)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _poster(community: CommunityCard, wanted: Wanted, typed: str) -> Response:
    with database.reading() as session:
        target = poster_target(session, community, wanted, now())
    address = public_address(target.path, target.carried)
    return page(
        "poster",
        community=community,
        target=target,
        about="activity" if wanted.kind == "activity" else "needs",
        # A poster hangs for weeks where it gets torn and wet: the code survives more damage.
        code=Markup(qr.svg(address, label=say("posters.sheet.qr", address=address), level="Q")),
        typed=typed,
    )


def _slips(community: CommunityCard, wanted: Wanted) -> Response:
    with database.reading() as session:
        targets = slips_targets(session, community, wanted, now())
    slips = [_slip(target) for target in targets]
    pages: Sequence[Sequence[Slip]] = [
        slips[i : i + SLIPS_A_PAGE] for i in range(0, len(slips), SLIPS_A_PAGE)
    ]
    return page("poster_slips", community=community, target=targets[0], pages=pages)


def _slip(target: Target) -> Slip:
    address = public_address(target.path, target.carried)
    label = say("posters.slips.label", serial=target.serial)
    return Slip(Markup(qr.svg(address, label=label)), target.serial)
