"""Signing in and out as plain pages: the cookie they set is what the screens' gate reads."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core import database
from core.access import Viewer
from core.actions.accounts import sign_in, sign_out
from core.actions.demo_accounts import demo_accounts
from core.errors import SignInFailed
from core.queries.viewers import viewer_of
from core.settings import settings
from models.base import now
from models.taxonomy import ROLES
from pages.parts.gate import COOKIE
from pages.parts.screens import first_screen
from pages.plain.manner import ASSIST
from pages.plain.render import page

SEE_OTHER = 303


async def show_sign_in(request: Request) -> Response:
    """GET /signin: the form, or, to those signed in already, the way on."""
    viewer = await run_in_threadpool(_viewer, request.cookies.get(COOKIE))
    wanted = request.query_params.get("next", "")
    if viewer is not None:
        return page("signed_in", viewer=viewer, screen=first_screen(viewer, wanted))
    return _form(wanted, out="out" in request.query_params)


async def do_sign_in(request: Request) -> Response:
    """POST /signin: open the session and go to the first screen, or say that it failed."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {key: value for key, value in form.items() if isinstance(value, str)}
    name, wanted = given.get("name", ""), given.get("next", "")
    try:
        token = await run_in_threadpool(sign_in, name, given.get("password", ""))
    except SignInFailed as error:
        return _form(wanted, name=name, failed=str(error), status=401)
    if old := request.cookies.get(COOKIE):
        await run_in_threadpool(sign_out, old)
    viewer = await run_in_threadpool(_viewer, token)
    # The address is one of our screens' names, whatever `next` said: nobody is sent elsewhere.
    answer = RedirectResponse(f"/{first_screen(viewer, wanted) if viewer else ''}", SEE_OTHER)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=settings().https_only, path="/")
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def show_sign_out(request: Request) -> Response:
    """GET /signout: ask; a link alone must not sign anybody out."""
    viewer = await run_in_threadpool(_viewer, request.cookies.get(COOKIE))
    if viewer is None:
        return RedirectResponse("/signin", SEE_OTHER)
    return page("signout", viewer=viewer, screen=first_screen(viewer))


async def do_sign_out(request: Request) -> Response:
    """POST /signout: end the session in the record and forget the cookie."""
    if token := request.cookies.get(COOKIE):
        await run_in_threadpool(sign_out, token)
    answer = RedirectResponse("/signin?out", SEE_OTHER)
    for name in (COOKIE, ASSIST):
        answer.delete_cookie(name, httponly=True, samesite="lax", secure=settings().https_only, path="/")
    return answer


def _viewer(token: str | None) -> Viewer | None:
    if not token:
        return None
    with database.reading() as session:
        return viewer_of(session, token, now())


def _form(wanted: str, *, name: str = "", failed: str = "", out: bool = False, status: int = 200) -> Response:
    shown = [(ROLES[found.role], found) for found in demo_accounts()] if settings().demo else []
    return page("signin", status=status, wanted=wanted, name=name, failed=failed, out=out, accounts=shown)
