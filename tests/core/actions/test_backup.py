"""Backup and restore: the same record elsewhere, on either database; whole or not at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from core import database
from core.actions import backup as deeds
from core.actions import round_cache
from core.actions.backup import backup, restore
from core.actions.comments import Sentence, say_sentence
from core.actions.empty import empty_record, is_empty
from core.actions.fold import fold_all
from core.actions.import_comments import import_comments
from core.actions.recount_check import differences
from core.actions.submit import Submission, save_response
from core.actions.withdraw import withdraw
from core.errors import Invalid, Unavailable
from core.queries.check_data import figures, findings
from core.security import receipt_hash
from core.settings import settings
from models.account import Account, Consent, Contact, StaffSession
from models.base import now
from models.tables import metadata

LETTERS = Path(__file__).with_name("fifty_letters.csv")


def _rows() -> dict[str, list[Any]]:
    """Every row of every table a backup holds, as Python values."""
    with database.snapshot() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table)).all()), key=str)
            for table in metadata.sorted_tables
            if table.name not in deeds.LEFT_OUT
        }


def _checked() -> tuple[list[Any], list[Any], dict[str, int]]:
    with database.snapshot() as session:
        return findings(session), differences(session), figures(session)


@pytest.fixture
def filled(small: Any) -> Any:
    """Responses, letters, an account with a session, a sealed contact; all folded."""
    for i in range(7):
        save_response(Submission(small.round, small.answers(age=7 + i % 3), f"k{i}"))
    import_comments(LETTERS)
    with database.writing() as session:
        who = Account(name="a", display="甲", password_hash="x", created_at=now())
        consent = Consent(purpose="contact", notice_version="1", channel="screen", given_at=now())
        session.add_all([who, consent])
        session.flush()
        session.add(
            Contact(token="t", consent_id=consent.id, sealed=b"\x00\xff", expires_on=date(2030, 1, 2))
        )
        session.add(
            StaffSession(account_id=who.id, token_hash="h", started_at=now(), seen_at=now(), expires_at=now())
        )
    fold_all()
    return small


def _elsewhere(monkeypatch: pytest.MonkeyPatch, var: Path, url: str = "") -> None:
    """Point the settings to another, empty record."""
    database.dispose()
    monkeypatch.setenv("LINSHENG_VAR", str(var))
    monkeypatch.setenv("LINSHENG_DATABASE_URL", url)
    settings.cache_clear()
    round_cache.forget()
    database.upgrade()


def test_a_restore_elsewhere_has_the_same_rows_and_the_same_figures(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, checked = _rows(), _checked()
    manifest = backup(tmp_path / "b.zip")
    assert manifest.rows == sum(len(rows) for rows in before.values())
    _elsewhere(monkeypatch, tmp_path / "other")
    restore(tmp_path / "b.zip")
    assert _rows() == before
    assert _checked() == checked
    assert checked[:2] == ([], []) and checked[2]["response"] == 7


@pytest.fixture
def sqlite_backup(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A backup made from SQLite, whatever database comes next."""
    import_comments(LETTERS)
    path = sqlite_record / "from_sqlite.zip"
    backup(path)
    database.dispose()
    yield path


def test_a_backup_of_sqlite_can_be_restored_into_postgresql_and_new_rows_get_new_ids(
    sqlite_backup: Path, request: pytest.FixtureRequest
) -> None:
    before = _rows()
    database.dispose()
    request.getfixturevalue("postgres_record")
    restore(sqlite_backup)
    assert database.engine().dialect.name == "postgresql"
    assert _rows() == before
    with database.writing() as session:
        session.add(Account(name="new", display="新", password_hash="x", created_at=now()))
    more = sqlite_backup.with_name("more.csv")
    more.write_text("text\n窨井冒水\n", encoding="utf8")
    assert import_comments(more).stored == 1


