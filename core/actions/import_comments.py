"""Bringing in comments from a file: letters, a message board, typed-up notes. Stored first, read later."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.imports import Advance, ImportReport, Reject, Wrong, moment_of, no_progress, read_table
from core.actions.raise_alerts import raise_for
from core.actions.statements import table_of
from core.errors import ImportFailed, Invalid, NotFound
from core.redaction import clean, redact
from core.text.danger import dangers
from core.words import say
from models.base import now
from models.comment import Comment
from models.place import Community

MOST_CHARACTERS = 2_000
BATCH = 2_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# One import of comments at a time on PostgreSQL, so that the count of duplicates is exact.
IMPORT_LOCK = 7_340_021
# The community that imported letters make for themselves, so that they are mixed with nothing else.
LETTERS = "letters"
CHANNEL = "letter"
PARTS = ("id", "time", "text", "title", "detail")


@dataclass(frozen=True, slots=True)
class _Letter:
    line: int
    text: str
    said_at: datetime | None
    key: str


def import_comments(
    path: Path, *, community: str = "", source: str = "", advance: Advance = no_progress
) -> ImportReport:
    """Store a file's comments, each once however often the file is brought in.

    Columns (English or Chinese names): text, or title and detail; id and time where there are any.
    `community` is the code of one there is; without it they go to a community of their own.
    Raises ImportFailed (no such table), NotFound (community), Invalid (demo community), Unavailable.
    """
    table = read_table(path)
    columns = _columns(table.columns)
    community_id = _community(community, source or say("cli.import.letters_source", name=path.name), source)
    rejects = list(table.rejects)
    advance(len(rejects))
    letters, stored = [], 0
    seen: Counter[str] = Counter()
    for row in table.rows:
        parts = {part: row.cells[column] for part, column in columns.items()}
        try:
            letters.append(_letter(row.line, parts, community_id, seen))
        except Wrong as wrong:
            rejects.append(Reject(row.line, str(wrong)))
            advance(1)
    for start in range(0, len(letters), BATCH):
        stored += _store(community_id, letters[start : start + BATCH])
        advance(len(letters[start : start + BATCH]))
    return ImportReport(stored, len(letters) - stored, tuple(rejects))


def _columns(columns: Sequence[str]) -> dict[str, str]:
    """Which of the file's columns holds which part; raises ImportFailed when none holds the words."""
    found: dict[str, str] = {}
    for part in PARTS:
        names = say(f"cli.import.column.{part}").split(";")
        if there := [column for column in columns if column.lower() in names]:
            found[part] = there[0]
    if not {"text", "title", "detail"} & set(found):
        raise ImportFailed(say("cli.import.no_text_column", columns="、".join(columns)[:200]))
    if "text" in found:
        return {part: column for part, column in found.items() if part not in ("title", "detail")}
    return found


def _letter(line: int, parts: Mapping[str, str], community_id: int, seen: Counter[str]) -> _Letter:
    if "text" in parts:
        words = clean(parts["text"])
    else:
        both = (clean(parts.get(part, "")) for part in ("title", "detail"))
        words = "\n".join(part for part in both if part)
    if not words:
        raise Wrong(say("cli.import.no_text"))
    if len(words) > MOST_CHARACTERS:
        raise Wrong(say("cli.import.too_long", n=f"{len(words):,}", most=f"{MOST_CHARACTERS:,}"))
    said_at = _time(parts.get("time", ""))
    known = f"{parts.get('id', '').strip()}\0{said_at.isoformat() if said_at else ''}"
    # Without number and time two residents may well say the same: then it is the n-th time in this file.
    nth = ""
    if known == "\0":
        seen[words] += 1
        nth = str(seen[words])
    key = hashlib.sha256(f"{community_id}\0{known}\0{words}\0{nth}".encode()).hexdigest()
    return _Letter(line, words, said_at, key)


def _time(written: str) -> datetime | None:
    if not written.strip():
        return None
    try:
        found = moment_of(written)
    except ValueError:
        raise Wrong(say("cli.import.wrong_time", time=written.strip()[:40])) from None
    if not EARLIEST <= found <= now() + timedelta(days=1):
        raise Wrong(say("cli.import.wrong_time", time=written.strip()[:40]))
    return found


def _community(code: str, source: str, told: str) -> int:
    """The id of the community to import into; the letters' own one is made when it is not there.

    Its source is what the caller told (`told`), else what it had, else `source`.
    """
    with database.writing() as session:
        found = session.scalars(select(Community).where(col(Community.code) == (code or LETTERS))).first()
        if found is None and code not in ("", LETTERS):
            raise NotFound.say("unknown_community", name=code)
        if found is None:
            found = Community(code=LETTERS, name=say("cli.import.letters_name"), source=source)
            session.add(found)
            session.flush()
            audit(session, "community.created", "community", found.id)
        if found.synthetic:
            raise Invalid(say("cli.import.synthetic", name=found.name))
        if told:
            found.source = told[:200]
        assert found.id is not None
        return found.id


def _store(community_id: int, letters: Sequence[_Letter]) -> int:
    """Store those that are new, in one transaction; how many that were."""
    at = now()
    with database.writing() as session:
        _lock(session)
        keys = [letter.key for letter in letters]
        known = set(session.scalars(select(col(Comment.import_key)).where(col(Comment.import_key).in_(keys))))
        fresh = {letter.key: letter for letter in letters if letter.key not in known}
        if fresh:
            rows = [_row(community_id, letter, at) for letter in fresh.values()]
            session.execute(insert(table_of(Comment)), rows)
            _raise_alerts(session, rows)
            audit(session, "comments.imported", "community", community_id)
        return len(fresh)


def _raise_alerts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """For letters with words of danger that are not too old."""
    keys = [row["import_key"] for row in rows if row["danger"]]
    if keys:
        ids = session.scalars(select(col(Comment.id)).where(col(Comment.import_key).in_(keys)))
        raise_for(session, [id_ for id_ in ids if id_ is not None], "words")


def _lock(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})


def _row(community_id: int, letter: _Letter, at: datetime) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "channel": CHANNEL,
        "original": letter.text,
        "redacted": redact(letter.text),
        "danger": ";".join(dangers(letter.text))[:80],
        "said_at": letter.said_at or at,
        "received_at": at,
        "state": "waiting",
        "attempts": 0,
        "import_key": letter.key,
        "contact": None,
    }
