"""Reading a table of somebody else's making, row by row: whatever is wrong with a row costs that row only."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from core.errors import ImportFailed
from core.words import CHINA, say

# More undecodable characters than this share of the non-ASCII ones: it is another encoding.
MOST_BROKEN = 0.05
BROKEN = "\ufffd"
# How a spreadsheet's own file begins (a zip).
WORKBOOK = b"PK\x03\x04"
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)


class Reject(NamedTuple):
    """A row that was not taken: the line of the file it begins on (the header is 1), and why."""

    line: int
    reason: str


class Wrong(Exception):
    """Why one row cannot be taken, as a sentence; whoever reads the rows makes a Reject of it."""


class FileRow(NamedTuple):
    """One row: the line it begins on and its cells by column name."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class ImportedFile:
    """A file read as far as it can be: `rejects` are the rows that are no rows."""

    columns: tuple[str, ...]
    rows: list[FileRow]
    rejects: list[Reject]


@dataclass(frozen=True)
class ImportReport:
    """What became of a file's rows: each was stored, known before, or rejected."""

    stored: int
    duplicate: int
    rejects: tuple[Reject, ...]

    def figures(self) -> dict[str, int]:
        """The four counts; `read` is the sum of the others."""
        rejected = len(self.rejects)
        read = self.stored + self.duplicate + rejected
        return {"read": read, "stored": self.stored, "duplicate": self.duplicate, "rejected": rejected}


Advance = Callable[[int], None]


def no_progress(_rows: int) -> None:
    """For callers that show no progress."""


def read_table(path: Path) -> ImportedFile:
    """The rows of a CSV (comma or tab) in UTF-8, UTF-16 with its mark, or GB18030.

    Rows with the wrong number of cells, an unclosed quote or broken characters become rejects, and
    reading goes on at the next line. Raises ImportFailed when the file is no such table at all.
    """
    text, broken = _decoded(path)
    lines = list(io.StringIO(text, newline=""))
    records = _records(lines, "\t" if lines and "," not in lines[0] and "\t" in lines[0] else ",")
    columns = _header(path, next(records, None))
    rows, rejects = [], []
    for line, cells in records:
        reason = _fault(cells, columns, broken)
        if reason:
            rejects.append(Reject(line, reason))
        elif cells:
            rows.append(FileRow(line, dict(zip(columns, cells, strict=True))))
    return ImportedFile(columns, rows, rejects)


def _decoded(path: Path) -> tuple[str, bool]:
    """The text, and whether some of it could not be decoded."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImportFailed(say("cli.import.unreadable", name=path.name)) from error
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        text = data.decode(encoding, "replace")
        # A file may hold the replacement character itself, written there by an earlier tool.
        own = data.count(BROKEN.encode()) if encoding == "utf-8-sig" else 0
        bad = text.count(BROKEN) - own
        torn_end = bad and text.endswith(BROKEN)
        if not data.startswith(WORKBOOK) and bad - torn_end <= MOST_BROKEN * _non_ascii(text):
            return text, bad > 0
    raise ImportFailed(say("cli.import.not_text", name=path.name))


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """(line, cells) of each record; cells are None where quotes don't close: then only that line is lost."""
    at = 0
    while at < len(lines):
        rest = map(lines.__getitem__, range(at, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        begin = 0
        try:
            for cells in reader:
                yield at + begin + 1, cells
                begin = reader.line_num
            return
        except csv.Error:
            yield at + begin + 1, None
            at += begin + 1


def _header(path: Path, first: tuple[int, list[str] | None] | None) -> tuple[str, ...]:
    if first is None or not first[1]:
        raise ImportFailed(say("cli.import.empty_file", name=path.name))
    columns = tuple(cell.strip() for cell in first[1])
    twice = [name for name, n in Counter(columns).items() if n > 1]
    if twice:
        raise ImportFailed(say("cli.import.columns_twice", columns="、".join(twice)))
    return columns


def _fault(cells: list[str] | None, columns: tuple[str, ...], broken: bool) -> str:
    """Why these cells are no row of the table; empty when they are (a blank line is none and no fault)."""
    if cells is None:
        return say("cli.import.torn")
    if cells and len(cells) != len(columns):
        return say("cli.import.cells", n=len(cells), wanted=len(columns))
    if broken and any(BROKEN in cell for cell in cells):
        return say("cli.import.broken_characters")
    return ""


def moment_of(written: str) -> datetime:
    """A written date or time as UTC; without a zone it is China's time. Raises ValueError."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    *parts, zone = found.groups()
    numbers = [int(part or 0) for part in parts]
    year, month, date, hour, minute, second = numbers
    naive = datetime(year, month, date, hour, minute, second)
    try:
        if zone:
            return datetime.fromisoformat(f"{naive.isoformat()}{zone}").astimezone(UTC)
        return naive.replace(tzinfo=CHINA).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(written) from error


def write_rejects(report: ImportReport, path: Path) -> None:
    """Write line and reason of each rejected row as CSV (no texts); none: remove an earlier file."""
    if not report.rejects:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    with half.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([say("cli.import.line"), say("cli.import.reason")])
        writer.writerows(sorted(report.rejects))
    half.replace(path)
