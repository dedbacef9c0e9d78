"""The tally equals the responses, is never counted twice, and survives a killed fold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.actions import fold as folding
from core.actions.fold import Counts, fold, fold_all, recount
from core.actions.submit import Submission, save_response, save_responses
from core.queries import tally
from core.questionnaires.counting import RESPONSE_PART, Part, pair
from models.tally import ASKED, Tally, TallyMargin


def _rows(table: Any) -> list[tuple[Any, ...]]:
    columns = list(table.__table__.columns)
    with database.reading() as session:
        return sorted(tuple(row) for row in session.execute(select(*columns)))


def _n(small: Any, question: str, choice: str) -> int:
    return sum(row[6] for row in _rows(Tally) if row[:3] == (small.round, question, choice))


def _save(small: Any, n: int, start: int = 0, **changes: Any) -> None:
    save_responses(
        [Submission(small.round, small.answers(**changes), f"k{start + i}", short=True) for i in range(n)]
    )


def test_saving_counts_nothing_and_folding_counts_everything_once(small: Any) -> None:
    _save(small, 7)
    assert _rows(Tally) == []
    assert (fold().responses, fold().responses) == (7, 0)
    assert _n(small, "*", "*") == 7
    assert _n(small, "need_elder", "E1") == 7
    assert _n(small, "need_elder", "*") == 7
    assert _n(small, "need_elder", "E2") == 0


def test_a_person_who_ticks_two_items_of_an_area_counts_once_for_the_area(small: Any) -> None:
    _save(small, 3)
    fold_all()
    assert (_n(small, "any", "elderly"), _n(small, "any", "culture"), _n(small, "any", "*")) == (3, 3, 3)


def test_what_the_household_needs_is_counted_apart_and_never_under_an_area(small: Any) -> None:
    _save(small, 2, hh_need=["C1"])
    fold_all()
    assert _n(small, "hh_need", "C1") == 2
    assert _n(small, "any", "children_youth") == 0


def test_asked_counts_only_those_the_question_was_put_to(small: Any) -> None:
    _save(small, 4)
    _save(small, 3, 10, age=4, need_elder=None, top1="K1")
    fold_all()
    assert (_n(small, "need_elder", "*"), _n(small, "need_cult", "*")) == (4, 7)


def test_the_queries_hand_the_cells_to_the_analysis(small: Any) -> None:
    _save(small, 6)
    _save(small, 2, 20, grid=None, sex=9)
    fold_all()
    with database.reading() as session:
        cells = tally.cells(session, small.round)
        counts = tally.counts(session, small.round, ["need_elder"])
        asked = tally.asked(session, small.round, ["need_elder"])
    assert {tuple(row) for row in cells.to_numpy()} == {(small.grid, 8, 2, 6), (0, 8, 9, 2)}
    assert set(counts["item"]) == {"E1", "E5"}
    assert asked["asked"].sum() == 8


def test_margins_by_group_month_and_way_of_answering(small: Any) -> None:
    late_in_utc = datetime(2026, 10, 31, 18, tzinfo=UTC)  # already November in China
    with database.writing() as session:
        session.execute(database_round(small).values(opens_at=datetime(2026, 1, 1, tzinfo=UTC)))
    save_response(
        Submission(
            small.round,
            small.answers(),
            "m",
            mode="paper",
            collector="worker",
            received_at=late_in_utc,
            short=True,
        )
    )
    fold_all()
    margins = {(row[1], row[2]) for row in _rows(TallyMargin) if row[3:5] == ("need_elder", "E1")}
    assert margins == {("how", "2026-11|paper|worker|valid"), ("group", "age60"), ("q:used", "0")}
    assert ("building", str(small.building)) in {row[1:3] for row in _rows(TallyMargin)}


def database_round(small: Any) -> Any:
    from sqlalchemy import update

    from models.questionnaire import Round

    return update(Round).where(Round.id == small.round)


def test_a_batch_gives_each_row_once_in_the_order_of_the_tables_keys() -> None:
    """Two of round 2 chose 10 at "b" in one cell, one chose 9 in another; one of round 1 chose 9."""
    ten, nine = (Part(pair("b", ASKED), pair("b", choice)) for choice in (10, 9))
    counts = Counts()
    counts.cells[2, 7, 8, 1] += [[RESPONSE_PART, ten], [RESPONSE_PART, ten]]
    counts.cells[2, 0, 8, 2] += [[nine, RESPONSE_PART]]
    counts.cells[1, 7, 8, 1] += [[nine]]
    assert counts.cell_rows() == [
        (1, "b", "*", 7, 8, 1, 1, 1),
        (1, "b", "9", 7, 8, 1, 1, 0),
        (2, "*", "*", 0, 8, 2, 1, 1),
        (2, "*", "*", 7, 8, 1, 2, 2),
        (2, "b", "*", 0, 8, 2, 1, 1),
        (2, "b", "*", 7, 8, 1, 2, 2),
        (2, "b", "10", 7, 8, 1, 2, 0),
        (2, "b", "9", 0, 8, 2, 1, 0),
    ]
    counts.margins[2, "how", "x"] += [[nine], [ten]]
    counts.margins[1, "how", "x"] += [[ten]]
    assert counts.margin_rows() == [
        (1, "how", "x", "b", "*", 1, 1),
        (1, "how", "x", "b", "10", 1, 0),
        (2, "how", "x", "b", "*", 2, 2),
        (2, "how", "x", "b", "10", 1, 0),
        (2, "how", "x", "b", "9", 1, 0),
    ]


def test_folding_in_batches_equals_a_recount_from_zero(small: Any) -> None:
    for start in range(0, 30, 10):
        _save(small, 10, start, age=4 + start // 10, need_elder=["E2"] if start == 30 else None, top1="K1")
        fold(batch=3)
    fold_all()
    before = (_rows(Tally), _rows(TallyMargin))
    assert recount() == 30
    assert (_rows(Tally), _rows(TallyMargin)) == before


def test_a_fold_that_dies_leaves_tally_and_watermark_as_they_were(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(small, 5)

    def dies(*_: object) -> None:
        raise RuntimeError("killed before the watermark")

    with monkeypatch.context() as patch:
        patch.setattr(folding, "_set_watermark", dies)
        with pytest.raises(RuntimeError):
            fold()
    assert _rows(Tally) == []
    assert fold().responses == 5
    assert _n(small, "*", "*") == 5


def test_a_response_that_commits_after_a_later_one_is_still_counted(small: Any) -> None:
    """On PostgreSQL ids are given out before commit: the fold must not pass one that is still open."""
    if database.engine().dialect.name == "sqlite":
        return
    import threading

    from core.actions import store_response

    slow, go_on = threading.Event(), threading.Event()
    plain = store_response._audit

    def waits(sheet: Any, new: int, at: Any) -> Any:
        if sheet.key == "slow":
            slow.set()
            go_on.wait(20)
        return plain(sheet, new, at)

    store_response._audit = waits
    try:
        held = threading.Thread(target=store_response.store, args=([_sheet(small, "slow")],))
        held.start()
        assert slow.wait(20)
        store_response.store([_sheet(small, "quick")])
        done: list[int] = []
        counting = threading.Thread(target=lambda: done.append(fold_all()))
        counting.start()
        counting.join(0.5)
        assert counting.is_alive(), "the fold must wait for the commit that is under way"
        go_on.set()
        held.join(20)
        counting.join(20)
    finally:
        store_response._audit = plain
    assert done == [2]
    assert _n(small, "*", "*") == 2


def _sheet(small: Any, key: str) -> Any:
    from core.actions.submit import prepare

    return prepare(Submission(small.round, small.answers(), key, short=True))
