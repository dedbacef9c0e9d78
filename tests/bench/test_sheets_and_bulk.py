"""Full sheets that the action takes, and bulk rows that fold and recount as saved ones do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from bench import bulk
from bench.bulk import Filler
from bench.sheets import stand, submissions
from core import database
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.actions.submit import prepare, save_response


def test_sheets_are_full_differ_and_are_the_same_for_the_same_seed(sqlite_record: Path) -> None:
    stood = stand()
    sheets = submissions(stood, 40, seed=1)
    assert len({sheet.key for sheet in sheets}) == 40
    assert not any(sheet.short for sheet in sheets)
    assert all("open" in sheet.answers and "imp_1" in sheet.answers for sheet in sheets)
    assert len({str(sheet.answers) for sheet in sheets}) == 40
    assert submissions(stood, 40, seed=1) == sheets
    assert {one.key for one in submissions(stood, 40, seed=2)}.isdisjoint({sheet.key for sheet in sheets})
    assert all(len(prepare(sheet).comments) == 1 for sheet in sheets)


def test_some_say_nothing(sqlite_record: Path) -> None:
    sheets = submissions(stand(), 200, seed=1, spoken=0.3)
    assert 30 <= sum("open" in sheet.answers for sheet in sheets) <= 90


def test_bulk_rows_fold_and_recount_like_saved_ones_and_saving_goes_on(record: Path) -> None:
    stood = stand()
    filler = Filler(stood, chunk=40, distinct=80)
    filler.fill(100)
    filler.fill(30)
    saved = save_response(submissions(stood, 1, seed=9, prefix="after")[0])
    assert saved.response_id == 131
    assert fold_all() == 131
    with database.snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM response")) == 131
        orphans = (
            "SELECT count(*) FROM comment c LEFT JOIN response r ON r.id = c.response_id WHERE r.id IS NULL"
        )
        assert session.scalar(text(orphans)) == 0
        assert differences(session) == []


def test_however_many_comments_only_so_many_wait(record: Path, monkeypatch: object) -> None:
    bulk_waiting, bulk.WAITING = bulk.WAITING, 5
    try:
        Filler(stand(), chunk=50, distinct=50).fill(150)
    finally:
        bulk.WAITING = bulk_waiting
    with database.reading() as session:
        states = dict(session.execute(text("SELECT state, count(*) FROM comment GROUP BY state")).all())
        read = session.scalar(
            text("SELECT count(*) FROM comment c JOIN classification k ON k.id = c.classification_id")
        )
    assert states["waiting"] == 5 and states["classified"] == read > 5
