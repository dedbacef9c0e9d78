"""Reading waiting comments: whatever the classifier does no comment is lost, and each is read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from core import database
from core.actions import read_comments
from core.actions.comments import Sentence, say_sentence
from core.actions.read_comments import MOST_ATTEMPTS, read_waiting, try_again
from core.text.reading import Reading
from models.comment import Classification, Comment


class Reads:
    """A classifier that reads by rule: it abstains on 拿不准 and fails on 读不了."""

    version = "v1"

    def __init__(self, *, failing: str = "读不了", meanwhile: Any = None) -> None:
        self.failing, self.meanwhile = failing, meanwhile
        self.seen: list[str] = []

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, or an error for all of them."""
        if self.meanwhile:
            self.meanwhile()
        if any(self.failing in text for text in texts):
            raise ValueError("what a resident wrote must not be told")
        self.seen += texts
        return [
            Reading("facilities", ("elderly", "safety"), 0.9, "neg", "need", True, "拿不准" in text)
            for text in texts
        ]


def _say(small: Any, *texts: str) -> None:
    for i, text in enumerate(texts):
        say_sentence(Sentence(small.community, text, f"{i}-{text}"))


def _states() -> dict[str, str]:
    with database.reading() as session:
        return {row.original: row.state for row in session.execute(select(Comment.original, Comment.state))}


def _readings() -> list[Classification]:
    with database.reading() as session:
        return list(session.scalars(select(Classification).order_by(Classification.comment_id)))


def _conserved() -> bool:
    counts = Counter(_states().values())
    states = ("classified", "abstained", "waiting", "failed")
    return sum(counts[state] for state in states) == len(_states())


def test_a_comment_waits_until_it_is_read_and_is_then_classified_or_abstained(small: Any) -> None:
    _say(small, "电梯坏了", "拿不准的话")
    assert set(_states().values()) == {"waiting"} and _readings() == []
    assert read_waiting(Reads()) == 2
    assert _states() == {"电梯坏了": "classified", "拿不准的话": "abstained"}
    first = _readings()[0]
    assert (first.classifier, first.area, first.areas) == ("v1", "facilities", "elderly;safety")
    assert (first.probability, first.sentiment, first.intent) == (0.9, "neg", "need")
    assert first.urgent and not first.abstained
    with database.reading() as session:
        pairs = session.execute(select(Comment.classification_id, Classification.id).join_from(
            Comment, Classification, Classification.comment_id == Comment.id)).all()  # fmt: skip
    assert len(pairs) == 2 and all(a == b for a, b in pairs)


def test_nothing_waiting_is_nothing_to_do_and_reading_again_changes_nothing(small: Any) -> None:
    assert read_waiting(Reads()) == 0
    _say(small, "电梯坏了")
    read_waiting(Reads())
    before = [row.id for row in _readings()]
    reads = Reads()
    assert read_waiting(reads) == 0 and reads.seen == []
    assert [row.id for row in _readings()] == before


def test_one_bad_comment_fails_alone_and_only_so_often(small: Any, caplog: pytest.LogCaptureFixture) -> None:
    _say(small, "电梯", "读不了", "路灯")
    assert read_waiting(Reads()) == 3
    assert _states() == {"电梯": "classified", "读不了": "failed", "路灯": "classified"} and _conserved()
    taken = [read_waiting(Reads()) for _ in range(MOST_ATTEMPTS)]
    assert taken == [1] * (MOST_ATTEMPTS - 1) + [0]
    assert "resident" not in caplog.text and "读不了" not in caplog.text
    assert try_again() == 1 and try_again() == 0
    assert read_waiting(Reads(failing="无")) == 1
    assert _states()["读不了"] == "classified"


def test_a_failing_classifier_loses_nothing_and_a_later_one_reads_everything(small: Any) -> None:
    texts = [f"第{i}句读不了" for i in range(5)]
    _say(small, *texts)
    read_waiting(Reads())
    assert set(_states().values()) == {"failed"} and len(_states()) == 5 and _readings() == []
    read_waiting(Reads(failing="无"))
    assert set(_states().values()) == {"classified"} and _conserved()


def test_a_classifier_that_returns_too_few_readings_is_a_failing_one(small: Any) -> None:
    class Short(Reads):
        def read(self, texts: Sequence[str]) -> list[Reading]:
            return []

    _say(small, "电梯", "路灯")
    assert read_waiting(Short()) == 2
    assert set(_states().values()) == {"failed"} and _readings() == []


def test_waiting_comments_are_read_in_batches_new_ones_before_failed_ones(small: Any) -> None:
    _say(small, "读不了", *(f"第{i}句" for i in range(4)))
    reads = Reads()
    read_waiting(reads, batch=1)
    sizes = [read_waiting(reads, batch=3) for _ in range(2)]
    assert sizes == [3, 2] and reads.seen == [f"第{i}句" for i in range(4)]
    assert Counter(_states().values()) == {"classified": 4, "failed": 1} and _conserved()


def test_a_comment_deleted_meanwhile_is_no_trouble(small: Any) -> None:
    _say(small, "电梯", "路灯", "读不了")

    def remove() -> None:
        with database.writing() as session:
            session.execute(delete(Comment).where(Comment.original.in_(("电梯", "读不了"))))

    assert read_waiting(Reads(meanwhile=remove)) == 3
    assert _states() == {"路灯": "classified"} and len(_readings()) == 1


def test_of_two_portals_reading_at_once_the_first_to_store_counts(small: Any) -> None:
    _say(small, "电梯", "路灯")
    other = Reads()
    other.version = "v2"

    def race() -> None:
        read_waiting(other)

    read_waiting(Reads(meanwhile=race))
    assert other.seen == ["电梯", "路灯"]
    assert [row.classifier for row in _readings()] == ["v2", "v2"]
    assert set(_states().values()) == {"classified"}


def test_a_comment_put_back_is_read_again_by_the_same_or_a_new_version(small: Any) -> None:
    _say(small, "电梯")
    read_waiting(Reads())

    def put_back() -> None:
        with database.writing() as session:
            session.execute(update(Comment).values(state="waiting"))

    put_back()
    assert read_waiting(Reads()) == 1 and len(_readings()) == 1
    put_back()
    newer = Reads()
    newer.version = "v2"
    read_waiting(newer)
    assert [row.classifier for row in _readings()] == ["v1", "v2"], "the earlier reading stays beside it"
    with database.reading() as session:
        now = session.scalars(select(Comment.classification_id)).one()
    assert now == _readings()[1].id


def test_the_batch_is_bounded() -> None:
    assert 100 <= read_comments.BATCH <= 1_000