def test_new_responses_are_still_folded_after_a_restore_of_a_record_whose_last_was_withdrawn(
    filled: Any, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE fold_state SET last_response_id = 500"))
    backup(tmp_path / "b.zip")
    restore(tmp_path / "b.zip", force=True)
    receipt = save_response(Submission(filled.round, filled.answers(), "after"))
    if database.engine().dialect.name == "postgresql":
        assert receipt.response_id == 501 and fold_all() == 1


def test_what_was_deleted_since_the_backup_does_not_come_back_with_it(filled: Any, tmp_path: Path) -> None:
    receipts = [save_response(Submission(filled.round, filled.answers(), f"k{i}")) for i in (2, 5)]
    said = say_sentence(Sentence(filled.community, "路灯坏了", key="s" * 32))
    with database.writing() as session:
        withdraw(session, receipt_hash(receipts[0].code))
    backup(tmp_path / "b.zip")
    for code in (receipts[1].code, said.code):
        with database.writing() as session:
            withdraw(session, receipt_hash(code))
    gone = _rows()["tombstone"]
    restore(tmp_path / "b.zip", force=True)
    rows = _rows()
    assert (len(rows["response"]), "路灯坏了" in str(rows["comment"])) == (5, False)
    assert [row[1:] for row in rows["tombstone"]] == [row[1:] for row in gone] and len(gone) == 3
    assert _checked()[:2] == ([], [])


def test_a_record_that_is_not_empty_is_replaced_only_on_purpose(filled: Any, tmp_path: Path) -> None:
    backup(tmp_path / "b.zip")
    save_response(Submission(filled.round, filled.answers(), "later"))
    before = _rows()
    with pytest.raises(Invalid, match="--force"):
        restore(tmp_path / "b.zip")
    assert _rows() == before
    restore(tmp_path / "b.zip", force=True)
    assert len(_rows()["response"]) == 7


def test_nobody_is_signed_in_by_a_backup_and_only_its_owner_can_read_it(filled: Any, tmp_path: Path) -> None:
    backup(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        assert "staff_session.jsonl" not in packed.namelist()
    if os.name == "posix":
        assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    restore(tmp_path / "b.zip", force=True)
    with database.reading() as session:
        assert session.scalars(select(StaffSession)).all() == []


def _torn(path: Path, kind: str) -> None:
    data = path.read_bytes()
    if kind == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif kind == "flipped":
        with zipfile.ZipFile(path) as packed:
            kept = packed.getinfo("comment.jsonl")
        at = kept.header_offset + 100 + kept.compress_size // 2
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    elif kind == "nonsense":
        path.write_bytes(b"no backup")
    else:
        _rewritten(path, kind)


def _rewritten(path: Path, kind: str) -> None:
    """A sound zip whose contents are not what its manifest says."""
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    if kind == "a row less":
        members["comment.jsonl"] = members["comment.jsonl"].split(b"\n", 1)[1]
    elif kind == "a word changed":
        members["comment.jsonl"] = members["comment.jsonl"].replace("路灯".encode(), "电灯".encode())
    elif kind == "no table":
        del members["response.jsonl"]
    elif kind == "no manifest":
        del members["manifest.json"]
    else:
        said = orjson.loads(members["manifest.json"])
        members["manifest.json"] = orjson.dumps(said | {"migration": "0000"})
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)


@pytest.mark.parametrize(
    "kind",
    [
        "cut",
        "flipped",
        "nonsense",
        "a row less",
        "a word changed",
        "no table",
        "no manifest",
        "other version",
    ],
)
def test_a_torn_or_changed_backup_is_refused_and_the_record_stays(
    filled: Any, tmp_path: Path, kind: str
) -> None:
    before = _rows()
    backup(tmp_path / "b.zip")
    _torn(tmp_path / "b.zip", kind)
    with pytest.raises(Invalid, match="没有恢复"):
        restore(tmp_path / "b.zip", force=True)
    assert _rows() == before


def test_a_restore_that_breaks_off_leaves_the_record_as_it_was(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(tmp_path / "b.zip")
    save_response(Submission(filled.round, filled.answers(), "later"))
    before, kept = _rows(), deeds._rows
    monkeypatch.setattr(deeds, "_rows", lambda table, b: 1 / 0 if table.name == "comment" else kept(table, b))
    with pytest.raises(ZeroDivisionError):
        restore(tmp_path / "b.zip", force=True)
    assert _rows() == before


def test_a_backup_that_cannot_be_written_leaves_the_earlier_one_and_no_half(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(folder / "b.zip")
    earlier = (folder / "b.zip").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deeds, "_write_table", full)
    with pytest.raises(Unavailable, match="没有留下半个文件"):
        backup(folder / "b.zip")
    assert [path.name for path in folder.iterdir()] == ["b.zip"]
    assert (folder / "b.zip").read_bytes() == earlier


def test_a_backup_sees_one_moment_while_others_save(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response saved between two tables is in none of them."""
    kept, saved = deeds._write_table, []

    def saving(session: Any, table: Any, lines: Any, advance: Any) -> Any:
        if table.name == "response":
            saved.append(save_response(Submission(filled.round, filled.answers(), "meanwhile")))
        return kept(session, table, lines, advance)

    monkeypatch.setattr(deeds, "_write_table", saving)
    tables = backup(tmp_path / "b.zip").tables
    assert len(saved) == 1
    assert (tables["response"]["rows"], tables["comment"]["rows"]) == (7, 57)


def test_emptying_leaves_no_row_in_any_table(filled: Any) -> None:
    empty_record()
    with database.reading() as session:
        assert is_empty(session)
