"""Comments by area, month and state; the list page after page; and that none is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.comment_tally import recount
from core.actions.import_comments import import_comments
from core.actions.read_comments import read_waiting
from core.queries.comments import (
    EVERYTHING,
    CommentFilter,
    CommentItem,
    CommentPage,
    comment_counts,
    comment_page,
    comments_in,
)
from core.text.reading import Reading
from models.account import Account
from models.comment import Classification, Comment, Label
from models.place import Community

LETTERS = Path(__file__).parents[1] / "actions" / "fifty_letters.csv"
NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)


class Book:
    """Writes comments of one community, each with the reading and the labels it is to have."""

    def __init__(self) -> None:
        with database.writing() as session:
            here, other = Community(code="a", name="甲社区"), Community(code="b", name="乙社区")
            reviewer = Account(name="r", display="复核", password_hash="-", created_at=NOON)
            session.add_all([here, other, reviewer])
            session.flush()
            self.here, self.other, self.reviewer = here.id or 0, other.id or 0, reviewer.id or 0

    def says(self, text: str, area: str = "", *, labels: tuple[str, ...] = (), **fields: Any) -> int:
        """Store one comment; read as `area` when it has one, then labelled by a person, oldest first."""
        reading = {key: fields.pop(key) for key in ("areas", "urgent") if key in fields}
        state = fields.pop("state", "classified" if area else "waiting")
        with database.writing() as session:
            said = Comment(
                **{"community_id": self.here, "channel": "sentence", "said_at": NOON, "received_at": NOON}
                | {"original": f"原文 {text}", "redacted": text, "state": state}
                | fields
            )
            session.add(said)
            session.flush()
            assert said.id is not None
            if area:
                self._read(session, said, area, **reading)
            for label in labels:
                session.add(self._label(said.id, label))
                session.flush()
            return said.id

    def _label(self, comment_id: int, area: str) -> Label:
        return Label(
            comment_id=comment_id, account_id=self.reviewer, area=area, areas="family", sentiment="pos",
            intent="praise", urgent=False, labelled_at=NOON,
        )  # fmt: skip

    def _read(self, session: Any, said: Comment, area: str, areas: str = "", urgent: bool = False) -> None:
        for version, read_as in (("old", "health"), ("new", area)):
            read = Classification(
                comment_id=said.id, classifier=version, area=read_as, areas=areas, probability=0.9,
                sentiment="neg", intent="need", urgent=urgent, abstained=said.state == "abstained",
                read_at=NOON,
            )  # fmt: skip
            session.add(read)
            session.flush()
        said.classification_id = read.id


@pytest.fixture
def book(record: Any) -> Book:
    return Book()


def _counts(community_id: int) -> list[tuple[Any, ...]]:
    with database.writing() as session:  # the rows of these tests are written without the deeds that move it
        recount(session)
    with database.reading() as session:
        return list(comment_counts(session, community_id).itertuples(index=False, name=None))


def _page(book: Book, only: CommentFilter = EVERYTHING, **how: Any) -> CommentPage:
    with database.reading() as session:
        return comment_page(session, book.here, only=only, **how)


def _texts(book: Book, **only: str) -> list[str]:
    return [item.text for item in _page(book, CommentFilter(**only)).items]


def test_each_comment_counts_once_by_area_month_and_state(book: Book) -> None:
    book.says("a", "elderly")
    book.says("b", "elderly", urgent=True)
    book.says("c", "elderly", said_at=NOON - timedelta(days=8))
    book.says("d", "culture", state="abstained")
    book.says("e")
    book.says("f", state="failed", danger="fire")
    book.says("g", "elderly", community_id=book.other)
    assert _counts(book.here) == [
        ("", "2026-10", "abstained", 1, 0),
        ("", "2026-10", "failed", 1, 1),
        ("", "2026-10", "waiting", 1, 0),
        ("elderly", "2026-09", "classified", 1, 0),
        ("elderly", "2026-10", "classified", 2, 1),
    ]
    with database.reading() as session:
        assert (comments_in(session, book.here), comments_in(session, book.other)) == (6, 1)


def test_a_month_begins_and_ends_at_midnight_in_china(book: Book) -> None:
    begins = datetime(2026, 9, 30, 16, tzinfo=UTC)
    book.says("first of October", "elderly", said_at=begins)
    book.says("last of September", "elderly", said_at=begins - timedelta(seconds=1))
    book.says("last of December", "elderly", said_at=datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    book.says("New Year", "elderly", said_at=datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert [row[1] for row in _counts(book.here)] == ["2026-09", "2026-10", "2026-12", "2027-01"]
    assert _texts(book, month="2026-09") == ["last of September"]
    assert _texts(book, month="2026-10") == ["first of October"]
    assert _texts(book, month="2026-12") == ["last of December"]


def test_a_persons_newest_label_goes_before_the_reading(book: Book) -> None:
    book.says("read wrongly", "environment", urgent=True, labels=("health", "culture"))
    book.says("unsure", "safety", state="abstained", labels=("elderly",))
    book.says("unread", labels=("other",))
    assert _counts(book.here) == [
        ("culture", "2026-10", "classified", 1, 0),
        ("elderly", "2026-10", "classified", 1, 0),
        ("other", "2026-10", "classified", 1, 0),
    ]
    found = _page(book, CommentFilter(area="culture")).items[0]
    assert (found.areas, found.sentiment, found.intent) == (("culture", "family"), "pos", "praise")
    assert (found.urgent, found.by_person, found.state) == (False, True, "classified")


def test_an_item_holds_what_was_read_and_never_the_original(book: Book) -> None:
    number = book.says("四楼下不来", "elderly", areas="facilities;health", channel="letter")
    assert _page(book).items == (
        CommentItem(
            number, "四楼下不来", NOON, "letter", "classified", ("elderly", "facilities", "health"),
            "neg", "need", False, False,
        ),
    )  # fmt: skip


def test_an_unsure_comment_has_no_area_but_may_be_urgent(book: Book) -> None:
    book.says("也许是火", "safety", areas="facilities", state="abstained", urgent=True)
    (found,) = _page(book).items
    assert (found.areas, found.state, found.urgent) == ((), "abstained", True)


def test_filters_narrow_by_area_month_and_state_together(book: Book) -> None:
    book.says("a", "elderly")
    book.says("b", "culture")
    book.says("c", "elderly", said_at=NOON - timedelta(days=40))
    book.says("d", "elderly", state="abstained")
    assert _texts(book, area="elderly") == ["a", "c"]
    assert _texts(book, state="abstained") == ["d"]
    assert _texts(book, area="elderly", month="2026-08", state="classified") == ["c"]
    assert _texts(book, area="elderly", state="waiting") == []
    with pytest.raises(ValueError, match="unconverted"):
        _texts(book, month="2026-13")


def test_urgent_ones_come_first_then_the_latest(book: Book) -> None:
    book.says("old", "elderly", said_at=NOON - timedelta(days=3))
    book.says("new", "elderly")
    book.says("urgent and old", "safety", urgent=True, said_at=NOON - timedelta(days=9))
    book.says("unread, with words of danger", danger="gas", said_at=NOON - timedelta(days=1))
    assert _texts(book) == ["unread, with words of danger", "urgent and old", "new", "old"]


def test_pages_hold_every_comment_once_even_when_one_is_added_meanwhile(book: Book) -> None:
    for i in range(11):
        book.says(str(i), "elderly", urgent=i < 3, said_at=NOON - timedelta(days=i % 2))
    seen: list[str] = []
    after = None
    for turn in range(4):
        page = _page(book, after=after, most=3)
        seen += [item.text for item in page.items]
        after = page.after
        if turn == 0:
            book.says("newest", "elderly", urgent=True, said_at=NOON + timedelta(hours=1))
    assert after is None
    assert seen == ["2", "0", "1", "10", "8", "6", "4", "9", "7", "5", "3"]


def test_a_last_full_page_says_that_it_is_the_last(book: Book) -> None:
    book.says("a", "elderly")
    book.says("b", "elderly")
    assert _page(book, most=2).after is None
    assert _page(book, most=1).after is not None


def test_nothing_said_is_no_rows_and_no_page(book: Book) -> None:
    assert _counts(book.here) == []
    assert _page(book) == CommentPage((), None)


class _Halting:
    """Reads letters as facilities, is unsure of lifts, and fails at rubbish."""

    version = "halting"

    def read(self, texts: Any) -> list[Reading]:
        """One reading per text; raises ValueError for rubbish."""
        if any("垃圾" in text for text in texts):
            raise ValueError
        return [Reading("facilities", (), 0.9, "neg", "complaint", False, "电梯" in text) for text in texts]


def test_imported_letters_are_conserved_through_waiting_reading_and_failing(record: Any) -> None:
    import_comments(LETTERS)
    with database.reading() as session:
        community = session.scalars(select(col(Community.id))).one()
    assert {row[2] for row in _counts(community)} == {"waiting"}
    read_waiting(_Halting(), batch=50)
    states: dict[str, int] = {}
    for _, _, state, n, _ in _counts(community):
        states[state] = states.get(state, 0) + n
    texts = LETTERS.read_text(encoding="utf8").split("\n90")[1:]
    failed = sum("垃圾" in text for text in texts)
    unsure = sum("电梯" in text and "垃圾" not in text for text in texts)
    assert failed and unsure
    assert states == {"classified": 50 - failed - unsure, "abstained": unsure, "failed": failed}
    with database.reading() as session:
        assert comments_in(session, community) == sum(states.values()) == 50
