"""报名 without a script: /b/join/<activity> takes a sign-up, /b/cancel shows and ends it by its code.

A form sent again stores nothing new: its key is made with the form. Name and phone are asked for only where
the activity needs them, with a consent of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.responses import Response

from core import database
from core.actions.contacts import Reach, called_of
from core.actions.enrolments import cancel, sign_up
from core.errors import Closed, Invalid, NotFound, Unavailable
from core.phones import phone_of
from core.queries.signups import Enrolled, JoinCard, activity_to_join, sign_up_of
from core.security import normalise_receipt, receipt_hash, show_receipt
from core.settings import settings
from core.words import say, speaking
from models.base import now
from pages.parts.board_words import places
from pages.plain.steps import LOOKS
from pages.plain.visit import Visit, keep, language_of

KEY = re.compile(r"[0-9a-f]{32}")
# Longer than any number, name or code; what is typed beyond it does not come back.
MOST_TYPED = 60


@dataclass
class Sheet:
    """The form as it stands: what was typed, and what is wrong with it, field → sentence."""

    key: str
    called: str = ""
    phone: str = ""
    agreed: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def days(self) -> int:
        """How long a contact is kept."""
        return settings().contact_days

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """(field, its label, sentence), for the list above the form."""
        names = ("called", "phone", "agree")
        return [(n, say(f"door.signup.{n}"), self.problems[n]) for n in names if n in self.problems]


def show_join(visit: Visit) -> Response:
    """GET /b/join/<activity>: what it is, how many places are left, and the form."""
    return _join(visit, _card(visit), Sheet(uuid4().hex))


def take_join(visit: Visit) -> Response:
    """POST /b/join/<activity>: sign up and give the code; whatever prevents it is said, nothing is lost."""
    card, key = _card(visit), visit.first("key")
    called, phone = (visit.first(name)[:MOST_TYPED] for name in ("called", "phone"))
    sheet = Sheet(key if KEY.fullmatch(key) else uuid4().hex, called, phone, bool(visit.first("agree")))
    if visit.first("do") in LOOKS:
        return _looked(visit, lambda: _join(visit, card, sheet))
    reach = _reach(sheet) if card.needs_contact else None
    if sheet.problems:
        return _join(visit, card, sheet, status=422)
    try:
        done = sign_up(card.activity_id, sheet.key, reach=reach)
    except Closed:
        return _join(visit, _card(visit), sheet, status=409)
    except Invalid as error:
        sheet.key, sheet.failure = uuid4().hex, str(error)
        return _join(visit, card, sheet, status=422)
    except Unavailable as error:
        sheet.failure = str(error)
        return _join(visit, card, sheet, status=503)
    return _mine(visit, done.code, fresh=not done.repeated)


def ask_code(visit: Visit) -> Response:
    """GET /b/cancel: the form for the code of a sign-up."""
    return _ask(visit)


def take_cancel(visit: Visit) -> Response:
    """POST /b/cancel: the sign-up of the code, or with `do=cancel` the end of it."""
    typed = visit.first("code")
    if not typed.strip():
        return _ask(visit, failure=say("door.signup.code_missing"), status=400)
    try:
        code = normalise_receipt(typed)
        if visit.first("do") in LOOKS:
            return _looked(visit, lambda: _mine(visit, code))
        if visit.first("do") == "cancel":
            cancel(code)
        return _mine(visit, code)
    except NotFound:
        return _ask(visit, failure=say("door.signup.unknown_code"), status=404)


def _card(visit: Visit) -> JoinCard:
    """The activity of the address. Raises NotFound."""
    with database.reading() as session:
        return activity_to_join(session, visit.request.path_params["activity"])


def _reach(sheet: Sheet) -> Reach | None:
    """Name and phone, checked; what is wrong goes into the sheet's problems."""
    called = _checked(sheet, "called", lambda: called_of(sheet.called))
    if not called and "called" not in sheet.problems:
        sheet.problems["called"] = say("door.signup.called_missing")
    phone = _checked(sheet, "phone", lambda: phone_of(sheet.phone))
    if not sheet.phone.strip():
        sheet.problems["phone"] = say("door.signup.phone_missing")
    if not sheet.agreed:
        sheet.problems["agree"] = say("door.signup.agree_missing")
    return None if sheet.problems else Reach(phone, called)


def _checked(sheet: Sheet, name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Invalid as error:
        sheet.problems[name] = str(error)
        return ""


def _looked(visit: Visit, shown: Callable[[], Response]) -> Response:
    """The same page, larger or in another language; nothing is stored and nothing typed is lost."""
    name, value = LOOKS[visit.first("do")]
    # This very page already looks as the cookie will have the next ones look.
    visit.request.cookies[name] = value
    with speaking(language_of(visit.request)):
        return keep(shown(), name, value)


def _join(visit: Visit, card: JoinCard, sheet: Sheet, *, status: int = 200) -> Response:
    closed = "" if card.open_at(now()) else say("door.signup.off" if card.cancelled else "door.signup.begun")
    return visit.answer(
        "signup",
        community=card.community,
        status=status,
        card=card,
        sheet=sheet,
        closed=closed,
        places=places(card.free),
        full=card.free == 0,
    )


def _mine(visit: Visit, code: str, *, fresh: bool = False) -> Response:
    """The sign-up behind a code, and the way to take it back. Raises NotFound."""
    with database.reading() as session:
        found: Enrolled | None = sign_up_of(session, receipt_hash(code))
    if found is None:
        raise NotFound(say("door.signup.unknown_code"))
    over = not found.card.open_at(now())
    return visit.answer(
        "signup_mine",
        community=found.card.community,
        code=show_receipt(code),
        found=found,
        card=found.card,
        fresh=fresh,
        over=over,
        title=say(f"door.signup.{found.state}"),
    )


def _ask(visit: Visit, *, failure: str = "", status: int = 200) -> Response:
    typed = visit.first("code")[:MOST_TYPED]
    return visit.answer("signup_code", status=status, failure=failure, typed=typed)
