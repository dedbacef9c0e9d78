"""The quadrant of needs: a field for each state, in each the needs of it as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.words import say
from models.taxonomy import GAP_STATES


def draw_fields(fields: Mapping[str, Sequence[str]]) -> None:
    """Draw the fields of core.output.gap_rows.by_state; the word carries the state, colour only helps."""
    drawn = "".join(_field(state, lines) for state, lines in fields.items())
    st.html(f'<div class="st-fields">{drawn}</div>')


def _field(state: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines or [say("gap.field.none")])
    head = escape(say("gap.field.head", state=GAP_STATES[state], n=len(lines)))
    return f'<section class="st-field st-field-{state}"><h3>{head}</h3><ul>{items}</ul></section>'
