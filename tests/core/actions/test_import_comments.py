"""Importing letters: each once, in a community of their own, waiting to be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import database
from core.actions import import_comments as deeds
from core.actions.import_comments import import_comments
from core.errors import ImportFailed, Invalid, NotFound
from models.comment import Comment
from models.place import Community

LETTERS = Path(__file__).with_name("fifty_letters.csv")


def _file(folder: Path, content: str) -> Path:
    path = folder / "in.csv"
    path.write_text(content, encoding="utf8")
    return path


def _comments() -> list[Comment]:
    with database.reading() as session:
        return list(session.scalars(select(Comment).order_by(Comment.id)))


def _own(code: str = "real", **fields: object) -> None:
    with database.writing() as session:
        session.add(Community(code=code, name="某社区", **fields))


def test_fifty_letters_are_stored_waiting_in_a_community_of_their_own(record: Path) -> None:
    assert import_comments(LETTERS).figures() == {"read": 50, "stored": 50, "duplicate": 0, "rejected": 0}
    with database.reading() as session:
        home = session.scalars(select(Community)).one()
    assert (home.code, home.name, home.synthetic) == ("letters", "市长信箱", False)
    assert "fifty_letters.csv" in home.source
    first, *_, last = _comments()
    assert (
        first.original
        == "楼道声控灯不亮\n三单元二到四层的声控灯坏了一个多月，晚上老人下楼只能扶着墙走，请安排更换。"
    )
    assert first.said_at == datetime(2025, 1, 3, 0, 12, 40, tzinfo=UTC)
    assert last.original.endswith("一次就讲清楚了，\n谢谢。")
    assert {(c.state, c.channel, c.community_id) for c in _comments()} == {("waiting", "letter", home.id)}


def test_the_same_letters_again_are_all_duplicates_in_whatever_encoding(record: Path, tmp_path: Path) -> None:
    import_comments(LETTERS)
    again = tmp_path / "gb.csv"
    again.write_bytes(LETTERS.read_text(encoding="utf8").encode("gb18030"))
    for path in (LETTERS, again):
        assert import_comments(path).figures() == {"read": 50, "stored": 0, "duplicate": 50, "rejected": 0}
    assert len(_comments()) == 50


def test_a_longer_file_brings_only_what_is_new(record: Path, tmp_path: Path) -> None:
    import_comments(LETTERS)
    longer = _file(
        tmp_path, LETTERS.read_text(encoding="utf8") + "9051,2025/12/1 8:00:00,新来信,窨井冒水,0\n"
    )
    assert import_comments(longer).figures() == {"read": 51, "stored": 1, "duplicate": 50, "rejected": 0}


def test_a_repeated_row_is_one_letter_but_two_residents_may_say_the_same(
    record: Path, tmp_path: Path
) -> None:
    with_id = "id,text\n1,加装电梯\n1,加装电梯\n2,加装电梯\n"
    assert import_comments(_file(tmp_path, with_id)).figures()["stored"] == 2
    bare = _file(tmp_path, "text\n加装电梯\n加装电梯\n")
    assert import_comments(bare).figures() == {"read": 2, "stored": 2, "duplicate": 0, "rejected": 0}
    assert import_comments(bare).figures()["duplicate"] == 2


def test_rows_that_cannot_be_taken_are_told_by_line_and_the_others_stored(
    record: Path, tmp_path: Path
) -> None:
    rows = [
        "id,time,text",
        "1,2025/1/1,好",
        "2,昨天,时间不对",
        "3,2025/1/1,",
        f"4,2025/1/1,{'长' * 2001}",
        f"5,2025/1/1,{'满' * 2000}",
        "6,2099/1/1,还没到的时间",
        '7,2025/1/1,"没有关上',
        "8,,没有写时间也收",
    ]
    report = import_comments(_file(tmp_path, "\n".join(rows)))
    assert [(r.line, r.reason) for r in sorted(report.rejects)] == [
        (3, "时间不对：昨天"),
        (4, "没有正文"),
        (5, "正文有 2,001 字，超过 2,000 字"),
        (7, "时间不对：2099/1/1"),
        (8, "这一行不完整：引号没有配对"),
    ]
    assert report.figures() == {"read": 8, "stored": 3, "duplicate": 0, "rejected": 5}
    assert [len(c.original) for c in _comments()] == [1, 2000, 7]


def test_what_screens_show_is_redacted_and_hostile_text_stays_text(record: Path, tmp_path: Path) -> None:
    import_comments(_file(tmp_path, "text\n请打13812345678\n<script>alert(1)</script>\x00\n=1+1\n"))
    phone, script, sum_ = _comments()
    assert "13812345678" in phone.original and "13812345678" not in phone.redacted
    assert (script.original, sum_.original) == ("<script>alert(1)</script>", "=1+1")


def test_chinese_column_names_are_understood(record: Path, tmp_path: Path) -> None:
    import_comments(_file(tmp_path, "编号,日期,主题,详情\n1,2025年3月1日,路灯,不亮\n"))
    assert [(c.original, c.said_at) for c in _comments()] == [
        ("路灯\n不亮", datetime(2025, 2, 28, 16, tzinfo=UTC))
    ]


def test_a_file_without_words_or_for_an_unknown_community_changes_nothing(
    record: Path, tmp_path: Path
) -> None:
    with pytest.raises(ImportFailed, match="正文列"):
        import_comments(_file(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(NotFound, match="nowhere"):
        import_comments(LETTERS, community="nowhere")
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(Community)).scalar_one() == 0


def test_real_words_never_go_under_the_synthetic_banner(record: Path) -> None:
    _own("demo", synthetic=True)
    with pytest.raises(Invalid, match="示范社区"):
        import_comments(LETTERS, community="demo")
    assert _comments() == []


def test_a_community_of_ones_own_keeps_its_source_unless_one_is_told(record: Path, tmp_path: Path) -> None:
    _own()
    path = _file(tmp_path, "text\n好\n")
    import_comments(path, community="real")
    import_comments(LETTERS)
    import_comments(LETTERS, source="某市留言板 2025 年")
    with database.reading() as session:
        found = dict(session.execute(select(Community.code, Community.source)).all())
    assert found == {"real": "", "letters": "某市留言板 2025 年"}


def test_an_import_that_breaks_off_keeps_whole_batches_and_the_rest_comes_with_the_next(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "BATCH", 20)
    kept = deeds._row
    monkeypatch.setattr(deeds, "_row", lambda *of: kept(*of) if "电梯" not in of[1].text else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_comments(LETTERS)
    assert len(_comments()) == 20
    monkeypatch.setattr(deeds, "_row", kept)
    assert import_comments(LETTERS).figures() == {"read": 50, "stored": 30, "duplicate": 20, "rejected": 0}
