"""What tests of the safety net share: staff, a roster, sentences of danger, a detector by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core import database
from core.actions.accounts import create_account
from core.actions.alerts import Desk
from core.actions.comments import Sentence, say_sentence
from core.actions.duty import NewPerson, Turns, add_person, add_turns, set_plan
from core.text.reading import Reading
from models.alert import Alert

# The first is found by its words, the second by a detector only.
FIRE, QUIET = "三楼着火了，快来人", "他说今晚就走，再也不麻烦大家"


class Reads:
    """A detector that finds QUIET urgent, whatever its area."""

    version = "alerts"

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [Reading("other", (), 0.3, "neg", "none", text in (QUIET, FIRE), True) for text in texts]


def staff(name: str, role: str = "committee") -> int:
    """An account that may take up alerts everywhere."""
    with database.writing() as session:
        return create_account(
            session, name=name, display=name, password="long-enough-1", roles=[(role, "all", None)]
        )


def always_on(community: int) -> None:
    """甲 is on duty at every hour of the week, 乙 is the deputy, 丙 gets what they leave."""
    with database.writing() as session:
        people = [
            add_person(session, community, NewPerson(name=name, phone=f"80{i}"))
            for i, name in enumerate("甲乙丙")
        ]
        add_turns(session, community, Turns(range(1, 8), 0, 24 * 60, people[0], people[1]))
        set_plan(session, community, supervisor_id=people[2], holidays=())


def say_it(community: int, text: str, said_at: datetime | None = None) -> int:
    """One sentence; its comment's id."""
    return say_sentence(
        Sentence(community, text, f"key {community} {text} {said_at}", said_at=said_at)
    ).response_id


def alerts() -> list[Alert]:
    """All alerts, in the order they were raised."""
    with database.reading() as session:
        return list(session.scalars(select(Alert).order_by(Alert.id)))


def desk(community: int, name: str = "juwei") -> Desk:
    """A new member of staff at this community's desk."""
    return Desk(community, staff(name))
