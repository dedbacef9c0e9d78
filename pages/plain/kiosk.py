"""/f/kiosk: a browser that stands where residents pass, for one round; one person after the other.

A worker sets it up and is signed out by that. Whoever goes away leaves a sheet that is kept under its code
and nothing in the browser: forms of the person before are refused there (pages.plain.steps).
"""

from __future__ import annotations

from starlette.responses import Response

from core import database
from core.actions.accounts import sign_out
from core.actions.audit import audit
from core.queries.rounds import RoundDoor, code_of_round, minutes_taken, open_rounds, round_of_code
from core.security import show_receipt
from models.base import now
from pages.parts.gate import COOKIE
from pages.plain.assist import allowed, chosen, forget, offers, sign_in_again
from pages.plain.manner import HOURS, KIOSK, helper, kiosk_cookie
from pages.plain.sheet import begun
from pages.plain.visit import Visit, keep

START, NEXT = "/f/kiosk", "/f/kiosk/next"
# Seconds without a touch: until a sheet is put aside, until the next person's page follows, and after thanks.
# Whoever is there touches the page and has all the time they want.
IDLE, ASIDE, DONE = 180, 60, 120


def show_kiosk(visit: Visit) -> Response:
    """GET /f/kiosk: where one begins; a sheet that was put aside; to workers, setting up and ending."""
    viewer, mine = helper(visit.request.cookies)
    if not visit.manner.kiosk:
        if viewer is None:
            return sign_in_again(visit, "kiosk")
        return visit.answer("kiosk_staff", offers=offers(allowed(viewer, mine)), door=None, hours=HOURS)
    door = _door(visit)
    if viewer is not None and door.community.community_id in mine:
        return visit.answer("kiosk_staff", community=door.community, offers=[], door=door, hours=HOURS)
    filling = begun(visit, door)
    if filling is not None:
        code = show_receipt(filling.draft.code)
        return visit.answer(
            "kiosk_aside", community=door.community, code=code, path=filling.path, after=ASIDE
        )
    with database.reading() as session:
        rounds = open_rounds(session, door.community.community_id, now())
        minutes = minutes_taken(session, door.round_id, short=True)
    is_open = any(each.round_id == door.round_id for each in rounds)
    return visit.answer("kiosk", community=door.community, door=door, minutes=minutes, is_open=is_open)


def _door(visit: Visit) -> RoundDoor:
    with database.reading() as session:
        return round_of_code(session, code_of_round(session, visit.manner.round_id))


def take_kiosk(visit: Visit) -> Response:
    """POST /f/kiosk: the next person (do=next), go on after signing in (stay), set up (start) or end."""
    deed = visit.first("do")
    if deed in ("next", "stay"):
        return next_person(visit)
    viewer, mine = helper(visit.request.cookies)
    if viewer is None:
        return sign_in_again(visit, "kiosk")
    mine = allowed(viewer, mine)
    if deed == "start":
        door = chosen(visit, mine)
        _note("kiosk.started", door.round_id, viewer.account_id)
        answer = _cleared(visit, visit.go(START))
        return keep(answer, KIOSK, kiosk_cookie(door.round_id), seconds=HOURS * 3600)
    if visit.manner.kiosk:
        _note("kiosk.ended", visit.manner.round_id, viewer.account_id)
    answer = visit.go("/f/assist")
    forget(answer, KIOSK)
    return answer


def next_person(visit: Visit) -> Response:
    """Where one begins, and nothing left of whoever was here; also GET /f/kiosk/next, without a script."""
    if not visit.manner.kiosk:
        return visit.go("/f")
    return _cleared(visit, visit.go(START))


def _cleared(visit: Visit, answer: Response) -> Response:
    """Forget every cookie but the kiosk's; a worker who was signed in is signed out."""
    for name in visit.request.cookies:
        if name.startswith("ls_") and name != KIOSK:
            forget(answer, name)
    if token := visit.request.cookies.get(COOKIE):
        sign_out(token)
        forget(answer, COOKIE)
    return answer


def _note(deed: str, round_id: int, account_id: int) -> None:
    with database.writing() as session:
        audit(session, deed, "round", round_id, account_id=account_id)
