"""Where a comment is answered, a number its author left is told, and opened on demand and on record."""

from __future__ import annotations

from sqlalchemy import func, select

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.contacts import Reach
from models.account import AuditEntry
from tests.core.conftest import Small
from tests.pages.committee.conftest import Visit, told


def _opened() -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.deed == "contact.opened")
        return int(session.scalar(query) or 0)


def test_who_answers_a_comment_can_call_its_author(staffed: Small, visit: Visit) -> None:
    asked = Sentence(staffed.community, "路灯坏了，想当面说说", "k", contact=Reach("0531-88776655"))
    said = say_sentence(asked).response_id
    screen = visit("answers")
    assert "居民请您联系，留了电话" in told(screen) and "0531" not in told(screen) and _opened() == 0
    screen = screen.button(key=f"contact.see.{said}").click().run()
    assert "0531-88776655" in told(screen) and _opened() == 1


def test_a_comment_without_a_number_says_nothing_of_it(staffed: Small, visit: Visit) -> None:
    say_sentence(Sentence(staffed.community, "路灯坏了", "k"))
    assert "请您联系" not in told(visit("answers"))
