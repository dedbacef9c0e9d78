"""听题: questions read aloud by somebody of the committee, one file a question, in whatever dialect.

var/audio/<questionnaire>/<question>.<m4a|mp3|ogg|wav>, and beside it <question>.txt with the dialect's name.
A file put there by hand counts as well. What a file is, its content says, never its name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.errors import Invalid, NotFound, Unavailable
from core.questionnaires.load import parse
from core.questionnaires.logic import keys_of
from core.redaction import clean
from core.settings import settings
from core.words import say
from models.questionnaire import Questionnaire

FORMATS: Final = {"m4a": "audio/mp4", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}
MOST_BYTES, MOST_DIALECT = 2_000_000, 20
# No name that begins with a dot: none of these leads out of its folder.
_NAME: Final = re.compile(r"\w[\w.\-]{0,39}")
# What the track of an MPEG-4 file is: its handler box says so.
_TRACK: Final = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
_LAYER_3: Final = 0b01


@dataclass(frozen=True, slots=True)
class Recording:
    """One question read aloud; `version` is another one whenever the file is, `dialect` may be empty."""

    question: str
    path: Path
    media_type: str
    size: int
    version: str
    dialect: str


def format_of(content: bytes) -> str | None:
    """What kind of sound this is (a key of FORMATS) by its first bytes and tracks; None for anything else."""
    if content[:4] == b"OggS":
        return "ogg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[4:8] == b"ftyp":
        return "m4a" if set(_TRACK.findall(content)) == {b"soun"} else None
    if content[:3] == b"ID3":
        return "mp3"
    frame = len(content) > 1 and content[0] == 0xFF and content[1] >= 0xE0
    return "mp3" if frame and content[1] >> 1 & 0b11 == _LAYER_3 else None


def recordings(questionnaire: str, wanted: Collection[str] | None = None) -> dict[str, Recording]:
    """The recordings of a questionnaire's questions (of those `wanted`), by their codes.

    Of two files for one question the newer one counts.
    """
    if not _NAME.fullmatch(questionnaire):
        return {}
    folder = _folder(questionnaire)
    try:
        names = [name for name in os.listdir(folder) if _NAME.fullmatch(name)]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    found: dict[str, tuple[int, Recording]] = {}
    for name in names:
        question, _, kind = name.rpartition(".")
        if kind in FORMATS and (wanted is None or question in wanted) and (one := _read(folder, name)):
            found[question] = max(found.get(question, one), one, key=lambda each: each[0])
    return {question: recording for question, (_, recording) in found.items()}


def _read(folder: Path, name: str) -> tuple[int, Recording] | None:
    """When it was written, and the recording; None where it has just gone."""
    question, _, kind = name.rpartition(".")
    path = folder / name
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    version = f"{state.st_mtime_ns:x}-{state.st_size:x}"
    dialect = _dialect(folder / f"{question}.txt")
    return state.st_mtime_ns, Recording(question, path, FORMATS[kind], state.st_size, version, dialect)


def _dialect(path: Path) -> str:
    try:
        return path.read_text(encoding="utf8", errors="replace").strip()[:MOST_DIALECT]
    except FileNotFoundError:
        return ""


def _folder(questionnaire: str) -> Path:
    return settings().var / "audio" / questionnaire


def save_recording(
    questionnaire: str, question: str, content: bytes, *, dialect: str = "", account_id: int | None = None
) -> None:
    """Keep a recording, in the place of an earlier one of the same question.

    Raises Invalid (no sound, too large, dialect's name too long), NotFound (no such questionnaire or
    question), Unavailable (no room).
    """
    kind, dialect = _checked(content), clean(dialect)
    if len(dialect) > MOST_DIALECT:
        raise Invalid(say("admin.recordings.dialect_long", most=MOST_DIALECT))
    with database.writing() as session:
        id_ = _known(session, questionnaire, question)
        audit(session, "recording.saved", "questionnaire", id_, account_id=account_id)
        folder = _folder(questionnaire)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _put(folder / f"{question}.{kind}", content)
            _put(folder / f"{question}.txt", dialect.encode())
            _remove(folder, question, set(FORMATS) - {kind})
        except OSError as error:
            raise Unavailable.say("record_full") from error


def _checked(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Invalid(say("admin.recordings.large", most=MOST_BYTES // 1_000_000))
    kind = format_of(content)
    if kind is None:
        raise Invalid(say("admin.recordings.no_sound"))
    return kind


def _known(session: Session, questionnaire: str, question: str) -> int:
    query = select(col(Questionnaire.id), col(Questionnaire.definition))
    found = session.execute(query.where(col(Questionnaire.code) == questionnaire)).first()
    codes = {key for each in parse(found.definition).questions for key in keys_of(each)} if found else set()
    if found is None or question not in codes or not _NAME.fullmatch(questionnaire):
        raise NotFound(say("admin.recordings.unknown"))
    return int(found.id)


def _put(path: Path, content: bytes) -> None:
    """Write a whole file or none: whoever listens meanwhile hears the earlier one to its end."""
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _remove(folder: Path, question: str, kinds: Collection[str]) -> None:
    for kind in kinds:
        (folder / f"{question}.{kind}").unlink(missing_ok=True)


def delete_recording(questionnaire: str, question: str, *, account_id: int | None = None) -> None:
    """Delete a question's recording. Raises NotFound where there is none."""
    if question not in recordings(questionnaire):
        raise NotFound(say("admin.recordings.unknown"))
    with database.writing() as session:
        query = select(col(Questionnaire.id)).where(col(Questionnaire.code) == questionnaire)
        id_ = session.scalar(query)
        audit(session, "recording.deleted", "questionnaire", id_, account_id=account_id)
        _remove(_folder(questionnaire), question, [*FORMATS, "txt"])
