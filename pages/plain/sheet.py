"""A questionnaire on plain pages: /f/<round> begins or goes on, /f/<round>/<step> is one step.

Each step is kept on the server before the next is shown. A form carries the sheet's key in a hidden field
and works without cookies; the cookie only finds the sheet again when somebody comes back.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from core import database
from core.actions.drafts import DraftSheet, draft_of_key, forget_draft, save_draft
from core.actions.late_sheets import keep_late, submission_of
from core.actions.replace_response import again
from core.actions.round_cache import RoundFacts, round_facts
from core.actions.submit import Submission, save_response
from core.errors import Closed, LinshengError, Unavailable
from core.queries.rounds import RoundDoor, activity_of_code, round_of_code
from core.questionnaires.answers import AnswerError, check
from core.questionnaires.resume import is_alone
from core.questionnaires.schema import Definition, Section
from core.questionnaires.screens import has_further
from core.questionnaires.steps import step_at, step_keys, steps
from core.settings import settings
from pages.parts.places import places_here
from pages.parts.questions import Places
from pages.plain.carried import ticket_of
from pages.plain.questions import read
from pages.plain.visit import Visit, keep

KEY = re.compile(r"[0-9a-f]{32}")
DAY = 24 * 3600


def cookie_of(round_id: int) -> str:
    """The cookie that finds a round's unfinished sheet again."""
    return f"ls_sheet_{round_id}"


@dataclass
class Filling:
    """One sheet being filled in by a visitor."""

    visit: Visit
    door: RoundDoor
    draft: DraftSheet

    @cached_property
    def facts(self) -> RoundFacts:
        """The fixed facts of the round."""
        return round_facts(self.door.round_id)

    @property
    def definition(self) -> Definition:
        """The questionnaire."""
        return self.facts.definition

    @cached_property
    def places(self) -> Places:
        """The places of the community."""
        return places_here(self.door.community.community_id)

    @property
    def checked(self) -> dict[str, Any]:
        """The answers that are in order, in their stored form: conditions are about these."""
        return check(self.definition, self.draft.answers).answers

    def steps(self) -> list[Section]:
        """The steps for this person, as the answers stand."""
        return steps(
            self.definition,
            self.checked,
            key=self.draft.key,
            further=self.draft.further,
            one=self.visit.elder,
        )

    def problems(self, section: Section) -> dict[str, str]:
        """Field → sentence, for what is wrong on one step."""
        return self.told(check(self.definition, self.draft.answers).problems, section)

    def told(self, problems: Any, section: Section) -> dict[str, str]:
        """Question → sentence of the problems that belong to one step, each once."""
        here = {question.code for question in section.questions}
        return {each.question: each.sentence() for each in problems if each.question in here}

    @property
    def path(self) -> str:
        """The address of the sheet."""
        return f"/f/{self.door.code}"

    @property
    def alone(self) -> bool:
        """Whether a resident fills it in at their own phone or computer: such a sheet may change doors."""
        return is_alone(self.draft.mode, self.draft.collector)

    @property
    def cookie_came(self) -> bool:
        """Whether the browser keeps our cookie; without it a redirect would lose the sheet."""
        return self.visit.request.cookies.get(cookie_of(self.door.round_id)) == self.draft.key

    def keep(self, answer: Response) -> Response:
        """Let the browser find this sheet again."""
        seconds = settings().draft_days * DAY
        return keep(answer, cookie_of(self.door.round_id), self.draft.key, seconds=seconds)

    def take(self, section: Section) -> None:
        """Take what the form says about a step into the answers."""
        buildings = {house: grid for grid, houses in self.places.buildings.items() for house, _ in houses}
        given = read(section.questions, self.visit.form, buildings)
        answers = self.draft.answers | given
        self.draft.answers = {name: value for name, value in answers.items() if value is not None}

    def shown(self) -> Section:
        """The questions the form says it showed, of the definition; rows of a matrix among them."""
        named = {name for each in self.visit.form.get("q", []) for name in each.split(",")}
        questions = []
        for question in self.definition.questions:
            rows = tuple(row for row in question.rows if row.code in named)
            if rows or question.code in named:
                questions.append(question.model_copy(update={"rows": rows}))
        return Section(id="shown", title="", questions=tuple(questions))

    @property
    def more(self) -> bool:
        """Whether there are further questions to offer."""
        return not self.draft.further and has_further(self.definition)


