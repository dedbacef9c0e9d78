"""Reading somebody else's table: what is wrong with a row costs that row only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.actions.imports import ImportReport, Reject, moment_of, read_table, write_rejects
from core.errors import ImportFailed

PLAIN = "id,text\n1,楼道灯坏了\n2,谢谢社区\n"


def _file(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "in.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_read_the_same(tmp_path: Path, encoding: str) -> None:
    table = read_table(_file(tmp_path, PLAIN, encoding))
    assert table.columns == ("id", "text")
    assert [row.cells["text"] for row in table.rows] == ["楼道灯坏了", "谢谢社区"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_and_blank_lines_are_no_rows(tmp_path: Path, end: str) -> None:
    table = read_table(_file(tmp_path, PLAIN.replace("\n", end) + end + end))
    assert (len(table.rows), table.rejects) == (2, [])


def test_a_tab_separated_file_is_read_too(tmp_path: Path) -> None:
    assert read_table(_file(tmp_path, "id\ttext\n1\t灯坏了，两周\n")).rows[0].cells == {
        "id": "1",
        "text": "灯坏了，两周",
    }


def test_a_quoted_cell_may_span_lines_and_a_row_is_known_by_its_first_line(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, 'id,text\n1,"第一行\n第二行"\n2,后面\n'))
    assert [(row.line, row.cells["text"]) for row in table.rows] == [(2, "第一行\n第二行"), (4, "后面")]


def test_an_unclosed_quote_costs_its_own_line_and_nothing_after_it(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, 'id,text\n1,好\n2,"没有关上\n3,"好的,对"\n4,末\n'))
    assert [row.cells["id"] for row in table.rows] == ["1", "3", "4"]
    assert [(reject.line, "引号" in reject.reason) for reject in table.rejects] == [(3, True)]


def test_a_file_torn_in_the_middle_of_a_row_or_a_character_loses_that_row_only(tmp_path: Path) -> None:
    torn = 'id,text,likes\n1,好,0\n2,"后半截没有'.encode()
    for cut in (len(torn), len(torn) - 1, len(torn) - 2):
        table = read_table(_file(tmp_path, torn[:cut]))
        assert ([row.line for row in table.rows], [reject.line for reject in table.rejects]) == ([2], [3])


def test_a_row_with_too_few_or_too_many_cells_is_rejected_with_both_numbers(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, "id,text\n1\n2,好\n3,好,多\n"))
    assert [(r.line, r.reason) for r in table.rejects] == [
        (2, "列数不对：有 1 列，应为 2 列"),
        (4, "列数不对：有 3 列，应为 2 列"),
    ]


def test_one_broken_byte_costs_one_row_and_does_not_turn_the_file_into_another_encoding(
    tmp_path: Path,
) -> None:
    lines = ["id,text", *(f"{i},第{i}条意见写得比较长一些" for i in range(30))]
    data = "\n".join(lines).encode().replace("第7条".encode(), b"\xe7\xac7\xe6\x9d\xa1")
    table = read_table(_file(tmp_path, data))
    assert [reject.line for reject in table.rejects] == [9]
    assert table.rows[0].cells["text"] == "第0条意见写得比较长一些"


def test_a_replacement_character_that_was_in_the_file_already_is_no_fault(tmp_path: Path) -> None:
    assert read_table(_file(tmp_path, "id,text\n1,坏\ufffd字\n")).rejects == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "是空的"),
        (b"\n", "是空的"),
        (b"PK\x03\x04" + bytes(range(256)), "另存为 CSV"),
        (b"text,text\n1,2\n", "重复"),
    ],
    ids=["nothing", "blank header", "workbook", "column twice"],
)
def test_what_is_no_table_is_refused_as_a_whole(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(ImportFailed, match=told):
        read_table(_file(tmp_path, content))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="读不了"):
        read_table(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2019/2/28 11:25:05", datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC)),
        ("2019-02-28", datetime(2019, 2, 27, 16, tzinfo=UTC)),
        ("2019年2月28日 0:05", datetime(2019, 2, 27, 16, 5, tzinfo=UTC)),
        ("2019-02-28T03:25:05Z", datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC)),
        ("2019-02-28 03:25:05.123+01:00", datetime(2019, 2, 28, 2, 25, 5, tzinfo=UTC)),
        # China kept summer time in 1990: UTC+9
        ("1990-07-01 12:00", datetime(1990, 7, 1, 3, tzinfo=UTC)),
    ],
)
def test_a_time_without_zone_is_chinas(written: str, utc: datetime) -> None:
    assert moment_of(written) == utc


@pytest.mark.parametrize(
    "written", ["2019-02-30", "昨天", "2019-1-1 25:00", "0000-01-01", "0001-01-01", "12"]
)
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        moment_of(written)


def test_read_is_the_sum_of_stored_duplicate_and_rejected() -> None:
    report = ImportReport(5, 3, (Reject(2, "x"), Reject(9, "y")))
    assert report.figures() == {"read": 10, "stored": 5, "duplicate": 3, "rejected": 2}


def test_the_rejects_file_has_line_and_reason_and_goes_when_all_is_well(tmp_path: Path) -> None:
    path = tmp_path / "new" / "in.csv.rejects.csv"
    write_rejects(ImportReport(0, 0, (Reject(9, "没有正文"), Reject(2, "时间不对：昨天"))), path)
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        "行号,原因",
        "2,时间不对：昨天",
        "9,没有正文",
    ]
    write_rejects(ImportReport(1, 0, ()), path)
    assert list(path.parent.iterdir()) == []
