"""查回执 on plain pages: the life of one's words, whether the matter is settled, what was really meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from starlette.responses import Response

from core import database
from core.actions.drafts import draft_of_code
from core.actions.own_words import correct_reading, give_verdict
from core.actions.replace_response import CHANGE
from core.errors import Invalid
from core.queries.contacts_left import LEFT, contact_left
from core.queries.receipts import AnswerGiven, SaidWords
from core.queries.topics import OthersSaid, others_said
from core.words import CHINA, day, label, say, speaking
from models.base import now
from models.taxonomy import ANSWER_STATES, AREA_LABELS, AREAS, VERDICTS
from pages.plain.receipt_code import Found, find, with_code
from pages.plain.steps import LOOKS
from pages.plain.visit import Visit, keep, language_of

NO_AREA = "other"
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Line:
    """One point in the life of a comment, `more` in lines below it; `ahead`: it has not come yet."""

    words: str
    more: tuple[str, ...] = ()
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """One comment as its author reads it; `verdict` in words, `read`: there is a reading to correct."""

    comment_id: int
    text: str
    lines: tuple[Line, ...]
    answered: bool
    verdict: str
    read: bool


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area one may have meant: its name in large, what belongs to it in small."""

    code: str
    name: str
    what: str


@with_code
def look_up(visit: Visit, found: Found) -> Response:
    """POST /r: the life behind the code."""
    return life(visit, found)


def look(visit: Visit) -> Response:
    """POST /r/look: 长辈版 or not, and the language; then the same life: its code is in no address."""
    chosen = visit.first("as")
    if chosen not in LOOKS:
        return look_up(visit)
    name, value = LOOKS[chosen]
    # This very page already looks as the cookie will have the next ones look.
    visit.request.cookies[name] = value
    with speaking(language_of(visit.request)):
        return keep(look_up(visit), name, value)


@with_code
def verdict(visit: Visit, found: Found) -> Response:
    """POST /r/verdict: whether its author thinks the matter of a comment settled."""
    given = visit.first("verdict")
    try:
        with database.writing() as session:
            give_verdict(session, found.hash, _comment_id(visit), verdict=given)
    except Invalid as error:
        return life(visit, found, failure=str(error))
    return life(visit, find(visit), told=say("door.receipt.verdict.thanks", verdict=verdict_name(given)))


@with_code
def correct(visit: Visit, found: Found) -> Response:
    """POST /r/correct: the areas to choose from, or with `area` what was meant."""
    comment_id = _comment_id(visit)
    said = next((each for each in found.life.said if each.comment_id == comment_id), None)
    if said is None:
        return life(visit, found)
    area = visit.first("area")
    if not area:
        return _choose_area(visit, found, said)
    try:
        with database.writing() as session:
            correct_reading(session, found.hash, comment_id, area=area)
    except Invalid as error:
        return life(visit, found, failure=str(error))
    return life(visit, find(visit), told=say("door.receipt.correct.done", area=area_name(area)))


def life(visit: Visit, found: Found, *, told: str = "", failure: str = "") -> Response:
    """The page of a receipt: what became of each comment, and what its author can do."""
    about = found.life
    if about.kind == "deleted":
        gone = say("resident.receipt.deleted", day=day(about.received_at))
        return visit.answer("receipt_gone", community=found.community, title=gone, told="")
    with database.reading() as session:
        others = {said.comment_id: others_said(session, said.comment_id) for said in about.said}
        left = [contact_left(session, said.comment_id, now()) for said in about.said]
    draft = draft_of_code(found.code)
    sheet = about.kind != "sentence"
    return visit.answer(
        "receipt_life",
        community=found.community,
        status=400 if failure else 200,
        code=found.code,
        about=say(f"resident.receipt.received_{about.kind}", about=about.about),
        received=say("resident.receipt.received", day=day(about.received_at)),
        said=[_life(said, others[said.comment_id], about.received_at) for said in about.said],
        verdicts=[(code, verdict_name(code)) for code in VERDICTS],
        sheet=sheet,
        open=sheet and (about.closes_at is None or about.closes_at > now()),
        changing=draft is not None and draft.mode == CHANGE,
        contact=LEFT in left,
        told=told,
        failure=failure,
    )


def _life(said: SaidWords, others: OthersSaid | None, received_at: datetime) -> Life:
    lines = [Line(say("resident.receipt.received", day=day(received_at))), _reading(said)]
    if said.correction:
        lines.append(Line(say("door.receipt.correct.done", area=area_name(said.correction))))
    if others:
        lines.append(Line(say("resident.receipt.others", n=others.voices, title=others.title)))
    lines += [_answer(given) for given in said.answers]
    if not said.answered:
        lines.append(Line(say("resident.receipt.not_answered"), ahead=True))
    if said.verdict:
        lines.append(Line(say("door.receipt.verdict.given", verdict=verdict_name(said.verdict))))
    given = verdict_name(said.verdict) if said.verdict else ""
    read = bool(said.areas) or said.state == "abstained"
    return Life(said.comment_id, said.text, tuple(lines), said.answered, given, read)


def _reading(said: SaidWords) -> Line:
    if said.areas:
        return Line(say("resident.receipt.read_as", areas=_names(said.areas)))
    if said.state == "abstained":
        return Line(say("resident.receipt.unsure"))
    return Line(say("resident.receipt.reading"), ahead=True)


def _answer(given: AnswerGiven) -> Line:
    """An answer: its state and day, the reason, who is responsible and until when."""
    state = label(f"answer_state.{given.state}", ANSWER_STATES.get(given.state, given.state))
    parts = [given.reason]
    parts.append(say("resident.receipt.owner", owner=given.owner) if given.owner else "")
    parts.append(say("resident.receipt.due", day=_on(given.due_on)) if given.due_on else "")
    head = say("resident.receipt.answered", state=state, day=day(given.answered_at))
    return Line(head, tuple(part for part in parts if part))


def _on(when: date) -> str:
    return day(datetime.combine(when, time(12), CHINA))


def _choose_area(visit: Visit, found: Found, said: SaidWords) -> Response:
    likely = [_choice(code) for code in said.likely]
    rest = [_choice(area.code) for area in AREAS if area.code not in (*said.likely, *said.areas[:1])]
    return visit.answer(
        "receipt_correct",
        community=found.community,
        code=found.code,
        comment_id=said.comment_id,
        text=said.text,
        areas=_names(said.areas),
        likely=likely,
        rest=rest,
    )


def _choice(code: str) -> AreaChoice:
    if code == NO_AREA:
        return AreaChoice(code, say("door.receipt.correct.other"), "")
    what = next(area.what for area in AREAS if area.code == code)
    return AreaChoice(code, area_name(code), label(f"area_what.{code}", what))


def _comment_id(visit: Visit) -> int:
    """The comment the form names; 0, which is none, for anything that is no number."""
    typed = visit.first("comment")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS else 0


def _names(areas: tuple[str, ...]) -> str:
    return say("resident.receipt.and").join(map(area_name, areas))


def area_name(code: str) -> str:
    """The service area as residents read it."""
    return label(f"area.{code}", AREA_LABELS.get(code, code))


def verdict_name(code: str) -> str:
    """The verdict in words."""
    return label(f"verdict.{code}", VERDICTS.get(code, code))
