"""Responses that were counted and are then changed or deleted: the tally is what a recount finds."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.fold import fold, fold_all, recount
from core.actions.labels import Decision, Reviewer, label_comment
from core.actions.read_comments import read_waiting
from core.actions.recount_check import differences
from core.actions.replace_response import reopen, replace_response
from core.actions.submit import Submission, save_response
from core.actions.withdraw import withdraw
from core.queries.check_data import findings
from core.security import receipt_hash
from core.text.reading import Reading
from models.account import Account
from models.base import now
from models.comment import Comment
from models.response import Response
from models.tally import FoldState, Tally, TallyMargin


class _Reader:
    """Reads by the first character."""

    version = "v1"

    def read(self, texts: Any) -> list[Reading]:
        """One reading a text."""
        return [Reading("elderly", (), 0.9, "neg", "need", t[0] == "!", t[0] == "?") for t in texts]


def _rows(table: Any) -> set[tuple[Any, ...]]:
    with database.reading() as session:
        return {tuple(row) for row in session.execute(select(*table.__table__.columns))}


def _tallies() -> tuple[set[tuple[Any, ...]], ...]:
    return _rows(Tally), _rows(TallyMargin)


def _mark() -> int:
    with database.reading() as session:
        return session.scalar(select(col(FoldState.last_response_id))) or 0


def _save(small: Any, key: str, **changes: Any) -> str:
    return save_response(Submission(small.round, small.answers(**changes), key, short=True)).code


def _take_back(code: str) -> None:
    with database.writing() as session:
        withdraw(session, receipt_hash(code))


def _change(code: str, **changes: Any) -> None:
    with database.writing() as session:
        draft = reopen(session, receipt_hash(code))
    draft.answers = {k: v for k, v in (draft.answers | changes).items() if v is not None}
    draft.code = code
    replace_response(draft)


def _sound() -> None:
    with database.snapshot() as session:
        assert differences(session) == []
        assert findings(session) == []


def test_a_withdrawn_response_leaves_no_row_in_the_tally_it_was_alone_in(small: Any) -> None:
    _save(small, "stays")
    fold_all()
    before = _tallies()
    code = _save(small, "goes", age=9, sex=1, need_elder=["E2"], top1="E2", used=[3])
    fold_all()
    assert _tallies() != before
    _take_back(code)
    assert _tallies() == before
    _sound()


def test_a_changed_response_counts_as_what_it_says_now_and_no_longer_as_what_it_said(small: Any) -> None:
    code = _save(small, "k")
    fold_all()
    _change(code, need_elder=["E2"], top1="K1", age=9)
    cells = {row[1:3]: row[3:] for row in _rows(Tally)}
    # One woman of 80 or more (band 9) in the grid: n, asked.
    assert cells["need_elder", "E2"] == (small.grid, 9, 2, 1, 0)
    assert cells["need_elder", "*"] == (small.grid, 9, 2, 1, 1)
    assert ("need_elder", "E1") not in cells and cells["*", "*"] == (small.grid, 9, 2, 1, 1)
    groups = {row[2] for row in _rows(TallyMargin) if row[1] == "group"}
    assert groups == {"age60", "age80"}
    _sound()


def test_what_is_not_folded_yet_is_changed_without_touching_the_tally(small: Any) -> None:
    first, second = _save(small, "a"), _save(small, "b")
    _change(first, overall=1)
    _take_back(second)
    assert _tallies() == (set(), set())
    assert fold_all() == 1
    assert {row[2] for row in _rows(Tally) if row[1] == "overall"} == {"1", "*"}
    _sound()


def test_after_the_last_response_went_the_next_one_is_counted(small: Any) -> None:
    """SQLite gives the id of a deleted last row out again: the watermark must not stand on it."""
    _save(small, "a")
    last = _save(small, "b")
    fold_all()
    assert _mark() == 2
    _take_back(last)
    assert _mark() == 1
    _save(small, "c", overall=2)
    assert fold_all() == 1
    assert {row[2]: row[6] for row in _rows(Tally) if row[1] == "overall"} == {"4": 1, "2": 1, "*": 2}
    _sound()


def test_the_screens_learn_that_figures_moved_though_nothing_was_folded(small: Any) -> None:
    code = _save(small, "a")
    fold_all()
    with database.reading() as session:
        before = session.scalar(select(col(FoldState.folded_at)))
    time.sleep(0.002)
    _change(code, overall=1)
    with database.reading() as session:
        after = session.scalar(select(col(FoldState.folded_at)))
    assert before is not None and after is not None and after > before


def test_a_deed_that_fails_leaves_response_and_tally(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code = _save(small, "a")
    fold_all()
    before = _tallies()

    def dies(*_: object) -> None:
        raise RuntimeError("killed at the end")

    monkeypatch.setattr("core.actions.refold._lower_watermark", dies)
    with pytest.raises(RuntimeError):
        _take_back(code)
    with pytest.raises(RuntimeError):
        _change(code, overall=1)
    assert _tallies() == before
    _sound()


def test_a_withdrawal_waits_for_a_fold_under_way(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fold has read the response and not stored its counts: taken out now it would count below zero."""
    from core.actions import fold as folding

    code = _save(small, "a")
    read, go_on = threading.Event(), threading.Event()
    plain = folding._set_watermark

    def waits(*given: Any) -> None:
        read.set()
        assert go_on.wait(20)
        plain(*given)

    monkeypatch.setattr(folding, "_set_watermark", waits)
    counting = threading.Thread(target=fold)
    counting.start()
    assert read.wait(20)
    taking = threading.Thread(target=_take_back, args=(code,))
    taking.start()
    taking.join(0.3)
    assert taking.is_alive(), "it must wait for the fold"
    go_on.set()
    counting.join(20)
    taking.join(20)
    assert _tallies() == (set(), set())
    _sound()


