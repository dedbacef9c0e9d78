"""The pages of a questionnaire: the first, each step, what is said when it was sent, stopped or refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from core import database
from core.actions.drafts import forget_draft, receipt_of_key
from core.actions.replace_response import CHANGE
from core.actions.store_response import Receipt
from core.errors import Closed
from core.queries.rounds import minutes_taken, recent_activities
from core.questionnaires.schema import Definition, Question, Section
from core.questionnaires.translate import translated
from core.security import show_receipt
from core.settings import settings
from core.words import say, spoken
from models.base import now
from pages.plain.assist import sign_in_again
from pages.plain.carried import sort_out
from pages.plain.contact import numbers
from pages.plain.listen import heard
from pages.plain.questions import Drawn, draw
from pages.plain.receipt_withdraw import sure
from pages.plain.sheet import (
    Filling,
    activity_id,
    anew,
    begun,
    kept,
    name_of,
    place_of,
    posted,
    send,
    the_round,
)
from pages.plain.thanks import thanks
from pages.plain.visit import ELDER, SPOKEN, Visit, keep

# The screen of a kind of round; at a kiosk, where a sheet left alone goes, and where the next person begins.
SCREEN = {"needs": "/needs", "feedback": "/feedback"}
ASIDE, NEXT = "/f/kiosk", "/f/kiosk/next"
# Later than this, few remember an activity well enough to rate it.
RECENT = timedelta(days=60)
# Buttons that keep the step and change how or where the sheet is shown: cookie and its value.
LOOKS = {
    "elder": (ELDER, "1"),
    "normal": (ELDER, "0"),
    "english": (SPOKEN, "en"),
    "chinese": (SPOKEN, "zh-CN"),
}


def begin(visit: Visit) -> Response:
    """GET /f/<round>: go on with the sheet that was begun here, or show the first step of a new one."""
    door = the_round(visit)
    sort_out(visit, door)
    if door.kind == "feedback" and activity_id(visit, door) is None:
        return _choose_activity(visit, door.community)
    if visit.manner.lapsed:
        return sign_in_again(visit)
    filling = begun(visit, door)
    if filling is None:
        return first(anew(visit, door))
    found = filling.steps()
    return visit.go(f"{filling.path}/{name_of(found[place_of(found, filling.draft.at)])}?back=1")


def show_step(visit: Visit) -> Response:
    """GET /f/<round>/<step>: one step of the sheet that was begun here."""
    door = the_round(visit)
    filling = begun(visit, door)
    if filling is None:
        return visit.go(visit.link(f"/f/{door.code}"))
    found = filling.steps()
    return _step(filling, found, place_of(found, visit.request.path_params["step"]))


def take_step(visit: Visit) -> Response:
    """POST /f/<round>/<step>: keep what was answered, then do what the button says."""
    filling = posted(visit)
    if visit.manner.kiosk and not filling.cookie_came:
        # Going back in the browser leads to no form of the person before.
        return visit.go(NEXT)
    if not filling.draft.code and (before := receipt_of_key(filling.draft.key)):
        return thanks(visit, before, kind=filling.door.kind, community=filling.door.community, said=[])
    if not filling.draft.code and visit.manner.lapsed:
        return sign_in_again(visit)
    shown = filling.shown()
    filling.take(shown)
    deed = visit.first("do")
    if deed == "aside" and not filling.draft.code:
        return visit.go(NEXT)
    if deed == "anew":
        forget_draft(filling.draft.key)
        return first(anew(visit, filling.door))
    if _refuses(filling, shown):
        if filling.draft.mode == CHANGE:
            return sure(visit, filling.draft.code, community=filling.door.community)
        forget_draft(filling.draft.key)
        return visit.answer("refused", community=filling.door.community)
    return _done(filling, shown, deed)


def _done(filling: Filling, shown: Section, deed: str) -> Response:
    found = filling.steps()
    here = place_of(found, filling.visit.request.path_params["step"])
    onward = deed not in ("back", "stop", "screen", "aside", *LOOKS)
    problems = filling.problems(shown) if onward else {}
    if deed == "more" and not problems:
        filling.draft.further = True
        found = filling.steps()
    target = here if problems or not onward else min(here + 1, len(found) - 1)
    if deed == "back":
        target = max(here - 1, 0)
    failure = kept(filling, name_of(found[target]))
    if problems or failure:
        return _step(filling, found, here, problems=problems, failure=failure)
    # A screen finds the sheet by its cookie; without one, it is the code that leads on.
    if deed == "stop" or (deed == "screen" and not filling.cookie_came):
        return _stopped(filling)
    if deed == "screen":
        return filling.keep(filling.visit.go(SCREEN[filling.door.kind]))
    if deed == "aside":
        return filling.keep(filling.visit.go(ASIDE))
    if onward and here == len(found) - 1:
        return _sent(filling, found)
    return _onward(filling, found, target, deed)


def _onward(filling: Filling, found: list[Section], target: int, deed: str) -> Response:
    """Go to a step; without cookies it is shown at once, for a redirect would lose the sheet."""
    name = name_of(found[target])
    if filling.cookie_came or deed in LOOKS:
        answer = filling.visit.go(f"{filling.path}/{name}")
    else:
        answer = _step(filling, found, target)
    if deed in LOOKS:
        keep(answer, *LOOKS[deed])
    return filling.keep(answer)


def _refuses(filling: Filling, shown: Section) -> bool:
    """Whether the person said no to taking part."""
    for question in shown.questions:
        given = filling.draft.answers.get(question.code)
        if question.kind == "consent" and question.required and given is not None:
            return str(given) != str(question.choices[0].code)
    return False


def first(filling: Filling) -> Response:
    """The page of a sheet's first step."""
    return _step(filling, filling.steps(), 0)


def _step(
    filling: Filling,
    found: list[Section],
    place: int,
    *,
    problems: dict[str, str] | None = None,
    failure: str = "",
) -> Response:
    """The page of one step."""
    section, wrong = found[place], problems or {}
    words = translated(filling.definition, spoken())
    told = next((s for s in words.sections if s.id == section.id), section)
    drawn = _drawn(filling, section, wrong)
    last = place == len(found) - 1
    answer = filling.visit.answer(
        "step",
        community=filling.door.community,
        status=422 if wrong else 503 if failure else 200,
        filling=filling,
        action=f"{filling.path}/{name_of(section)}",
        title=told.title,
        hint=told.hint,
        questions=drawn,
        heard=heard(filling.definition.code, section),
        shown=",".join(part.name for part in drawn),
        problems=[(part.name, part.legend, part.problem) for part in drawn if part.problem],
        failure=failure,
        place=place,
        n_steps=len(found),
        last=last,
        more=last and filling.more,
        minutes=_minutes(filling) if last and filling.more else None,
        code=show_receipt(filling.draft.code) if filling.draft.code else "",
        came_back="back" in filling.visit.request.query_params,
        dangers=numbers(_said(filling)) if wrong or failure else [],
    )
    return filling.keep(answer)


def _drawn(filling: Filling, section: Section, problems: dict[str, str]) -> list[Drawn]:
    """The questions of a step in the visitor's words."""
    words, checked = translated(filling.definition, spoken()), filling.checked
    return [
        part
        for asked in section.questions
        for part in draw(
            words,
            _in(words, asked),
            filling.draft.answers,
            checked,
            problem=problems.get(asked.code, ""),
        )
    ]


def _in(words: Definition, question: Question) -> Question:
    """The question as the translation has it, with the rows this step asks."""
    found = words.by_code[question.code]
    rows = tuple(row for row in found.rows if row.code in {each.code for each in question.rows})
    return found if rows == found.rows else found.model_copy(update={"rows": rows})


def _minutes(filling: Filling) -> int | None:
    """What the full form takes, as measured; None while that is not known."""
    with database.reading() as session:
        return minutes_taken(session, filling.door.round_id, short=False)


def _stopped(filling: Filling) -> Response:
    return filling.keep(
        filling.visit.answer(
            "stopped",
            community=filling.door.community,
            title=say("door.step.stopped"),
            line=say("door.step.stopped_line", days=settings().draft_days),
            code=show_receipt(filling.draft.code),
            dangers=numbers(_said(filling)),
        )
    )


def _sent(filling: Filling, found: list[Section]) -> Response:
    """Store the sheet; whatever prevents it is said, and every answer stays."""
    said = _said(filling)  # before: what speaks of danger leaves a sheet that came late
    result = send(filling)
    if isinstance(result, Receipt):
        return thanks(
            filling.visit,
            result,
            kind=filling.door.kind,
            community=filling.door.community,
            said=said,
        )
    if isinstance(result, Closed):
        return filling.visit.answer(
            "stopped",
            community=filling.door.community,
            status=409,
            title=say("door.step.late_title"),
            line=say("door.step.late"),
            code=show_receipt(filling.draft.code),
            dangers=numbers(said),
        )
    if isinstance(result, tuple):
        wrong = {each.question for each in result}
        place = next(
            (i for i, s in enumerate(found) if wrong & {q.code for q in s.questions}), len(found) - 1
        )
        return _step(filling, found, place, problems=filling.told(result, found[place]))
    return _step(filling, found, len(found) - 1, failure=str(result))


def _said(filling: Filling) -> list[str]:
    return [str(filling.draft.answers.get(code) or "") for code in filling.facts.text_questions]


def _choose_activity(visit: Visit, community: Any) -> Response:
    at = now()
    with database.reading() as session:
        cards = recent_activities(session, community.community_id, since=at - RECENT, until=at)
    return visit.answer(
        "activities", community=community, cards=cards, code=visit.request.path_params["round"]
    )
