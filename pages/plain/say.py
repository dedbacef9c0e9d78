"""一句话 at /f/say: always open, also when no round is. One box; place and telephone number are optional.

A form sent again stores nothing new: its key is made with the form, and the words belong to it. So whoever
goes back and says something else has said two things, and neither is lost.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.responses import Response

from core.actions.comments import MOST_CHARACTERS, Sentence, say_sentence, words_of
from core.errors import Invalid, NotFound, Unavailable
from core.words import say, speaking
from pages.parts.places import places_here
from pages.plain.carried import sort_out
from pages.plain.contact import Left, left, numbers
from pages.plain.manner import PLAIN
from pages.plain.questions import Drawn, read_place
from pages.plain.steps import LOOKS
from pages.plain.thanks import thanks
from pages.plain.visit import MOST_VALUE, Visit, keep, language_of

KEY = re.compile(r"[0-9a-f]{32}")


@dataclass
class Sheet:
    """The form as it stands: what was typed and chosen, and what is wrong with it, field → sentence."""

    key: str
    text: str = ""
    where: str = ""
    contact: Left = field(default_factory=Left)
    problems: dict[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """(field, its label, sentence), for the list above the form."""
        names = [name for name in ("text", "place") if name in self.problems]
        return [(n, say(f"door.say.{n}"), self.problems[n]) for n in names] + self.contact.wrong


def show_say(visit: Visit) -> Response:
    """GET /f/say: the empty box, with the place of the link chosen."""
    sort_out(visit)
    return _page(visit, Sheet(uuid4().hex, where=_of_link(visit)))


def take_say(visit: Visit) -> Response:
    """POST /f/say: store the sentence and give its receipt; whatever prevents it is said, nothing is lost."""
    key = visit.first("key")
    sheet = Sheet(
        key if KEY.fullmatch(key) else uuid4().hex, visit.first("text")[:MOST_VALUE], visit.first("place")
    )
    if visit.first("do") in LOOKS:
        return _otherwise(visit, sheet)
    sheet.contact = left(visit)
    try:
        words = words_of(sheet.text)
    except Invalid as error:
        sheet.problems["text"] = str(error)
        return _page(visit, sheet, status=422)
    if sheet.contact.problems:
        return _page(visit, sheet, status=422)
    return _stored(visit, sheet, words)


def _stored(visit: Visit, sheet: Sheet, words: str) -> Response:
    places = places_here(visit.community.community_id)
    houses = {house: grid for grid, of_grid in places.buildings.items() for house, _ in of_grid}
    place = read_place([sheet.where], houses) or {"grid": 0, "building": 0}
    once = hashlib.sha256(f"{sheet.key}|{sheet.where}|{words}".encode()).hexdigest()[:32]
    try:
        receipt = say_sentence(
            Sentence(
                visit.community.community_id,
                words,
                once,
                grid_id=place["grid"] or None,
                building_id=place["building"] or None,
                contact=sheet.contact.reach,
            )
        )
    except Invalid as error:
        sheet.problems["text"] = str(error)
        return _page(visit, sheet, status=422)
    except NotFound as error:
        sheet.problems["place"] = str(error)
        return _page(visit, sheet, status=422)
    except Unavailable as error:
        sheet.failure = str(error)
        return _page(visit, sheet, status=503)
    return thanks(
        visit, receipt, kind="sentence", community=visit.community, said=[words], contact=sheet.contact
    )


def _otherwise(visit: Visit, sheet: Sheet) -> Response:
    """The same form, larger or in another language; nothing is stored and nothing typed is lost."""
    contact = left(visit)
    sheet.contact = Left(contact.wanted, contact.phone, contact.called, contact.agreed)
    name, value = LOOKS[visit.first("do")]
    # This very page already looks as the cookie will have the next ones look.
    visit.request.cookies[name] = value
    with speaking(language_of(visit.request)):
        return keep(_page(visit, sheet), name, value)


def _of_link(visit: Visit) -> str:
    """The place a QR code names, as the list of places has it: a building, a grid, or nothing."""
    places = places_here(visit.community.community_id)
    grid = places.grid_of(visit.carried.get("g", ""))
    house = places.building_codes.get((grid or 0, visit.carried.get("b", "")))
    return f"b{house}" if house else f"g{grid}" if grid else ""


def _page(visit: Visit, sheet: Sheet, *, status: int = 200) -> Response:
    answer = visit.answer(
        "say",
        status=status,
        sheet=sheet,
        text=Drawn(
            name="text",
            kind="text",
            legend=say("door.say.text"),
            hint=say("door.say.hint", most=MOST_CHARACTERS),
            note="",
            problem=sheet.problems.get("text", ""),
            value=sheet.text,
        ),
        place=Drawn(
            name="place",
            kind="place",
            legend=say("door.say.place"),
            hint=say("door.say.place_hint"),
            note="",
            problem=sheet.problems.get("place", ""),
            value=sheet.where,
        ),
        places=places_here(visit.community.community_id),
        # Words of danger that could not be stored are as urgent as those that were.
        dangers=numbers([sheet.text]) if status != 200 else [],
    )
    if visit.manner == PLAIN:
        # Going back brings the form with what was typed; a browser that others use keeps nothing.
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer
