"""classify FILE: a table of comments comes in, the same table with areas and more goes out."""

from __future__ import annotations

import codecs
import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from core.actions.imports import Advance, FileRow, ImportedFile, read_table
from core.cli import classifier, out
from core.cli.app import app
from core.errors import Invalid
from core.text.reader import CHUNK, Reader
from core.text.reading import Reading
from core.words import say

ADDED = ("area", "areas", "probability", "sentiment", "intent", "urgent", "abstained")
# The file's own column of such a name is kept under this one.
KEPT_AS = "{}_in_file"


@app.command(help=say("reading.classify.help"))
def classify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say("reading.classify.file"))],
    to: Annotated[Path, typer.Option("--out", dir_okay=False, help=say("reading.classify.out"))],
    text_column: Annotated[
        str, typer.Option("--text-column", help=say("reading.classify.text_column"))
    ] = "text",
    as_json: out.Json = False,
) -> None:
    """Read every comment of a file; exit code 1 when the file holds rows that are no rows."""
    table = read_table(file)
    if text_column not in table.columns:
        columns = "、".join(table.columns)[:300]
        raise out.usage(say("reading.classify.no_column", column=text_column, columns=columns))
    names = _names(table.columns)
    if renamed := [f"{old} → {new}" for old, new in zip(table.columns, names, strict=True) if old != new]:
        out.tell(say("reading.classify.renamed", columns="、".join(renamed)))
    reader = classifier.ready()
    with out.progress(say("reading.classify.reading"), len(table.rows)) as advance:
        counts = _write(to, names, _read(reader, table, text_column, advance), mark=not _plain_utf8(file))
    classifier.tell_rejects(table.rejects)
    out.tell(say("reading.classify.done", n=f"{len(table.rows):,}", path=to, version=reader.version))
    out.show(_figures(table, counts), as_json=as_json)
    raise typer.Exit(out.FINDINGS if table.rejects else 0)


def _names(columns: Sequence[str]) -> list[str]:
    """The file's columns, renamed where we write one of that name."""
    names = list(columns)
    for i in range(len(names)):
        while names[i] in ADDED or names[i] in (*names[:i], *names[i + 1 :]):
            names[i] = KEPT_AS.format(names[i])
    return names


def _read(
    reader: Reader, table: ImportedFile, column: str, advance: Advance
) -> Iterator[tuple[FileRow, Reading]]:
    for start in range(0, len(table.rows), CHUNK):
        rows = table.rows[start : start + CHUNK]
        yield from zip(rows, reader.read([row.cells[column] for row in rows]), strict=True)
        advance(len(rows))


def _write(
    path: Path, names: Sequence[str], found: Iterator[tuple[FileRow, Reading]], *, mark: bool
) -> Counter[str]:
    """Write beside the file and rename, so that nobody finds half of it; how often each state occurs."""
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    counts: Counter[str] = Counter()
    try:
        with half.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*names, *ADDED])
            for row, reading in found:
                writer.writerow([*row.cells.values(), *_cells(reading)])
                counts["abstained" if reading.abstained else "classified"] += 1
                counts["urgent"] += reading.urgent
        half.replace(path)
    except OSError as error:
        raise Invalid(say("reading.classify.cannot_write", path=path, reason=error.strerror)) from error
    finally:
        half.unlink(missing_ok=True)
    return counts


def _cells(reading: Reading) -> list[str]:
    areas, probability = ";".join(reading.areas), f"{reading.probability:.4f}"
    flags = [str(int(flag)) for flag in (reading.urgent, reading.abstained)]
    return [reading.area, areas, probability, reading.sentiment, reading.intent, *flags]


def _plain_utf8(path: Path) -> bool:
    """Whether the file is UTF-8 without a mark: then ours is too; spreadsheets need the mark."""
    data = path.read_bytes()
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not data.startswith(codecs.BOM_UTF8)


def _figures(table: ImportedFile, counts: Counter[str]) -> dict[str, int]:
    """`read` = classified + abstained + rejected."""
    rejected = len(table.rejects)
    figures = {name: counts[name] for name in ("classified", "abstained", "urgent")}
    return {"read": len(table.rows) + rejected, **figures, "rejected": rejected}