def the_round(visit: Visit) -> RoundDoor:
    """The round of the address. Raises NotFound."""
    with database.reading() as session:
        return round_of_code(session, visit.request.path_params["round"])


def begun(visit: Visit, door: RoundDoor) -> Filling | None:
    """The sheet the browser's cookie finds, if it is of the activity and the household asked for."""
    key = visit.request.cookies.get(cookie_of(door.round_id), "")
    draft = draft_of_key(key) if KEY.fullmatch(key) else None
    if draft is None or draft.round_id != door.round_id:
        return None
    wanted, ticket = activity_id(visit, door), ticket_of(visit, door)
    if wanted not in (None, draft.activity_id) or (ticket and draft.ticket not in ("", ticket)):
        return None
    if ticket and not draft.ticket:
        draft.ticket = ticket
        with suppress(Unavailable):
            save_draft(draft)
    return Filling(visit, door, draft)


def anew(visit: Visit, door: RoundDoor, key: str = "") -> Filling:
    """A new sheet, with the place of the link filled in; nothing is kept until the first step is sent."""
    manner = visit.manner.at(door)
    filling = Filling(
        visit,
        door,
        DraftSheet(
            key=key or uuid4().hex,
            round_id=door.round_id,
            activity_id=activity_id(visit, door),
            ticket=ticket_of(visit, door),
            mode=manner.mode,
            collector=manner.collector,
        ),
    )
    grid = filling.places.grid_of(visit.carried.get("g", ""))
    for question in filling.definition.questions if grid else ():
        if question.kind == "place":
            house = filling.places.building_codes.get((grid or 0, visit.carried.get("b", "")), 0)
            filling.draft.answers[question.code] = {"grid": grid, "building": house}
    return filling


def activity_id(visit: Visit, door: RoundDoor) -> int | None:
    """The id of the activity the link or form names; None for none."""
    code = visit.carried.get("a", "")
    if door.kind != "feedback" or not code:
        return None
    with database.reading() as session:
        found = activity_of_code(session, code)
    return found.activity_id if found else None


def posted(visit: Visit) -> Filling:
    """The sheet of a form that was sent: the kept one of its key, or a new one. Raises NotFound."""
    door = the_round(visit)
    key = visit.first("key")
    if not KEY.fullmatch(key):
        return anew(visit, door)
    draft = draft_of_key(key)
    if draft is None or draft.round_id != door.round_id:
        return anew(visit, door, key)
    return Filling(visit, door, draft)


def kept(filling: Filling, at: str) -> str:
    """Keep the sheet, to go on at `at`; a sentence when that failed, and the page must hold the answers."""
    filling.draft.at = at
    try:
        save_draft(filling.draft)
    except Unavailable as error:
        return str(error)
    return ""


def _submission(filling: Filling) -> Submission:
    helping = filling.visit.manner.at(filling.door)
    helped = filling.draft.collector == helping.collector
    return submission_of(filling.draft, account_id=helping.account_id if helped else None)


def send(filling: Filling) -> Any:
    """Store the sheet for good: a Receipt, the problems found, or the error that prevented it."""
    draft = filling.draft
    try:
        receipt = again(draft) or save_response(_submission(filling))
    except AnswerError as error:
        return error.problems
    except Closed as error:
        with suppress(Unavailable):
            keep_late(draft)
        return error
    except LinshengError as error:
        return error
    # Stored is stored: a draft that stays a while behind leads to the same receipt.
    with suppress(Unavailable):
        forget_draft(draft.key)
    return receipt


def name_of(section: Section) -> str:
    """A step's name in its address."""
    return step_keys(section)[0]


def place_of(found: list[Section], name: str) -> int:
    """The place of a step; the first one when it is not among them."""
    return step_at(found, name) or 0
