"""Recordings of questions: what is sound, whose question it is, one file a question, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.recordings import delete_recording, format_of, recordings, save_recording
from core.errors import Invalid, NotFound, Unavailable
from core.settings import settings
from models.account import AuditEntry

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20)
OGG = b"OggS" + bytes(30)
MP3 = b"ID3\x04" + bytes(30)
M4A = b"\x00\x00\x00\x18ftypM4A " + bytes(12) + b"\x00\x00\x00\x20hdlr" + bytes(8) + b"soun" + bytes(12)
VIDEO = M4A + b"\x00\x00\x00\x20hdlr" + bytes(8) + b"vide" + bytes(12)
ASKED = "needs-v1"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (WAV, "wav"),
        (OGG, "ogg"),
        (MP3, "mp3"),
        (b"\xff\xfb\x90\x00" + bytes(20), "mp3"),
        (M4A, "m4a"),
        (VIDEO, None),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(40), None),
        (b"\xff\xf1\x50\x80", None),  # AAC without a container
        (b"\xff\xd8\xff\xe0 JFIF", None),
        (b"<html><script>", None),
        (b"RIFF\x24\x00\x00\x00AVI ", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_what_a_file_is_its_content_says(content: bytes, kind: str | None) -> None:
    assert format_of(content) == kind


def _audited() -> list[tuple[str, int | None]]:
    with database.reading() as session:
        query = select(col(AuditEntry.deed), col(AuditEntry.account_id)).order_by(col(AuditEntry.id))
        return [tuple(row) for row in session.execute(query) if row[0].startswith("recording.")]  # type: ignore[misc]


def test_another_recording_takes_the_place_of_the_first(small: Any) -> None:
    assert recordings(ASKED) == {}
    save_recording(ASKED, "who", WAV, dialect=" 温州话 ")
    (first,) = recordings(ASKED).values()
    assert (first.question, first.media_type, first.size, first.dialect) == (
        "who",
        "audio/wav",
        len(WAV),
        "温州话",
    )
    save_recording(ASKED, "who", M4A)
    (second,) = recordings(ASKED).values()
    assert (second.media_type, second.dialect) == ("audio/mp4", "") and second.version != first.version
    assert sorted(path.name for path in second.path.parent.iterdir()) == ["who.m4a", "who.txt"]
    delete_recording(ASKED, "who")
    assert recordings(ASKED) == {} and list(second.path.parent.iterdir()) == []
    assert [deed for deed, _ in _audited()] == ["recording.saved", "recording.saved", "recording.deleted"]


def test_a_row_of_a_matrix_is_read_aloud_by_itself(small: Any) -> None:
    save_recording(ASKED, "imp_1", OGG)
    assert recordings(ASKED, {"imp_1", "who"}).keys() == {"imp_1"}
    assert recordings(ASKED, {"who"}) == {}


@pytest.mark.parametrize(
    ("questionnaire", "question", "content", "wrong"),
    [
        (ASKED, "nothing", WAV, NotFound),
        (ASKED, "../who", WAV, NotFound),
        (ASKED, "imp", WAV, NotFound),
        ("other-v1", "who", WAV, NotFound),
        ("../needs-v1", "who", WAV, NotFound),
        (ASKED, "who", b"MZ" + bytes(100), Invalid),
        (ASKED, "who", WAV + bytes(2_000_000), Invalid),
    ],
)
def test_what_is_no_recording_of_a_question_leaves_nothing(
    small: Any, questionnaire: str, question: str, content: bytes, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong):
        save_recording(questionnaire, question, content)
    assert not (settings().var / "audio").exists() and _audited() == []


def test_a_dialect_of_a_whole_sentence_is_refused(small: Any) -> None:
    with pytest.raises(Invalid):
        save_recording(ASKED, "who", WAV, dialect="话" * 21)


def test_a_full_disk_leaves_the_earlier_recording_whole(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    save_recording(ASKED, "who", WAV, dialect="普通话")

    written = Path.write_bytes

    def _full(self: Path, content: bytes) -> int:
        if content != M4A:
            return written(self, content)
        written(self, content[:9])
        raise OSError(28, "no space left")

    with monkeypatch.context() as full, pytest.raises(Unavailable):
        full.setattr(Path, "write_bytes", _full)
        save_recording(ASKED, "who", M4A, dialect="上海话")
    (kept,) = recordings(ASKED).values()
    assert (kept.path.read_bytes(), kept.dialect, len(_audited())) == (WAV, "普通话", 1)
    assert sorted(path.name for path in kept.path.parent.iterdir()) == ["who.txt", "who.wav"]


def test_files_put_there_by_hand_count_and_the_newer_one_of_two(small: Any) -> None:
    folder = settings().var / "audio" / ASKED
    folder.mkdir(parents=True)
    for age, name in enumerate(("sex.ogg", "sex.mp3", "sex.exe", ".hidden.wav", "half")):
        (folder / name).write_bytes(OGG)
        os.utime(folder / name, (1_700_000_000 - age, 1_700_000_000 - age))
    (found,) = recordings(ASKED).values()
    assert found.path.name == "sex.ogg"


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../" + ASKED, "x" * 60, "needs\0"])
def test_no_name_leads_out_of_its_folder(small: Any, name: str) -> None:
    (settings().var / "who.wav").write_bytes(WAV)
    assert recordings(name) == {}


def test_deleting_what_is_not_there_is_told(small: Any) -> None:
    with pytest.raises(NotFound):
        delete_recording(ASKED, "who")
