"""A table pasted from a spreadsheet: headers in Chinese or as code names, separated as it comes."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping

from core.actions.place_file import PlaceError
from core.words import say, sentences

Row = tuple[int, dict[str, str]]

# How a spreadsheet's own file begins: a zip, or the older binary form.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MOST_BYTES = 2_000_000


class TableFaults(PlaceError):
    """All that is wrong with a table, a sentence for each line; nothing was changed."""

    def __init__(self, told: list[str]) -> None:
        super().__init__("\n".join(told))
        self.told = tuple(told)


def table_of_file(data: bytes) -> str:
    """The text of a table file (CSV or text; UTF-8, UTF-16 with its mark, GB18030). Raises PlaceError."""
    if data.startswith(WORKBOOKS):
        raise PlaceError(say("place.table_workbook"))
    if len(data) > MOST_BYTES:
        raise PlaceError(say("place.table_too_large", most=MOST_BYTES // 1_000_000))
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise PlaceError(say("place.table_not_text"))


def read_table(text: str, columns: Mapping[str, bool], faults: list[str] | None = None) -> Iterator[Row]:
    """Rows of a pasted table (tabs, commas or semicolons) as (line, {column: cell}); empty ones left out.

    `columns` says which columns may be there and whether each must be. Raises PlaceError; rows with the wrong
    number of cells are told in `faults` instead, where it is given.
    """
    lines = text.lstrip("\ufeff").strip("\r\n").splitlines()
    head = lines[0] if lines else ""
    mark = "\t" if "\t" in head else ";" if ";" in head and "," not in head else ","
    if mark == "," and "," not in head and "，" in head:
        lines = [line.replace("，", ",") for line in lines]
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=mark))
    except csv.Error as error:
        raise PlaceError(say("place.table_torn")) from error
    if len(rows) < 2:
        raise PlaceError(say("place.table_empty"))
    rows = _without_empty_columns(rows)
    names = _columns([cell.strip().lower() for cell in rows[0]], columns)
    for line, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            told = say("place.table_cells", line=line, n=len(cells), wanted=len(names))
            if faults is None:
                raise PlaceError(told)
            faults.append(told)
            continue
        yield line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the empty columns that a spreadsheet's selection brings along on the right."""
    width = next((i for i in range(len(rows[0]), 0, -1) if rows[0][i - 1].strip()), 0)
    if any(cell.strip() for row in rows for cell in row[width:]):
        return rows
    return [row[:width] for row in rows]


def _columns(heads: list[str], wanted: Mapping[str, bool]) -> list[str]:
    names_of = {name: words(f"column.{name}") for name in wanted}
    known = "、".join(names[0] for names in names_of.values())
    of_head = {head: name for name, heads_ in names_of.items() for head in heads_}
    if odd := [head for head in heads if head not in of_head]:
        raise PlaceError(say("place.table_unknown", columns="、".join(odd), known=known))
    names = [of_head[head] for head in heads]
    if twice := [name for name in names if names.count(name) > 1]:
        raise PlaceError(say("place.table_twice", column=names_of[twice[0]][0]))
    if missing := [names_of[n][0] for n, needed in wanted.items() if needed and n not in names]:
        raise PlaceError(say("place.table_columns", columns="、".join(missing), known=known))
    return names


def words(key: str) -> list[str]:
    """The ways to write one thing: a list of data/words/zh-CN/place.toml."""
    return sentences()[f"place.{key}"].split(";")
