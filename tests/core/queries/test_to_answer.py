"""Who waits for an answer: the order, the filters, page by page; what was answered and what is public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import database
from core.queries.given_answers import answers_of, on_the_board, topic_here
from core.queries.to_answer import (
    OPEN,
    ToAnswer,
    Waiting,
    WorkFilter,
    months,
    one_to_answer,
    waiting,
    work_page,
)
from core.words import CHINA
from models.alert import Alert
from models.comment import AnswerToResidents, Correction, Verdict
from models.topic import CommentTopic, Topic
from tests.core.topic_book import LIFT, NOON, TopicBook

EVERYTHING = WorkFilter(state="")


@pytest.fixture
def book(record: object) -> TopicBook:
    return TopicBook()


def _answer(book: TopicBook, comment_id: int | None, state: str = "answered", **fields: Any) -> None:
    with database.writing() as session:
        session.add(
            AnswerToResidents(
                **{"community_id": book.here, "comment_id": comment_id, "area": "facilities",
                   "state": state, "answered_at": NOON} | fields
            )
        )  # fmt: skip


def _alarm(book: TopicBook, comment_id: int, outcome: str | None = None) -> None:
    """An alert, open, or closed with an outcome."""
    with database.writing() as session:
        session.add(
            Alert(
                community_id=book.here, comment_id=comment_id, source="words", kinds="fire",
                raised_at=NOON, in_hours=True, duty_name="", due_at=NOON,
                closed_at=NOON if outcome else None, outcome=outcome or "",
            )
        )  # fmt: skip


def _ids(book: TopicBook, only: WorkFilter = EVERYTHING, **more: Any) -> list[int]:
    with database.reading() as session:
        return [item.comment_id for item in work_page(session, book.here, only=only, **more).items]


def _one(book: TopicBook, comment_id: int) -> ToAnswer:
    with database.reading() as session:
        found = one_to_answer(session, book.here, comment_id)
    assert found is not None
    return found


def test_open_alerts_come_first_then_past_danger_then_who_waits_longest_then_the_answered(
    book: TopicBook,
) -> None:
    (young,) = book.says("路灯不亮", days_ago=1)
    (old,) = book.says("电梯坏了", days_ago=9)
    (answered,) = book.says("已经答复了", days_ago=30)
    (harmless,) = book.says("不是险情", days_ago=5)
    (danger,) = book.says("有人晕倒过", days_ago=4)
    (burning,) = book.says("楼道着火", days_ago=0.1)
    _answer(book, answered)
    _alarm(book, burning)
    _alarm(book, danger, "handled")
    _alarm(book, harmless, "not_danger")
    assert _ids(book) == [burning, danger, old, harmless, young, answered]
    assert _ids(book, WorkFilter()) == [burning, danger, old, harmless, young]
    assert [_one(book, id_).alert for id_ in (burning, danger, harmless, old)] == [True, True, False, False]
    with database.reading() as session:
        assert waiting(session, book.here) == Waiting(5, 2)


def test_received_is_no_answer_yet(book: TopicBook) -> None:
    (said,) = book.says("电梯坏了")
    _answer(book, said, "received")
    assert _ids(book, WorkFilter()) == [said] == _ids(book, WorkFilter(state="received"))
    _answer(book, said, "doing")
    assert _ids(book, WorkFilter()) == [] == _ids(book, WorkFilter(state="received"))


def test_the_state_is_that_of_the_last_answer(book: TopicBook) -> None:
    one, other = book.says("电梯坏了", "路灯不亮")
    for state in ("answered", "doing", "done"):
        _answer(book, one, state)
    _answer(book, other, "doing")
    assert _ids(book, WorkFilter(state="doing")) == [other]
    assert _ids(book, WorkFilter(state="done")) == [one]
    assert _one(book, one).state == "done"


def test_the_area_is_decided_by_a_person_before_the_machine(book: TopicBook) -> None:
    (read,) = book.says("电梯坏了", days_ago=3)
    (labelled,) = book.says("电梯里有味", days_ago=2)
    (unread,) = book.says("还没读", area="")
    book.labels(labelled, "health")
    book.labels(labelled, "environment")
    assert _ids(book, WorkFilter(area="facilities")) == [read]
    assert _ids(book, WorkFilter(area="environment")) == [labelled]
    assert _ids(book, WorkFilter(area="health")) == []
    assert [_one(book, id_).area for id_ in (read, labelled, unread)] == ["facilities", "environment", ""]


def test_what_the_machine_was_not_sure_of_has_no_area(book: TopicBook) -> None:
    (said,) = book.says("那个东西", state="abstained")
    assert _one(book, said).area == ""


def test_the_month_is_chinas(book: TopicBook) -> None:
    # NOON is 8 October, 12:00 in China.
    (before,) = book.says("九月三十日 23:59", days_ago=7 + 12 / 24 + 1 / 1440)
    (after,) = book.says("十月一日 0:00", days_ago=7 + 12 / 24)
    assert before in _ids(book, WorkFilter(month="2026-09"))
    assert after in _ids(book, WorkFilter(month="2026-10"))
    assert before not in _ids(book, WorkFilter(month="2026-10"))
    with pytest.raises(ValueError):
        _ids(book, WorkFilter(month="oct"))


def test_december_ends_with_the_year(book: TopicBook) -> None:
    (said,) = book.says("年末", said_at=NOON.replace(month=12, day=31))
    assert _ids(book, WorkFilter(month="2026-12")) == [said]


def test_page_after_page_brings_everything_once_in_order(book: TopicBook) -> None:
    said = [book.says(text, days_ago=2)[0] for text in LIFT]  # all said at the same moment
    _alarm(book, said[4])
    _answer(book, said[1])
    wanted = [said[4], said[0], said[2], said[3], said[5], said[1]]
    found, after = [], None
    while True:
        with database.reading() as session:
            page = work_page(session, book.here, only=EVERYTHING, after=after, most=2)
        found.append([item.comment_id for item in page.items])
        after = page.after
        if after is None:
            break
    assert found == [wanted[:2], wanted[2:4], wanted[4:]]


def test_ten_stand_on_a_page(book: TopicBook) -> None:
    book.says(*(f"第{i}条" for i in range(11)))
    with database.reading() as session:
        page = work_page(session, book.here)
    assert len(page.items) == 10 and page.after is not None


def test_only_this_communitys_comments_and_only_what_was_redacted(book: TopicBook) -> None:
    (mine,) = book.says("打我电话〔已隐去〕")
    book.says("别的社区", community_id=book.other)
    assert _ids(book) == [mine]
    assert _one(book, mine).text == "打我电话〔已隐去〕"
    with database.reading() as session:
        assert one_to_answer(session, book.other, mine) is None
        assert waiting(session, book.here) == Waiting(1, 0)


def test_its_authors_verdict_and_correction_stand_beside(book: TopicBook) -> None:
    (said,) = book.says("电梯坏了")
    assert (_one(book, said).verdict, _one(book, said).correction) == ("", "")
    with database.writing() as session:
        session.add(Verdict(comment_id=said, verdict="partly", given_at=NOON))
        session.add(Correction(comment_id=said, area="safety", given_at=NOON))
    assert (_one(book, said).verdict, _one(book, said).correction) == ("partly", "safety")


def test_all_answers_are_told_in_order_with_what_is_public_of_them(book: TopicBook) -> None:
    (said,) = book.says("电梯坏了")
    _answer(book, said, "doing", topic="电梯维修", published=True, answered_at=NOON + timedelta(days=1))
    _answer(book, said, "answered", topic="撤下的", published=False)
    with database.reading() as session:
        told = [(one.state, one.wording) for one in answers_of(session, said)]
        public = [(one.wording, one.state) for one in on_the_board(session, book.here)]
        assert on_the_board(session, book.other) == []
    assert told == [("answered", ""), ("doing", "电梯维修")]
    assert public == [("电梯维修", "doing")]


def test_the_topic_of_a_comment_is_the_one_it_counts_to(book: TopicBook) -> None:
    said = book.says(*LIFT[:4])
    with database.writing() as session:
        facts = {"community_id": book.here, "area": "facilities", "words": [], "centre": {}}
        into = Topic(**facts, state="approved", title="电梯常坏", found_at=NOON)
        session.add(into)
        session.flush()
        merged = Topic(**facts, state="merged", merged_into_id=into.id, found_at=NOON)
        named = Topic(**facts, state="hidden", title="不公开的", found_at=NOON)
        session.add_all([merged, named])
        session.flush()
        for id_, topic in zip(said, (into, merged, named), strict=False):
            session.add(CommentTopic(comment_id=id_, topic_id=topic.id or 0, nearness=1, repeats_id=id_))
        ids = into.id, named.id
    with database.reading() as session:
        found = [topic_here(session, id_) for id_ in said]
    told = [(one.topic_id, one.title, one.comments) if one else None for one in found]
    assert told == [(ids[0], "电梯常坏", 2), (ids[0], "电梯常坏", 2), (ids[1], "", 1), None]


def test_the_first_filter_is_who_waits() -> None:
    assert WorkFilter() == ("", "", OPEN)


def test_months_go_from_the_first_comment_to_the_last(book: TopicBook) -> None:
    with database.reading() as session:
        assert months(session, book.here) == []
    for days in (0, 70):
        book.says("电梯坏了", days_ago=days)
    with database.reading() as session:
        found = months(session, book.here)
    ends = [NOON.astimezone(CHINA), (NOON - timedelta(days=70)).astimezone(CHINA)]
    assert [found[0], found[-1]] == [f"{at:%Y-%m}" for at in ends]
    assert found == sorted(set(found), reverse=True) and len(found) in (3, 4)
