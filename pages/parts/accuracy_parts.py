"""How well the classifier reads, ready to draw: put into words and tables once for each file that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from core.actions import reevaluate
from core.output import accuracy_rows as rows
from core.output.accuracy_chart import areas_chart, curve_chart
from core.text.evaluation_file import Whole
from core.words import say
from pages.parts import classifier_parts, show
from pages.parts.figures import kept

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Charts, the areas' table, and the other parts as html; `curve` is None without a learning curve."""

    finding: str
    how: str
    areas: dict[str, Any]
    weakest: str
    areas_table: pd.DataFrame
    confusions: str
    calibration: str
    coverage: str
    others: str
    files: str
    curve: dict[str, Any] | None
    curve_finding: str
    curve_table: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen draws, None before any evaluation; is it of older comments; names of torn files."""

    drawn: Drawn | None
    older: bool
    torn: tuple[str, ...]


def shown() -> Shown:
    """The newest evaluation of today's labelled comments, else of older ones; a new file shows at once."""
    return _shown(classifier_parts.shipped(), _stamp())


def _stamp() -> Stamp:
    """What changes when one of the files does."""
    found = []
    for path in reevaluate.files():
        try:
            at = path.stat()
        except OSError:
            continue
        found.append((str(path), at.st_mtime_ns, at.st_size))
    return tuple(found)


@kept
def _shown(version: str, stamp: Stamp) -> Shown:
    newest = reevaluate.to_show(version)
    drawn = _drawn(newest.found) if newest.found else None
    return Shown(drawn, newest.older, tuple(path.name for path in newest.torn))


def _drawn(found: Whole) -> Drawn:
    points = rows.curve(found)
    return Drawn(
        finding=rows.finding(found),
        how=rows.how(found),
        areas=show.packed(areas_chart(rows.areas(found))),
        weakest=rows.weakest(found),
        areas_table=rows.areas_table(found),
        confusions=_confusions(found),
        calibration=_told(rows.calibration(found), rows.calibration_table(found)),
        coverage=_told(rows.coverage(found), rows.coverage_table(found)),
        others=_others(found),
        files=_folded("accuracy.files", rows.files_table(found), note=say("accuracy.files.note")),
        curve=show.packed(curve_chart(points)) if len(points) > 1 else None,
        curve_finding=rows.curve_finding(found),
        curve_table=_folded("accuracy.curve", rows.curve_table(found)),
    )


def _confusions(found: Whole) -> str:
    """The most frequent confusions as a list, the whole table folded under it."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in rows.confusion_lines(found))
    told = f'<ul class="st-todo">{lines}</ul>' if lines else _note(say("accuracy.confusion.none"))
    return told + _folded("accuracy.confusion", rows.confusion_table(found))


def _others(found: Whole) -> str:
    """Each figure large, what it is of beside it, what it means under it."""
    lines = (
        f"<li><b>{escape(each.figure)}</b> {escape(each.what)}<br>{escape(each.means)}</li>"
        for each in rows.others(found)
    )
    return f'<ul class="st-todo">{"".join(lines)}</ul>'


def _told(sentence: str, frame: pd.DataFrame) -> str:
    return f"<p>{escape(sentence)}</p>" + show.table_html(frame, numeric=frame.columns)


def _folded(words: str, frame: pd.DataFrame, *, note: str = "") -> str:
    summary = escape(say(f"{words}.open"))
    table = show.table_html(frame, numeric=frame.columns[1:])
    return f'<details class="st-under"><summary>{summary}</summary>{_note(note)}{table}</details>'


def _note(sentence: str) -> str:
    return f'<p class="st-note">{escape(sentence)}</p>' if sentence else ""


def warnings(found: Shown) -> None:
    """That what is shown is of older comments; that a file could not be read."""
    for name in found.torn:
        show.fail(say("accuracy.torn", name=name))
    if found.older:
        st.html(f'<ul class="st-todo"><li>{escape(say("accuracy.older"))}</li></ul>')
