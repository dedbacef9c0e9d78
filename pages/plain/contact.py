"""请联系我: the fields that ask for a telephone number, and POST /f/contact, which leaves or deletes one.

Also what every plain form says at once to words of danger: whom to call, and that this is no emergency line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from starlette.responses import Response

from core import database
from core.actions.contacts import Matter, Reach, attach, called_of, forget, matter_of
from core.errors import Invalid, Unavailable
from core.phones import phone_of, show_phone
from core.queries.rounds import communities
from core.security import normalise_receipt, show_receipt
from core.settings import settings
from core.text.danger import dangers
from core.words import say
from pages.plain.visit import Visit

# Emergency numbers as a sentence has them: 110, 12356.
_NUMBER = re.compile(r"(?<!\d)(\d{3,5})(?!\d)")
# Longer than any number or name; what is typed beyond it does not come back.
MOST_TYPED = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What the fields of a form say. `problems`: field → sentence; `reach` is set where there are none.

    `alone`: the fields stand in a form of their own, for words that are stored already.
    """

    wanted: bool = False
    phone: str = ""
    called: str = ""
    agreed: bool = False
    alone: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    reach: Reach | None = None

    @property
    def days(self) -> int:
        """How long a contact is kept."""
        return settings().contact_days

    @property
    def told(self) -> str:
        """The number as it is read out to its owner; empty where none was left."""
        return show_phone(self.reach.phone) if self.reach else ""

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """(field, its label, sentence) for the list above the form."""
        names = ("phone", "called", "agree")
        return [(n, say(f"door.contact.{n}"), self.problems[n]) for n in names if n in self.problems]


def left(visit: Visit, *, alone: bool = False) -> Left:
    """Read the fields and check them, if a call is wanted; what was typed stays in any case."""
    phone, called = (visit.first(name)[:MOST_TYPED] for name in ("phone", "called"))
    wanted, agreed = alone or bool(visit.first("reach")), bool(visit.first("agree"))
    if not wanted:
        return Left(phone=phone, called=called, agreed=agreed)
    problems: dict[str, str] = {}
    if phone.strip():
        number = _checked(problems, "phone", lambda: phone_of(phone))
    else:
        number, problems["phone"] = "", _told("phone_missing", alone)
    name = _checked(problems, "called", lambda: called_of(called))
    if not agreed:
        problems["agree"] = _told("agree_missing", alone)
    reach = None if problems else Reach(number, name)
    return Left(True, phone, called, agreed, alone, problems, reach)


def _told(key: str, alone: bool) -> str:
    """The sentence; in the form of a sentence box it also says how to do without."""
    return say(f"door.contact.{key}" if alone else f"door.contact.{key}_box")


def _checked(problems: dict[str, str], name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Invalid as error:
        problems[name] = str(error)
        return ""


def numbers(said: Iterable[str]) -> list[list[str]]:
    """Whom to call, a line for each kind of danger that these words speak of; empty for none.

    A line comes in pieces, so that the page can make each number in it one to tap.
    """
    return _lines(kind for text in said for kind in dangers(text))


def _lines(kinds: Iterable[str]) -> list[list[str]]:
    return [_NUMBER.split(say(f"resident.danger.{kind}")) for kind in dict.fromkeys(kinds)]


def take_contact(visit: Visit) -> Response:
    """POST /f/contact: leave a number for what was said under the form's receipt code, or delete it."""
    code = normalise_receipt(visit.first("code"))
    about = matter_of(code)
    if visit.first("do") == "forget":
        forget(code)
        return _page(visit, code, about, done="forgotten")
    given = left(visit, alone=True)
    if given.reach is None:
        return _page(visit, code, about, given=given, status=422)
    try:
        attach(code, given.reach)
    except Unavailable as error:
        return _page(visit, code, about, given=given, status=503, failure=str(error))
    return _page(visit, code, about, given=given, done="kept")


def _page(
    visit: Visit,
    code: str,
    about: Matter,
    *,
    given: Left | None = None,
    done: str = "",
    status: int = 200,
    failure: str = "",
) -> Response:
    """The page that says what became of the number: `done` is kept, forgotten, or empty for not yet."""
    with database.reading() as session:
        found = communities(session)
    return visit.answer(
        "contact",
        community=next(card for card in found if card.community_id == about.community_id),
        status=status,
        code=show_receipt(code),
        contact=given or Left(alone=True),
        done=done,
        failure=failure,
        dangers=_lines(about.dangers),
    )
