"""What an answer may say: a reason and an office without numbers, a wording that is nobody's own sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from core.errors import Invalid
from core.redaction import HIDDEN, clean, redact
from core.text.duplicates import plain
from core.words import CHINA, say
from models.taxonomy import ANSWER_STATES, AREA_LABELS

MOST_REASON: Final = 400
MOST_OWNER: Final = 80
MOST_WORDING: Final = 120
# A run of so many characters that stands in a comment is that person's sentence (as for a topic's title).
RAW_FROM: Final = 8
# These two are about nothing but their reason; for those two no day is ahead any more.
NEEDS_REASON: Final = ("answered", "declined")
SETTLED: Final = ("done", "declined")
ONLY_RECEIVED: Final = "received"


@dataclass(frozen=True, slots=True)
class Answer:
    """What staff say: a state of taxonomy.ANSWER_STATES, why, which office, until when.

    `wording`: what the matter is called on the public board; empty keeps the answer off it. `area` is only
    for a comment whose area nobody, person or machine, has decided.
    """

    state: str
    reason: str = ""
    owner: str = ""
    due_on: date | None = None
    wording: str = ""
    area: str = ""


def checked(given: Answer, at: datetime) -> Answer:
    """The answer cleaned. Raises Invalid: no such state, a reason missing or too long, a number in it, a day
    that is past, nothing to publish yet."""
    if given.state not in ANSWER_STATES:
        raise Invalid(say("answers.no_state"))
    if given.area and given.area not in AREA_LABELS:
        raise Invalid(say("answers.no_area"))
    reason = _text(given.reason, "reason", MOST_REASON)
    owner = _text(" ".join(given.owner.split()), "owner", MOST_OWNER)
    wording = _text(" ".join(given.wording.split()), "wording", MOST_WORDING)
    if given.state in NEEDS_REASON and not reason:
        raise Invalid(say("answers.no_reason", state=ANSWER_STATES[given.state]))
    due_on = None if given.state in SETTLED else given.due_on
    if due_on and due_on < at.astimezone(CHINA).date():
        raise Invalid(say("answers.due_past"))
    if wording and given.state == ONLY_RECEIVED:
        raise Invalid(say("answers.only_received"))
    if wording and not plain(wording):
        raise Invalid(say("answers.wording_empty"))
    return replace(given, reason=reason, owner=owner, wording=wording, due_on=due_on)


def _text(typed: str, field: str, most: int) -> str:
    words = clean(typed)
    name = say(f"answers.field.{field}")
    if len(words) > most:
        raise Invalid(say("answers.too_long", field=name, n=len(words), most=most))
    if redact(words).count(HIDDEN) > words.count(HIDDEN):
        raise Invalid(say("answers.private", field=name))
    return words


def check_not_raw(wording: str, texts: Sequence[str]) -> None:
    """Refuse a wording that stands in a comment, or in which a whole comment stands."""
    words = plain(wording)
    said = (plain(text) for text in texts)
    if any(_shares(words, text) for text in said):
        raise Invalid(say("answers.raw"))


def _shares(words: str, text: str) -> bool:
    shorter, longer = sorted((words, text), key=len)
    return len(shorter) >= RAW_FROM and shorter in longer
