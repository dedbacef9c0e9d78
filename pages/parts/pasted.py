"""A table, pasted or uploaded: looked at before it is saved, and kept until it is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from core.actions.pasted_table import TableFaults, table_of_file
from core.actions.places_table import PlacesChanged
from core.errors import LinshengError
from core.words import say
from pages.parts import show

MOST_FAULTS, MOST_NAMES = 20, 12
HEIGHT = 220
# Streamlit's own words on the field are English and can't be given: the button says ours instead.
_UPLOADER = """<style>
.stFileUploader button[data-testid="stBaseButton-secondary"] * { font-size: 0; }
.stFileUploader button[data-testid="stBaseButton-secondary"]::after { content: "%s"; font-size: 14px; }
[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
</style>"""


def box(name: str, *, label: str, hint: str) -> str | None:
    """Draw the file field and the box; the table, once it was asked to be looked at and as long as it stays.

    What stands in the box outlives a visit to another screen.
    """
    text_key, kept, looked = f"{name}.text.{turn(name)}", f"{name}.kept", f"{name}.looked"
    if text_key not in st.session_state:
        st.session_state[text_key] = st.session_state.get(kept, "")
    text = st.text_area(label, key=text_key, placeholder=hint, height=HEIGHT)
    st.session_state[kept] = text
    st.html(_UPLOADER % say("admin.table.choose_file"))
    file_key = f"{name}.file.{turn(name)}"
    st.file_uploader(
        say("admin.table.file"),
        type=["csv", "txt", "tsv", "xls", "xlsx"],
        key=file_key,
        on_change=_take,
        args=(name, text_key, file_key),
    )
    if failure := st.session_state.get(f"{name}.failure"):
        show.fail(failure)
    if st.button(say("admin.table.look"), key=f"{name}.look"):
        st.session_state[looked] = text
    return text if text and st.session_state.get(looked) == text else None


def turn(name: str) -> int:
    """How many tables were saved from this box: a part of the keys of what goes with a table."""
    return int(st.session_state.get(f"{name}.turn", 0))


def _take(name: str, text_key: str, file_key: str) -> None:
    """Put the uploaded file's text into the box, where it can be seen and mended."""
    uploaded = st.session_state.get(file_key)
    st.session_state[f"{name}.failure"] = ""
    if uploaded is None:
        return
    try:
        st.session_state[text_key] = table_of_file(uploaded.getvalue())
    except LinshengError as error:
        st.session_state[f"{name}.failure"] = str(error)


def empty(name: str) -> None:
    """Forget the table: it is saved. Its fields are new on the next run."""
    for part in ("kept", "looked", "failure"):
        st.session_state.pop(f"{name}.{part}", None)
    st.session_state[f"{name}.turn"] = turn(name) + 1


def faults(error: LinshengError) -> None:
    """All that keeps the table from being saved, line by line."""
    told = error.told if isinstance(error, TableFaults) else (str(error),)
    head = "admin.table.faults" if isinstance(error, TableFaults) else "admin.table.one_fault"
    more = len(told) - MOST_FAULTS
    shown = [*told[:MOST_FAULTS], *([say("admin.table.more", n=more)] if more > 0 else [])]
    items = "".join(f"<li>{escape(line)}</li>" for line in shown)
    st.html(
        f'<div class="st-fail" role="alert"><p>{escape(say(head, n=len(told)))}</p><ul>{items}</ul></div>'
    )


def changes(told: PlacesChanged) -> None:
    """What saving would add, change and delete, by name."""
    if told.nothing:
        show.empty(say("admin.table.same"))
        return
    parts = (("added", told.added), ("changed", told.changed), ("removed", told.removed))
    rows = [(say(f"admin.table.{kind}", n=len(names)), _named(names)) for kind, names in parts if names]
    items = "".join(f"<p><b>{escape(head)}</b> {escape(names)}</p>" for head, names in rows)
    st.html(f'<div role="status">{items}</div>')


def _named(names: Sequence[str]) -> str:
    listed = say("admin.table.comma").join(sorted(names)[:MOST_NAMES])
    return listed if len(names) <= MOST_NAMES else say("admin.table.names_more", names=listed, n=len(names))


def note(sentence: str) -> None:
    """One calm line."""
    st.html(f'<p class="st-note">{escape(sentence)}</p>')


def download(label: str, frame: pd.DataFrame, name: str) -> None:
    """A table to fill in or to change in a spreadsheet, as CSV."""
    st.download_button(
        label, lambda: show.csv(frame), file_name=f"{name}.csv", mime="text/csv", key=f"{name}.download"
    )
