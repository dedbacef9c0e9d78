"""Backup and restore while the portal runs: one zip, the same for both databases.

manifest.json   format, migration, time, and per table its number of rows and the SHA-256 of its lines
TABLE.jsonl     one row a line, a JSON list of its columns in the order of the manifest
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Date, LargeBinary, RowMapping, Table, func, insert, select, text
from sqlmodel import Session

from core import database
from core.actions import round_cache
from core.actions.empty import empty, is_empty
from core.actions.imports import Advance, no_progress
from core.actions.withdraw import withdraw_again
from core.errors import Invalid, Unavailable
from core.words import say
from models.base import UTCDateTime, now
from models.tables import metadata

# What reading a torn or changed zip may raise.
UNPACKING = (KeyError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
FORMAT = "linsheng-backup-1"
MANIFEST = "manifest.json"
BATCH = 5_000
# Whoever was signed in signs in again: a backup must not hold what opens a door.
LEFT_OUT = ("staff_session",)
TOMBSTONE = metadata.tables["tombstone"]
TABLES = [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `tables`: name → columns, rows and digest."""

    migration: str
    made_at: str
    tables: dict[str, dict[str, Any]]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(int(kept["rows"]) for kept in self.tables.values())


def backup(path: Path, *, advance: Advance = no_progress) -> Manifest:
    """Write one consistent state of the record to `path`; an earlier file gives way only to a whole one.

    Raises Unavailable when the file cannot be written; nothing half-written stays.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        handle = os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            manifest = _write(file, advance)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unavailable(say("cli.backup.no_room", name=path.name, reason=reason)) from error
    finally:
        half.unlink(missing_ok=True)
    return manifest


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too (a folder can be opened on POSIX only)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(file: IO[bytes], advance: Advance) -> Manifest:
    tables: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        with database.snapshot() as session:
            for table in TABLES:
                with packed.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                    tables[str(table.name)] = _write_table(session, table, lines, advance)
        manifest = Manifest(database.newest(), now().isoformat(), tables)
        said = {"format": FORMAT, "migration": manifest.migration, "made_at": manifest.made_at}
        packed.writestr(MANIFEST, orjson.dumps(said | {"tables": tables}, option=orjson.OPT_INDENT_2))
    return manifest


def _write_table(session: Session, table: Table, lines: IO[bytes], advance: Advance) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for part in session.execute(query).partitions():
        data = b"".join(orjson.dumps(list(row), default=_plain) + b"\n" for row in part)
        digest.update(data)
        lines.write(data)
        rows += len(part)
        advance(len(part))
    return {"columns": [c.name for c in table.columns], "rows": rows, "sha256": digest.hexdigest()}


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def restore(path: Path, *, force: bool = False, advance: Advance = no_progress) -> Manifest:
    """Replace the record by a backup's, in one transaction, after the whole file was found sound.

    What residents deleted since the backup was made is deleted again: the record's tombstones outlive it.
    Raises Invalid: torn or no backup, of another version, or the record isn't empty and no `force`.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = _checked(path, packed)
            _replace(packed, manifest, force=force, advance=advance)
    except zipfile.BadZipFile as error:
        raise Invalid(say("cli.backup.not_backup", name=path.name)) from error
    except OSError as error:
        raise Invalid(say("cli.backup.unreadable", name=path.name)) from error
    round_cache.forget()
    withdraw_again()
    return manifest


def _checked(path: Path, packed: zipfile.ZipFile) -> Manifest:
    """The manifest, once every table was found as it says."""
    manifest = _manifest(path, packed)
    if manifest.migration != database.newest():
        raise Invalid(say("cli.backup.other_version", theirs=manifest.migration[:20], ours=database.newest()))
    for table in TABLES:
        kept = manifest.tables.get(table.name)
        if (
            kept is None
            or kept["columns"] != [c.name for c in table.columns]
            or not _sound(packed, table, kept)
        ):
            raise Invalid(say("cli.backup.torn", name=path.name, where=table.name))
    return manifest


def _manifest(path: Path, packed: zipfile.ZipFile) -> Manifest:
    try:
        said = orjson.loads(packed.read(MANIFEST))
        if said["format"] == FORMAT:
            return Manifest(str(said["migration"]), str(said["made_at"]), dict(said["tables"]))
    except (TypeError, ValueError, *UNPACKING) as error:
        raise Invalid(say("cli.backup.not_backup", name=path.name)) from error
    raise Invalid(say("cli.backup.not_backup", name=path.name))


def _sound(packed: zipfile.ZipFile, table: Table, kept: dict[str, Any]) -> bool:
    digest, rows = hashlib.sha256(), 0
    try:
        with packed.open(f"{table.name}.jsonl") as lines:
            for line in lines:
                digest.update(line)
                rows += 1
    except UNPACKING:
        return False
    return bool(rows == kept["rows"] and digest.hexdigest() == kept["sha256"])


def _replace(packed: zipfile.ZipFile, manifest: Manifest, *, force: bool, advance: Advance) -> None:
    with database.writing() as session:
        if not force and not is_empty(session):
            raise Invalid(say("cli.backup.not_empty"))
        gone = session.execute(select(TOMBSTONE)).mappings().all()
        empty(session)
        for table in TABLES:
            with packed.open(f"{table.name}.jsonl") as lines:
                for batch in _batches(lines):
                    session.execute(insert(table), _rows(table, batch))
                    advance(len(batch))
        _deleted_since(session, gone)
        if session.get_bind().dialect.name == "postgresql":
            _continue_numbers(session)


def _deleted_since(session: Session, gone: Sequence[RowMapping]) -> None:
    """Put back the tombstones the backup does not know of."""
    known = set(session.scalars(select(TOMBSTONE.c.receipt_hash)))
    later = [dict(row) for row in gone if row["receipt_hash"] not in known]
    newest = session.scalar(select(func.max(TOMBSTONE.c.id))) or 0
    for id_, row in enumerate(later, newest + 1):
        session.execute(insert(TOMBSTONE), row | {"id": id_})


def _batches(lines: IO[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _rows(table: Table, lines: list[bytes]) -> list[dict[str, Any]]:
    columns = [(column.name, _reader(column.type)) for column in table.columns]
    return [
        {
            name: value if read is None or value is None else read(value)
            for (name, read), value in zip(columns, orjson.loads(line), strict=True)
        }
        for line in lines
    ]


def _reader(kind: Any) -> Any:
    """What turns a JSON value back into a column's own type; None where it is that already."""
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return base64.b64decode if isinstance(kind, LargeBinary) else None


def _continue_numbers(session: Session) -> None:
    """New rows continue after the restored ids, and after the fold's watermark: no id is given out twice."""
    for table in TABLES:
        if table.primary_key.columns.keys() != ["id"] or table.name == "fold_state":
            continue
        last = session.scalar(text(f"SELECT max(id) FROM {table.name}")) or 0
        if table.name == "response":
            last = max(last, session.scalar(text("SELECT max(last_response_id) FROM fold_state")) or 0)
        if last:
            name = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
            session.execute(name, {"table": table.name, "last": last})
