"""Publishing a questionnaire, opening and closing a round, publishing results; each is audited."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.errors import Invalid, NotFound
from core.questionnaires.check import check_definition
from core.questionnaires.load import definition_hash, plain
from core.questionnaires.schema import Definition
from core.words import say
from models.account import Snapshot
from models.base import now
from models.place import Community
from models.questionnaire import Questionnaire, Round

CODE = re.compile(r"[\w.\-]{1,40}")
MOST_NAME, MOST_NOTE = 80, 400


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to open: `questionnaire` is a published code; without `closes_at` it is closed by hand."""

    community_id: int
    questionnaire: str
    code: str
    name: str
    opens_at: datetime
    closes_at: datetime | None = None


def publish_questionnaire(session: Session, definition: Definition, *, account_id: int | None = None) -> int:
    """Store a definition for good; its id. The same content again is the same questionnaire.

    Raises Invalid when the code is published already with other content, or the definition has a fault.
    """
    digest = definition_hash(definition)
    found = session.scalars(select(Questionnaire).where(col(Questionnaire.code) == definition.code)).first()
    if found is not None:
        if found.digest != digest:
            raise Invalid(say("rounds.changed", code=definition.code))
        assert found.id is not None
        return found.id
    if faults := check_definition(definition):
        raise Invalid(say("rounds.faulty", code=definition.code, n=len(faults), fault=faults[0]))
    made = Questionnaire(
        code=definition.code,
        kind=definition.kind,
        title=definition.title,
        definition=plain(definition),
        digest=digest,
        published_at=now(),
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "questionnaire.published", "questionnaire", made.id, account_id=account_id)
    return made.id


def open_round(session: Session, new: NewRound, *, account_id: int | None = None) -> int:
    """Make a round that takes answers from `opens_at` on; its id.

    Raises Invalid (code, name, times, code taken), NotFound (community, questionnaire).
    """
    _check_round(new)
    if session.get(Community, new.community_id) is None:
        raise NotFound.say("unknown_community", name=new.community_id)
    asked = select(col(Questionnaire.id)).where(col(Questionnaire.code) == new.questionnaire)
    questionnaire_id = session.scalars(asked).first()
    if questionnaire_id is None:
        raise NotFound(say("rounds.unknown_questionnaire", code=new.questionnaire))
    if session.scalars(select(col(Round.id)).where(col(Round.code) == new.code)).first() is not None:
        raise Invalid(say("rounds.code_taken", code=new.code))
    made = Round(
        code=new.code,
        community_id=new.community_id,
        questionnaire_id=questionnaire_id,
        name=new.name.strip(),
        opens_at=new.opens_at,
        closes_at=new.closes_at,
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "round.opened", "round", made.id, account_id=account_id)
    return made.id


def _check_round(new: NewRound) -> None:
    if not CODE.fullmatch(new.code):
        raise Invalid(say("rounds.code_wrong", code=new.code[:40]))
    if not 0 < len(new.name.strip()) <= MOST_NAME:
        raise Invalid(say("rounds.name_wrong", most=MOST_NAME))
    if new.closes_at is not None and new.closes_at <= new.opens_at:
        raise Invalid(say("rounds.times_wrong"))


def close_round(session: Session, round_id: int, *, account_id: int | None = None) -> datetime:
    """Take no more answers from now on; when it closed. A round closed before stays as it was.

    Raises NotFound.
    """
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound.say("unknown_round")
    at = now()
    if found.closes_at is not None and found.closes_at <= at:
        return found.closes_at
    found.closes_at = at
    session.add(found)
    audit(session, "round.closed", "round", round_id, account_id=account_id)
    return at


def extend_round(
    session: Session, round_id: int, closes_at: datetime | None, *, account_id: int | None = None
) -> None:
    """Take answers until `closes_at` (None: until it is closed by hand), also again after it had closed.

    Raises NotFound, Invalid (a time that is over, or before it opens).
    """
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound.say("unknown_round")
    if closes_at is not None and closes_at <= max(now(), found.opens_at):
        raise Invalid(say("rounds.extend_past"))
    found.closes_at = closes_at
    session.add(found)
    audit(session, "round.extended", "round", round_id, account_id=account_id)


def publish_snapshot(
    session: Session,
    round_id: int,
    figures: Sequence[dict[str, Any]],
    note: str = "",
    *,
    account_id: int | None = None,
) -> int:
    """Freeze figures for the public board as the round's next version; the snapshot's id.

    `figures` are rows as `estimate` gives them. Raises NotFound, Invalid (no figures, a long note, a value
    JSON does not have).
    """
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound.say("unknown_round")
    if not figures:
        raise Invalid(say("rounds.no_figures"))
    if len(note) > MOST_NOTE:
        raise Invalid(say("rounds.note_too_long", n=len(note), most=MOST_NOTE))
    newest = session.scalar(select(func.max(col(Snapshot.version))).where(col(Snapshot.round_id) == round_id))
    made = Snapshot(
        community_id=found.community_id,
        round_id=round_id,
        version=(newest or 0) + 1,
        figures=_plain(figures),
        note=note,
        published_at=now(),
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "snapshot.published", "snapshot", made.id, account_id=account_id)
    return made.id


def _plain(figures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures as JSON holds them: a NaN would be stored on SQLite and refused by PostgreSQL."""
    try:
        found: list[dict[str, Any]] = json.loads(json.dumps(list(figures), allow_nan=False))
    except (ValueError, TypeError) as error:
        raise Invalid(say("rounds.figures_wrong")) from error
    return found
