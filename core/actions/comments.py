"""What a resident says outside a questionnaire: stored first, read later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.contacts import Reach, leave_for
from core.actions.raise_alerts import raise_for
from core.actions.round_cache import places_of
from core.actions.store_response import CODE_ATTEMPTS, Receipt
from core.actions.withdraw import withdrawn_before
from core.errors import Invalid, NotFound
from core.redaction import clean, redact
from core.security import receipt_code, receipt_hash
from core.text.danger import dangers
from core.words import say
from models.base import now
from models.comment import Comment
from models.place import Community

# The longest sentence taken from the box that is always open, in characters.
MOST_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Sentence:
    """一句话: text from the box that is always open. `key` is made by the client, once per sheet.

    `contact`: how to reach its author, who asked for it; stored apart, in the same transaction.
    """

    community_id: int
    text: str
    key: str
    grid_id: int | None = None
    building_id: int | None = None
    said_at: datetime | None = None
    contact: Reach | None = None


def say_sentence(sentence: Sentence) -> Receipt:
    """Store one sentence and return its receipt; the same key again returns the same receipt.

    A contact that comes with it the second time is kept in the place of the first.

    Raises Invalid (empty, too long, withdrawn by its author), NotFound (community, grid, building),
    Unavailable.
    """
    words = _checked(sentence)
    for attempt in range(CODE_ATTEMPTS):
        code = receipt_code(sentence.key, attempt)
        try:
            with database.writing() as session:
                return _stored_before(session, sentence) or _store(session, sentence, words, code)
        except database.DUPLICATE:
            if attempt == CODE_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def words_of(text: str) -> str:
    """What was typed, cleaned. Raises Invalid (empty, too long)."""
    words = clean(text)
    if not words:
        raise Invalid.say("comment_empty")
    if len(words) > MOST_CHARACTERS:
        raise Invalid.say("comment_too_long", n=f"{len(words):,}", most=MOST_CHARACTERS)
    return words


def _checked(sentence: Sentence) -> str:
    words = words_of(sentence.text)
    grids, buildings = places_of(sentence.community_id)
    if sentence.grid_id and sentence.grid_id not in grids:
        raise NotFound.say("unknown_grid")
    # A building nobody has lies in no grid: without one of its own the sentence would agree with it.
    if sentence.building_id and (
        not sentence.grid_id or buildings.get(sentence.building_id) != sentence.grid_id
    ):
        raise NotFound.say("unknown_building")
    return words


def _stored_before(session: Session, sentence: Sentence) -> Receipt | None:
    found = session.scalars(select(Comment).where(col(Comment.idempotency_key) == sentence.key)).first()
    if found is None:
        return None
    assert found.id is not None
    if sentence.contact:
        leave_for(session, [found], sentence.contact)
    codes = (receipt_code(sentence.key, attempt) for attempt in range(CODE_ATTEMPTS))
    code = next(code for code in codes if receipt_hash(code) == found.receipt_hash)
    return Receipt(code, found.id, repeated=True)


def _store(session: Session, sentence: Sentence, words: str, code: str) -> Receipt:
    if session.get(Community, sentence.community_id) is None:
        raise NotFound.say("unknown_community", name=sentence.community_id)
    if withdrawn_before(session, sentence.key):
        # Whoever goes back in the browser and sends the form once more does not bring it back by that.
        raise Invalid(say("door.receipt.change.gone"))
    at = sentence.said_at or now()
    said = Comment(
        community_id=sentence.community_id,
        grid_id=sentence.grid_id,
        building_id=sentence.building_id,
        channel="sentence",
        original=words,
        redacted=redact(words),
        danger=";".join(dangers(words))[:80],
        said_at=at,
        received_at=now(),
        receipt_hash=receipt_hash(code),
        idempotency_key=sentence.key,
    )
    session.add(said)
    session.flush()
    assert said.id is not None
    if said.danger:
        raise_for(session, [said.id], "words")
    if sentence.contact:
        leave_for(session, [said], sentence.contact)
    audit(session, "comment.said", "comment", said.id)
    return Receipt(code, said.id, repeated=False)
