"""Comments whose author says they were read wrongly come first, and the reviewer sees what was meant."""

from __future__ import annotations

import pytest

from core import database
from core.queries.review import Desk, review_item
from core.queries.review_queue import Order, queue
from models.base import now
from models.comment import Correction
from tests.core.conftest import Small
from tests.core.reviewing import label, person, says


@pytest.fixture
def desk(small: Small) -> Desk:
    """One reviewer."""
    return Desk(small.community, person("li"))


def _queue(desk: Desk, order: Order = Order.TEACHES, **how: object) -> list[int]:
    with database.reading() as session:
        return queue(session, desk, order, **how)  # type: ignore[arg-type]


def _meant(comment_id: int, area: str) -> None:
    with database.writing() as session:
        session.add(Correction(comment_id=comment_id, area=area, given_at=now()))


def test_what_its_author_corrected_comes_first_and_goes_once_it_is_labelled(desk: Desk) -> None:
    said = says(desk.community_id, *(f"事{i} / facilities / safety / 0.9{i}" for i in range(4)))
    plain = _queue(desk)
    last = plain[-1]
    _meant(last, "elderly")
    assert _queue(desk) == [last, *plain[:-1]]
    assert _queue(desk, most=1) == [last] and _queue(desk, skip=[last]) == plain[:-1]
    assert _queue(desk, Order.URGENT) == sorted(said, reverse=True), "only where it teaches"
    label(desk, last, "elderly")
    assert _queue(desk) == plain[:-1]


def test_corrections_of_another_community_and_of_unread_comments_are_no_business_of_this_queue(
    desk: Desk,
) -> None:
    (read,) = says(desk.community_id, "路灯 / facilities / safety")
    (unread,) = says(desk.community_id, "还没读 / facilities", read=False)
    _meant(unread, "elderly")
    assert _queue(desk) == [read]
    assert _queue(Desk(desk.community_id + 1, desk.account_id)) == []


def test_the_reviewer_sees_what_the_author_meant_beside_what_the_machine_read(desk: Desk) -> None:
    (said,) = says(desk.community_id, "路灯 / facilities / safety")
    with database.reading() as session:
        before = review_item(session, desk, said)
    _meant(said, "culture")
    with database.reading() as session:
        after = review_item(session, desk, said)
    assert before is not None and after is not None
    assert (before.meant, after.meant) == ("", "culture")
    assert after.suggestions == before.suggestions == ("facilities", "safety")
