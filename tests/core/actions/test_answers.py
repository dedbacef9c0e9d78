"""Answering residents: appended, checked, to one or all of a topic, on the board only in approved words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from core import database
from core.actions.alerts import Desk
from core.actions.answer_words import Answer
from core.actions.answers import answer_comment, answer_topic, take_down
from core.errors import Invalid, NotFound
from core.queries.board import published_answers
from core.queries.receipts import life_of
from core.security import receipt_hash
from models.account import AuditEntry
from models.comment import AnswerToResidents, Correction, Label
from models.topic import CommentTopic, Topic
from tests.core.topic_book import LIFT, NOON, TopicBook

DAY = timedelta(days=1)
ANSWERED = Answer("answered", "维保合同到期，正在重新招标。", "物业服务中心")


@pytest.fixture
def book(record: object) -> TopicBook:
    return TopicBook()


def _desk(book: TopicBook, *, elsewhere: bool = False) -> Desk:
    return Desk(book.other if elsewhere else book.here, book.clerk)


def _give(book: TopicBook, comment_id: int, given: Answer, *, days: float = 0) -> int:
    with database.writing() as session:
        return answer_comment(session, comment_id, given, _desk(book), at=NOON + days * DAY)


def _rows() -> list[AnswerToResidents]:
    with database.reading() as session:
        return list(session.scalars(select(AnswerToResidents).order_by(AnswerToResidents.id)))


def _deeds() -> list[tuple[str, int | None, int | None]]:
    with database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.deed, one.subject_id, one.account_id) for one in entries]


def _topic(book: TopicBook, *comment_ids: int, title: str = "电梯常坏", **fields: Any) -> int:
    with database.writing() as session:
        topic = Topic(
            **{"community_id": book.here, "area": "facilities", "state": "approved", "title": title,
               "words": ["电梯"], "centre": {}, "found_at": NOON} | fields
        )  # fmt: skip
        session.add(topic)
        session.flush()
        for id_ in comment_ids:
            session.add(CommentTopic(comment_id=id_, topic_id=topic.id or 0, nearness=1, repeats_id=id_))
        return topic.id or 0


def _refused(book: TopicBook, given: Answer, match: str) -> None:
    (said,) = book.says("电梯又坏了没人修，老人下不来")
    with pytest.raises(Invalid, match=match):
        _give(book, said, given)
    assert _rows() == []


def test_answers_are_appended_and_the_receipt_shows_them_in_order(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修", receipt_hash=receipt_hash("ABC"))
    _give(book, said, ANSWERED)
    _give(book, said, Answer("doing", "厂家在换钢索", "物业服务中心", date(2026, 10, 20)), days=2)
    _give(book, said, Answer("done", owner="物业服务中心"), days=9)
    with database.reading() as session:
        life = life_of(session, receipt_hash("ABC"))
    assert life is not None
    told = [(one.state, one.reason, one.due_on) for one in life.said[0].answers]
    assert told == [
        ("answered", "维保合同到期，正在重新招标。", None),
        ("doing", "厂家在换钢索", date(2026, 10, 20)),
        ("done", "", None),
    ]
    assert _deeds() == [("answer.given", said, book.clerk)] * 3


def test_a_comment_of_another_community_is_not_found(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    with pytest.raises(NotFound), database.writing() as session:
        answer_comment(session, said, ANSWERED, _desk(book, elsewhere=True))
    with pytest.raises(NotFound):
        _give(book, said + 99, ANSWERED)
    assert _rows() == []


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (Answer(""), "请选择办到哪一步"),
        (Answer("closed"), "请选择办到哪一步"),
        (Answer("answered"), "“已答复”要写明"),
        (Answer("declined", " \n "), "“办不了”要写明"),
        (Answer("answered", "好" * 401), "401 字"),
        (Answer("answered", "好", "室" * 81), "81 字"),
        (Answer("answered", "请打 13800000000 找物业"), "情况和理由里好像有电话"),
        (Answer("answered", "请打 １３８００００００００"), "情况和理由里好像有电话"),
        (Answer("answered", "您的证件 110101199003078515 已登记"), "情况和理由里好像有电话"),
        (Answer("answered", "好", "找小王 0531-88776655"), "负责的部门里好像有电话"),
        (Answer("answered", "好", wording="电话 13800000000"), "是什么事里好像有电话"),
        (Answer("answered", "好", wording="电" * 121), "121 字"),
        (Answer("answered", "好", wording="……"), "要写明是什么事"),
        (Answer("received", "好", wording="电梯常坏"), "还不是答复"),
        (Answer("doing", due_on=date(2026, 10, 7)), "已经过去"),
        (Answer("answered", "好", area="nowhere"), "没有这个领域"),
    ],
)
def test_what_may_not_be_said_is_refused_in_a_sentence(book: TopicBook, given: Answer, match: str) -> None:
    _refused(book, given, match)


def test_the_longest_reason_of_today_is_taken(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    _give(book, said, Answer("doing", "好" * 400, "室" * 80, date(2026, 10, 8)))
    (row,) = _rows()
    assert (len(row.reason), len(row.owner), row.due_on) == (400, 80, date(2026, 10, 8))


def test_what_is_settled_has_no_day_ahead(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    _give(book, said, Answer("done", due_on=date(2020, 1, 1)))
    assert [row.due_on for row in _rows()] == [None]


def test_a_reason_may_hold_figures_that_are_no_number_of_a_person(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    _give(book, said, Answer("done", "３ 号楼 2 单元，换了 12 根钢索，花了 38000 元", "物业"))
    assert len(_rows()) == 1


def test_the_same_answer_is_not_stored_twice(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    _give(book, said, ANSWERED)
    with pytest.raises(Invalid, match="没有重复保存"):
        _give(book, said, ANSWERED, days=1)
    assert len(_rows()) == 1


@pytest.mark.parametrize(
    ("label", "read", "correction", "area", "wanted"),
    [
        ("health", "facilities", "safety", "culture", "health"),
        ("", "facilities", "safety", "culture", "facilities"),
        ("", "", "safety", "culture", "safety"),
        ("", "", "", "culture", "culture"),
        ("", "", "", "", "other"),
    ],
)
def test_the_area_is_that_of_a_person_then_the_machine_then_the_author(
    book: TopicBook, label: str, read: str, correction: str, area: str, wanted: str
) -> None:
    (said,) = book.says("电梯又坏了没人修", area=read)
    if label:
        book.labels(said, "culture")
        book.labels(said, label)
    if correction:
        with database.writing() as session:
            session.add(Correction(comment_id=said, area=correction, given_at=NOON))
    _give(book, said, Answer("done", area=area))
    assert [row.area for row in _rows()] == [wanted]


def test_an_answer_stands_on_the_board_under_its_approved_words_only(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    _give(book, said, ANSWERED)
    with database.reading() as session:
        assert published_answers(session, book.here) == []
    _give(book, said, Answer("done", wording="  电梯 维修 "), days=1)
    with database.reading() as session:
        (public,) = published_answers(session, book.here)
    assert (public.topic, public.state, public.voices, public.area) == (
        "电梯 维修",
        "done",
        None,
        "facilities",
    )
    assert _deeds()[-1] == ("answer.published", _rows()[-1].id, book.clerk)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("四楼的电梯又坏了没人修", "四楼的电梯又坏了没人修"),
        ("真急人：电梯又坏了没人修，四楼的老人下不来", "电梯又坏了，没人修！四楼的"),
        ("四楼的电梯又坏了没人修", "居民说：四楼的电梯又坏了没人修，请尽快处理"),
    ],
)
def test_a_residents_own_sentence_is_never_published(book: TopicBook, text: str, wording: str) -> None:
    (said,) = book.says(text)
    with pytest.raises(Invalid, match="居民的原话"):
        _give(book, said, Answer("done", wording=wording))
    assert _rows() == []


def test_what_stood_hidden_in_the_original_is_not_published_either(book: TopicBook) -> None:
    (said,) = book.says("电梯坏了", original="电梯坏了我家王阿姨下不来")
    with pytest.raises(Invalid, match="居民的原话"):
        _give(book, said, Answer("done", wording="我家王阿姨下不来"))


def test_an_approved_title_may_be_published_though_somebody_says_just_that(book: TopicBook) -> None:
    said = book.says("电梯经常坏没人管，急", *LIFT[:4])
    _topic(book, *said, title="电梯经常坏没人管")
    _give(book, said[0], Answer("done", wording="电梯经常坏没人管"))
    assert [(row.topic, row.voices) for row in _rows()] == [("电梯经常坏没人管", 5)]


def test_voices_below_five_are_not_kept(book: TopicBook) -> None:
    said = book.says(*LIFT[:4])
    _topic(book, *said)
    _give(book, said[0], Answer("done", wording="电梯常坏"))
    assert [row.voices for row in _rows()] == [None]


def test_what_was_answered_may_go_onto_the_board_later_as_the_same_answer(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    first = _give(book, said, ANSWERED)
    later = _give(book, said, Answer("answered", ANSWERED.reason, ANSWERED.owner, wording="电梯维修"), days=1)
    assert later == first
    assert [(row.topic, row.published) for row in _rows()] == [("电梯维修", True)]


def test_on_the_board_a_matter_stands_once_with_its_newest_answer(book: TopicBook) -> None:
    one, other = book.says("电梯又坏了没人修", "电梯关着门")
    _give(book, one, Answer("doing", wording="电梯维修"))
    _give(book, one, Answer("done", wording="电梯修好"), days=1)
    assert [row.published for row in _rows()] == [False, True]
    _give(book, other, Answer("doing", wording="电梯修好"), days=2)
    assert [row.published for row in _rows()] == [False, False, True]


def test_all_of_a_topic_are_told_at_once_and_counted(book: TopicBook) -> None:
    said = book.says(*LIFT)
    topic = _topic(book, *said[:4])
    _topic(book, said[4], title="", state="merged", merged_into_id=topic)
    with database.writing() as session:
        n = answer_topic(session, topic, Answer("doing", "换钢索", wording="电梯常坏"), _desk(book), at=NOON)
    assert n == 5
    told = [(row.comment_id, row.state, row.published) for row in _rows()]
    assert told == [*((id_, "doing", False) for id_ in said[:5]), (None, "doing", True)]
    assert _rows()[-1].voices == 5
    public = _rows()[-1].id
    assert _deeds() == [("answer.topic_given", topic, book.clerk), ("answer.published", public, book.clerk)]


def test_who_has_this_answer_already_is_not_told_again(book: TopicBook) -> None:
    said = book.says(*LIFT[:3])
    topic = _topic(book, *said)
    _give(book, said[0], ANSWERED)
    _give(book, said[1], ANSWERED)
    _give(book, said[1], Answer("doing"), days=1)
    with database.writing() as session:
        assert answer_topic(session, topic, ANSWERED, _desk(book), at=NOON + 2 * DAY) == 2
    with pytest.raises(Invalid, match="没有重复保存"), database.writing() as session:
        answer_topic(session, topic, ANSWERED, _desk(book), at=NOON + 3 * DAY)
    assert [row.comment_id for row in _rows()[3:]] == [said[1], said[2]]


@pytest.mark.parametrize("fields", [{"state": "found"}, {"state": "hidden"}])
def test_only_a_topic_somebody_approved_can_be_answered(book: TopicBook, fields: dict[str, Any]) -> None:
    topic = _topic(book, *book.says(*LIFT[:2]), **fields)
    with pytest.raises(NotFound), database.writing() as session:
        answer_topic(session, topic, ANSWERED, _desk(book))
    with pytest.raises(NotFound), database.writing() as session:
        answer_topic(session, topic + 9, ANSWERED, _desk(book))
    assert _rows() == []


def test_a_topic_of_another_community_is_not_found(book: TopicBook) -> None:
    topic = _topic(book, *book.says(*LIFT[:2]))
    with pytest.raises(NotFound), database.writing() as session:
        answer_topic(session, topic, ANSWERED, _desk(book, elsewhere=True))
    assert _rows() == []


def test_no_sentence_of_anybody_in_the_topic_is_published(book: TopicBook) -> None:
    topic = _topic(book, *book.says("电梯坏了，腿疼下不来", *LIFT[:2]))
    with pytest.raises(Invalid, match="居民的原话"), database.writing() as session:
        answer_topic(session, topic, Answer("done", wording="电梯坏了腿疼下不来"), _desk(book))
    assert _rows() == []


def test_if_one_of_a_topic_cannot_be_told_nobody_is(book: TopicBook, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = _topic(book, *book.says(*LIFT[:3]))

    def _breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("core.actions.answers._publish_topic", _breaks)
    with pytest.raises(RuntimeError), database.writing() as session:
        answer_topic(session, topic, Answer("done", wording="电梯常坏"), _desk(book))
    assert _rows() == []


def test_what_is_public_can_be_taken_down_and_stays_on_the_receipt(book: TopicBook) -> None:
    (said,) = book.says("电梯又坏了没人修")
    public = _give(book, said, Answer("done", wording="电梯维修"))
    take: Callable[[Session], None] = lambda session: take_down(session, public, _desk(book))  # noqa: E731
    with pytest.raises(NotFound), database.writing() as session:
        take_down(session, public, _desk(book, elsewhere=True))
    with database.writing() as session:
        take(session)
    assert [(row.comment_id, row.published) for row in _rows()] == [(said, False)]
    with pytest.raises(NotFound), database.writing() as session:
        take(session)
    assert [deed for deed, *_ in _deeds()][-1] == "answer.taken_down"


def test_a_label_of_another_comment_does_not_decide_the_area(book: TopicBook) -> None:
    one, other = book.says("电梯又坏了没人修", "花坛里有垃圾", area="")
    book.labels(other, "environment")
    _give(book, one, Answer("done"))
    assert [row.area for row in _rows()] == ["other"]
    with database.reading() as session:
        assert len(session.scalars(select(Label)).all()) == 1
