"""What an author says of the answer and of the reading: kept beside both, changed by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from core import database
from core.actions.own_words import correct_reading, give_verdict
from core.errors import Invalid, NotFound
from core.queries.receipts import SaidWords, life_of
from core.security import receipt_hash
from models.taxonomy import VERDICTS
from tests.core.receipts import answer, comments_of, dump, read, sentence, sheet


def _judge(code: str, comment_id: int, verdict: str) -> None:
    with database.writing() as session:
        give_verdict(session, receipt_hash(code), comment_id, verdict=verdict)


def _correct(code: str, comment_id: int, area: str) -> None:
    with database.writing() as session:
        correct_reading(session, receipt_hash(code), comment_id, area=area)


def _said(code: str) -> SaidWords:
    with database.reading() as session:
        life = life_of(session, receipt_hash(code))
    assert life is not None
    return life.said[0]


def _deeds() -> list[tuple[Any, ...]]:
    return [row[3:6] for row in dump()["audit_entry"]][1:]


@pytest.mark.parametrize("kind", [sheet, sentence])
def test_the_author_judges_the_answer_and_may_judge_again(small: Any, kind: Any) -> None:
    receipt = kind(small)
    (comment_id,) = comments_of(receipt)
    answer(small, comment_id)
    assert _said(receipt.code).verdict == ""
    for verdict in VERDICTS:
        _judge(receipt.code, comment_id, verdict)
        assert _said(receipt.code).verdict == verdict
    assert len(dump()["verdict"]) == 1
    assert _deeds() == [("verdict.given", "comment", comment_id)] * 4


def test_there_is_nothing_to_judge_before_an_answer(small: Any) -> None:
    receipt = sentence(small)
    with pytest.raises(Invalid, match="还没有答复"):
        _judge(receipt.code, receipt.response_id, "solved")
    answer(small, receipt.response_id, "received")
    assert not _said(receipt.code).answered
    with pytest.raises(Invalid, match="还没有答复"):
        _judge(receipt.code, receipt.response_id, "solved")
    answer(small, receipt.response_id, "declined")
    assert _said(receipt.code).answered
    _judge(receipt.code, receipt.response_id, "unsolved")


def test_a_verdict_that_is_none_is_refused(small: Any) -> None:
    receipt = sentence(small)
    answer(small, receipt.response_id)
    with pytest.raises(Invalid, match="从几个选项里"):
        _judge(receipt.code, receipt.response_id, "great")


def test_a_correction_stands_beside_the_reading_and_can_be_changed(small: Any) -> None:
    receipt = sheet(small)
    (comment_id,) = comments_of(receipt)
    read(comment_id)
    before = {k: v for k, v in dump().items() if k not in ("correction", "audit_entry")}
    for area in ("elderly", "culture"):
        _correct(receipt.code, comment_id, area)
        said = _said(receipt.code)
        assert (said.correction, said.areas) == (area, ("facilities",))
    after = dump()
    assert len(after["correction"]) == 1
    assert {k: v for k, v in after.items() if k not in ("correction", "audit_entry")} == before
    assert _deeds() == [("reading.corrected", "comment", comment_id)] * 2
    with pytest.raises(Invalid):
        _correct(receipt.code, comment_id, "nonsense")


def test_nobody_judges_or_corrects_what_came_with_another_receipt(small: Any) -> None:
    mine, other = sheet(small), sentence(small, "b" * 32)
    answer(small, other.response_id)
    for deed, what in ((_judge, "solved"), (_correct, "elderly")):
        for comment_id in (other.response_id, 0, 10**15):
            with pytest.raises(NotFound):
                deed(mine.code, comment_id, what)
    assert not {"verdict", "correction"} & dump().keys()
