"""The yardstick of saving writes what saving writes: a driver that wrote less would be no yardstick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bench.driver import RawDriver
from bench.ground import Record
from bench.sheets import stand, submissions
from core import database
from core.actions import round_cache
from core.actions.submit import prepare, save_response
from core.settings import settings

FIRE = "三单元楼道着火了，快来人"
# Everything but ids, moments and what is made from the sheet's key.
WRITTEN = {
    "response": "round_id, activity_id, CAST(answers AS TEXT), short, who, grid_id, building_id, age_band, "
    "sex, groups, mode, collector, seconds, flags, notice_version",
    "comment": "community_id, round_id, activity_id, grid_id, building_id, channel, original, redacted, "
    "state, attempts, danger",
    "audit_entry": "account_id, deed, subject, digest, seal",
    "alert": "community_id, source, kinds, in_hours, duty_name, escalated_to, outcome, note",
}


@pytest.fixture
def there(record: Path) -> Iterator[Record]:
    round_cache.forget()
    url = settings().database_url
    yield Record("postgresql" if url else "sqlite", record, url)
    round_cache.forget()


def _rows(table: str, after: int) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        found = session.execute(
            text(f"SELECT {WRITTEN[table]} FROM {table} WHERE id > :id ORDER BY id"), {"id": after}
        )
        return [tuple(row) for row in found]


def _last(table: str) -> int:
    with database.reading() as session:
        return session.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()


def test_the_driver_writes_the_rows_that_saving_writes(there: Record) -> None:
    stood = stand()
    sheets = submissions(stood, 12, seed=1)
    sheets[3] = replace(sheets[3], answers={**sheets[3].answers, "open": FIRE})
    for sheet in sheets:
        save_response(sheet)
    saved = {table: _rows(table, 0) for table in WRITTEN}
    before = {table: _last(table) for table in WRITTEN}
    with RawDriver(there) as driver:
        driver.write([driver.filed(prepare(replace(sheet, key=f"raw-{sheet.key}"))) for sheet in sheets])
    written = {table: _rows(table, before[table]) for table in WRITTEN}
    saved["audit_entry"] = [row for row in saved["audit_entry"] if row[1] == "response.saved"]
    assert {table: len(rows) for table, rows in written.items()}["response"] == 12
    assert len(written["alert"]) >= 1
    assert written == saved


def test_what_the_driver_writes_belongs_together(there: Record) -> None:
    sheets = [
        replace(sheet, answers={**sheet.answers, "open": FIRE}) for sheet in submissions(stand(), 3, seed=1)
    ]
    with RawDriver(there) as driver:
        driver.write([driver.filed(prepare(sheet)) for sheet in sheets])
    joined = (
        "SELECT count(*) FROM response JOIN comment ON comment.response_id = response.id "
        "JOIN alert ON alert.comment_id = comment.id "
        "JOIN audit_entry ON audit_entry.subject = 'response' AND audit_entry.subject_id = response.id"
    )
    with database.reading() as session:
        assert session.execute(text(joined)).scalar_one() == 3
