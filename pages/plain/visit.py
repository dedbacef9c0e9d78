"""What a request to the plain door brings along: language, 长辈版, the place of a QR code; and its answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core import database
from core.errors import LinshengError, NotFound, NotSetUp, Unavailable
from core.queries.rounds import CommunityCard, communities
from core.settings import settings
from core.words import ENGLISH, LANGUAGE, say, speaking
from pages.plain.manner import Manner, manner_of
from pages.plain.render import page

ELDER, SPOKEN = "ls_elder", "ls_lang"
YEAR: Final = 366 * 24 * 3600
SEE_OTHER: Final = 303
# What a QR code or link may carry: community, grid, building, activity, household ticket.
CARRIED: Final = ("c", "g", "b", "a", "t")
MOST_CARRIED, MOST_FIELDS, MOST_VALUE = 60, 300, 20_000

Form = Mapping[str, list[str]]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass
class Visit:
    """One request of a resident; `note` is told in one line above the page."""

    request: Request
    form: Form = field(default_factory=dict)
    note: str = ""

    @property
    def elder(self) -> bool:
        """Whether 长辈版 is on."""
        return self.request.cookies.get(ELDER) == "1"

    @cached_property
    def manner(self) -> Manner:
        """Whether a worker is helping in this browser, or it is a kiosk."""
        return manner_of(self.request.cookies)

    @cached_property
    def carried(self) -> dict[str, str]:
        """What the link carried, of an address or of a form's hidden fields."""
        query = self.request.query_params
        found = {name: self.first(name) or query.get(name, "") for name in CARRIED}
        return {name: value[:MOST_CARRIED] for name, value in found.items() if value}

    def first(self, name: str) -> str:
        """A form field's first value; empty when it is missing."""
        return (self.form.get(name) or [""])[0]

    def link(self, path: str, **more: str) -> str:
        """The address with what the link carried."""
        query = urlencode(self.carried | more)
        return f"{path}?{query}" if query else path

    @cached_property
    def community(self) -> CommunityCard:
        """The community of the link, or the first of our own. Raises NotSetUp where there is none."""
        with database.reading() as session:
            found = communities(session)
        # Texts imported from elsewhere stand under a community of their own, where nobody answers.
        own = [card for card in found if not card.source] or found
        if not own:
            raise NotSetUp.say("empty_database")
        return next((card for card in found if card.code == self.carried.get("c")), own[0])

    def answer(
        self, template: str, *, community: CommunityCard | None = None, status: int = 200, **fields: Any
    ) -> Response:
        """The page of a template of the door."""
        card = community or self.community
        return page(template, status=status, visit=self, community=card, **fields)

    def go(self, path: str) -> Response:
        """Send the browser on, so that going back does not send a form again."""
        return RedirectResponse(path, SEE_OTHER, headers={"Cache-Control": "no-store"})


def language_of(request: Request) -> str:
    """The language chosen before; Chinese until somebody chooses."""
    return ENGLISH if request.cookies.get(SPOKEN) == ENGLISH else LANGUAGE


def keep(answer: Response, name: str, value: str, *, seconds: int = YEAR) -> Response:
    """Set a first-party cookie that no script reads."""
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=settings().https_only,
        path="/",
    )
    return answer


def door(answer: Callable[[Visit], Response]) -> Endpoint:
    """An endpoint of the plain door: reads the form, speaks the visitor's language, tells what went wrong."""

    async def _endpoint(request: Request) -> Response:
        form = await _form(request) if request.method == "POST" else {}
        with speaking(language_of(request)):
            return await run_in_threadpool(_answered, answer, Visit(request, form))

    return _endpoint


def _answered(answer: Callable[[Visit], Response], visit: Visit) -> Response:
    try:
        return answer(visit)
    except LinshengError as error:
        unavailable = isinstance(error, Unavailable | NotSetUp)
        status = 503 if unavailable else 404 if isinstance(error, NotFound) else 400
        return page("message", status=status, title=say("signin.refused.title"), sentence=str(error))


async def _form(request: Request) -> Form:
    found: dict[str, list[str]] = {}
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
    return found
