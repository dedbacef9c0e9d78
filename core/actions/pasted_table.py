"""A table pasted from a spreadsheet: headers in Chinese or as code names, separated as it comes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from core.actions.place_file import PlaceError
from core.words import say, sentences

Row = tuple[int, dict[str, str]]


def read_table(text: str, columns: Mapping[str, bool]) -> Iterator[Row]:
    """Rows of a pasted table (tabs, commas or semicolons) as (line, {column: cell}); empty ones left out.

    `columns` says which columns may be there and whether each must be. Raises PlaceError.
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
    names = _columns([cell.strip().lower() for cell in rows[0]], columns)
    for line, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise PlaceError(say("place.table_cells", line=line, n=len(cells), wanted=len(names)))
        yield line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


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
