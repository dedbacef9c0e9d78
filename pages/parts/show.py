"""The frame of a staff screen: the finding on top, a chart, under it its table, CSV and how it came about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from core.queries.rounds import CommunityCard
from core.words import say

# Serves picture.js, for pictures and printing: the content security policy runs no script inside a page.
PICTURE = "/picture.js"
_CSS = Path(__file__).with_name("staff.css")
# A cell that begins so is a formula to a spreadsheet: the apostrophe makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@cache
def _style() -> str:
    return f"<style>{_CSS.read_text(encoding='utf8')}</style>"


def top(community: CommunityCard, screen: str, finding: str, *, how: str = "") -> None:
    """Where one is, the screen's finding in one sentence, and how to read it (source, period, n)."""
    where = say("show.where", community=community.name, screen=screen)
    if community.synthetic:
        how = " · ".join(part for part in (how, say("show.synthetic")) if part)
    lines = f'<p class="st-how">{escape(how)}</p>' if how else ""
    st.html(
        f'{_style()}<div class="st-top"><p class="st-where">{escape(where)}</p>'
        f"<h1>{escape(finding)}</h1>{lines}</div>"
    )


def section(title: str, note: str = "") -> None:
    """A heading inside a screen, and one calm line under it."""
    line = f'<p class="st-note">{escape(note)}</p>' if note else ""
    st.html(f'<h2 class="st-section">{escape(title)}</h2>{line}')


def empty(sentence: str) -> None:
    """No data: said in words, with what to do next."""
    st.html(f'<p class="st-empty">{escape(sentence)}</p>')


def fail(sentence: str) -> None:
    """What went wrong and what to do, where a screen reader is told of it at once."""
    st.html(f'<div class="st-fail" role="alert">{escape(sentence)}</div>')


def table_html(frame: pd.DataFrame, *, numeric: Collection[str] = (), caption: str = "") -> str:
    """The frame as a real table; cells are text already, everything is escaped."""
    classes = {name: ' class="n"' if name in numeric else "" for name in map(str, frame.columns)}
    head = "".join(f'<th scope="col"{mark}>{escape(name)}</th>' for name, mark in classes.items())
    rows = "".join(
        "<tr>" + "".join(f"<td{m}>{escape(str(c))}</td>" for c, m in zip(row, classes.values(), strict=True))
        + "</tr>"
        for row in frame.to_numpy(dtype=object).tolist()
    )  # fmt: skip
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    name = escape(caption or say("show.table"))
    return (
        f'<div class="st-table" tabindex="0" role="region" aria-label="{name}">'
        f"<table>{told}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def table(frame: pd.DataFrame, *, numeric: Collection[str] = (), caption: str = "") -> None:
    """Draw `table_html`."""
    st.html(table_html(frame, numeric=numeric, caption=caption))


def csv(frame: pd.DataFrame) -> bytes:
    """The frame as CSV that spreadsheets open as UTF-8; text that would be a formula is made text."""
    safe = frame.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell)
    return safe.to_csv(index=False).encode("utf-8-sig")


def packed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with its rows as Arrow, as Streamlit sends them: else every run of a screen packs
    them again."""
    rows = {name: convert_anything_to_arrow_bytes(given) for name, given in spec["datasets"].items()}
    return {**spec, "datasets": rows}


def chart(spec: Mapping[str, Any], label: str, *, key: str, **options: Any) -> Any:
    """Draw a specification of core.output, best `packed` before it is kept, with a name for screen readers;
    what st.vega_lite_chart returns."""
    st.html(f'<p class="st-note" id="{escape(key)}-name">{escape(label)}</p>') if label else None
    return st.vega_lite_chart(None, dict(spec), theme=None, width="stretch", key=key, **options)


def under(
    frame: pd.DataFrame,
    name: str,
    explain: str,
    *,
    numeric: Collection[str] = (),
    picture: tuple[str, str] = ("", ""),
    unfolded: bool = False,
) -> None:
    """What stands under each chart: the same figures as a table, as CSV, and how they came about.

    `picture`: key and finding of the chart that can be saved; `unfolded` shows the table at once.
    """
    is_open = " open" if unfolded else ""
    st.html(
        f'<details class="st-under"{is_open}><summary>{escape(say("show.table"))}</summary>'
        f"{table_html(frame, numeric=numeric)}</details>"
        f'<details class="st-under"><summary>{escape(say("show.explain"))}</summary>'
        f'<p class="st-note">{escape(explain)}</p></details>'
    )
    with st.container(horizontal=True, key=f"{name}-take"):
        st.download_button(
            say("show.csv"), lambda: csv(frame), file_name=f"{name}.csv", mime="text/csv", key=f"{name}-csv"
        )
        if picture[0]:
            _picture_button(*picture, name=name)


def print_button(label: str, note: str) -> None:
    """Opens the browser's print dialog; stands on no paper itself."""
    st.html(
        f'<p class="no-print"><button type="button" class="st-picture" data-print>{escape(label)}</button> '
        f'<span class="st-note">{escape(note)}</span></p><script src="{PICTURE}"></script>',
        unsafe_allow_javascript=True,
    )


def _picture_button(key: str, finding: str, *, name: str) -> None:
    """Saves the chart of this key with its finding: drawn in the browser, by a script of ours."""
    words = {"picture": key, "title": finding, "file": name, "failed": say("show.picture_failed")}
    data = " ".join(f'data-{word}="{escape(value)}"' for word, value in words.items())
    st.html(
        f'<button type="button" class="st-picture" {data}>{escape(say("show.picture"))}</button>'
        f'<script src="{PICTURE}"></script>',
        width="content",
        unsafe_allow_javascript=True,
    )


def note(sentence: str) -> None:
    """What was done, calmly, where a screen reader is told of it."""
    st.html(f'<p class="st-done" role="status">{escape(sentence)}</p>')
