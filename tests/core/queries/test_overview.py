"""What waits, counted by hand: comments by what became of them, responses by the way they came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core import database
from core.actions.comment_tally import recount
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.queries.overview import CommentsToDo, comments_to_do, responses_by_way
from models.account import Account
from models.comment import AnswerToResidents, Classification, Comment, Label

AT = datetime(2026, 11, 2, 4, tzinfo=UTC)


def _say(small: Any, text: str, **more: Any) -> int:
    with database.writing() as session:
        row = Comment(
            community_id=small.community,
            channel="sentence",
            original=text,
            redacted=text,
            said_at=AT,
            received_at=AT,
            **({"state": "waiting"} | more),
        )
        session.add(row)
        session.flush()
        return row.id or 0


def _add(row: Any) -> int:
    with database.writing() as session:
        session.add(row)
        session.flush()
        return row.id or 0


def _read(comment_id: int, *, urgent: bool, state: str = "classified") -> None:
    reading = _add(
        Classification(
            comment_id=comment_id,
            area="safety",
            probability=0.9,
            sentiment="neg",
            intent="complaint",
            urgent=urgent,
            abstained=state == "abstained",
            classifier="t",
            read_at=AT,
        )
    )
    with database.writing() as session:
        comment = session.get(Comment, comment_id)
        assert comment is not None
        comment.state, comment.classification_id = state, reading


def _label(comment_id: int, account_id: int, *, urgent: bool) -> None:
    _add(
        Label(
            comment_id=comment_id,
            account_id=account_id,
            area="elderly",
            sentiment="neu",
            intent="need",
            urgent=urgent,
            labelled_at=AT,
        )
    )


def _answer(small: Any, comment_id: int) -> None:
    _add(
        AnswerToResidents(
            community_id=small.community,
            comment_id=comment_id,
            area="safety",
            state="answered",
            answered_at=AT,
        )
    )


def _todo(community_id: int) -> CommentsToDo:
    with database.writing() as session:  # the rows of these tests are written without the deeds that move it
        recount(session)
    with database.reading() as session:
        return comments_to_do(session, community_id)


def test_nothing_waits_where_nobody_has_spoken(small: Any) -> None:
    assert _todo(small.community) == CommentsToDo(0, 0, 0, 0)


def test_an_unread_comment_waits_and_words_of_danger_make_it_urgent(small: Any) -> None:
    _say(small, "楼道灯坏了")
    _say(small, "闻到煤气味", danger="gas")
    assert _todo(small.community) == CommentsToDo(total=2, waiting=2, abstained=0, urgent=1)
    assert _todo(99) == CommentsToDo(0, 0, 0, 0)


def test_the_reading_decides_what_is_urgent_once_there_is_one(small: Any) -> None:
    _read(_say(small, "闻到煤气味", danger="gas"), urgent=False)
    _read(_say(small, "老人摔倒了没人管"), urgent=True)
    assert _todo(small.community) == CommentsToDo(total=2, waiting=0, abstained=0, urgent=1)


def test_a_person_who_labels_decides_and_takes_it_off_the_list(small: Any) -> None:
    person = _add(Account(name="a", display="a", password_hash="x", created_at=AT))
    unsure = _say(small, "那个事", state="abstained")
    _read(unsure, urgent=True, state="abstained")
    assert _todo(small.community) == CommentsToDo(total=1, waiting=0, abstained=1, urgent=1)
    _label(unsure, person, urgent=True)
    assert _todo(small.community) == CommentsToDo(total=1, waiting=0, abstained=0, urgent=1)
    _label(unsure, person, urgent=False)
    assert _todo(small.community) == CommentsToDo(total=1, waiting=0, abstained=0, urgent=0)


def test_an_urgent_comment_that_was_answered_waits_no_longer(small: Any) -> None:
    first, second = _say(small, "漏电", danger="electric"), _say(small, "着火", danger="fire")
    _answer(small, first)
    _answer(small, first)
    assert _todo(small.community) == CommentsToDo(total=2, waiting=2, abstained=0, urgent=1)
    _answer(small, second)
    assert _todo(small.community).urgent == 0


def test_responses_are_told_by_month_mode_and_collector(small: Any) -> None:
    for key, collector in (("a", "self"), ("b", "self"), ("c", "worker")):
        save_response(Submission(small.round, small.answers(), key=key, collector=collector))
    fold()
    with database.reading() as session:
        found = responses_by_way(session, small.round)
        assert responses_by_way(session, 99).empty
    assert found.groupby("collector")["n"].sum().to_dict() == {"self": 2, "worker": 1}
    assert set(found["month"].str.len()) == {7} and found["n"].sum() == 3