def _codes() -> list[str]:
    from core.actions.store_response import CODE_ATTEMPTS
    from core.security import receipt_code

    with database.reading() as session:
        rows = session.execute(select(col(Response.idempotency_key), col(Response.receipt_hash))).all()
    return [
        next(c for i in range(CODE_ATTEMPTS) if receipt_hash(c := receipt_code(key, i)) == hash_)
        for key, hash_ in rows
    ]


def _label_one(small: Any, k: int) -> None:
    with database.writing() as session:
        ids = session.scalars(select(col(Comment.id)).order_by(col(Comment.id))).all()
        if ids:
            by = Reviewer(small.community, 1)
            label_comment(session, ids[k % len(ids)] or 0, Decision(("culture", "safety")[k % 2]), by)


DEEDS = ("save", "save", "fold", "change", "withdraw", "read", "label")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 9)), max_size=14))
def test_whatever_happens_the_tally_is_what_a_recount_finds(small: Any, deeds: list[tuple[str, int]]) -> None:
    with database.writing() as session:
        if session.get(Account, 1) is None:
            session.add(Account(id=1, name="a", display="a", password_hash="x", created_at=now()))
    for deed, k in deeds:
        said = ("!来人", "?", "午饭送上来", None)[k % 4]
        answers = {"age": 4 + k % 6, "open": said, "grid": None if k == 3 else {"grid": small.grid}}
        old = 4 + k % 6 >= 7
        answers |= {"need_elder": ["E1", "E5"] if old else None, "top1": "E1" if old else "K1"}
        codes = _codes() if deed in ("change", "withdraw") else []
        if deed == "save":
            _save(small, f"{time.monotonic_ns()}", **answers)
        elif deed == "fold":
            fold(batch=k + 1)
        elif deed == "change" and codes:
            _change(codes[k % len(codes)], **answers)
        elif deed == "withdraw" and codes:
            _take_back(codes[k % len(codes)])
        elif deed == "read":
            read_waiting(_Reader(), batch=k + 1)
        elif deed == "label":
            _label_one(small, k)
    _sound()
    fold_all()
    _sound()
    kept = _tallies()
    recount()
    assert _tallies() == kept
