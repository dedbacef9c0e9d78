"""Drawing one question. Each kind is one or two elements, its value lives under one widget key.

Choices are pills styled as full-width rows: one widget a question keeps a rerun cheap, and it is a
group of real buttons that say whether they are pressed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import streamlit as st

from core.questionnaires.answers import MOST_OTHER_CHARACTERS
from core.questionnaires.logic import offered
from core.questionnaires.schema import Choice, Code, Definition, Question
from core.words import say

# Characters that mean something in a label's markdown; escaped, a label is only ever text.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>~:$#|"})
UNKNOWN = 0
# Labels up to this many full-width characters stand two a row on a phone.
PAIR_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Places:
    """What the place picker offers: (id, name) of grids and of each grid's buildings; ids by their codes."""

    grids: Sequence[tuple[int, str]] = ()
    buildings: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    building_codes: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def grid_of(self, code: str) -> int | None:
        """The id of a grid's code, as a QR code carries it; None when there is no such grid."""
        return self.codes.get(code)


@dataclass(frozen=True, slots=True)
class Asking:
    """One form being filled in: its definition, answers so far, what is wrong, where it may be."""

    definition: Definition
    answers: dict[str, Any]
    problems: Mapping[str, str]
    places: Places
    prefix: str

    def key(self, code: str) -> str:
        """The widget key of a question's or a row's code."""
        return f"{self.prefix}-{code}"


def literal(text: str) -> str:
    """The text for a widget's label, nothing of it read as markdown."""
    return text.translate(_MARKS)


def show(asking: Asking, question: Question) -> None:
    """Draw one question with its hint and, if something is wrong, the sentence that says so."""
    _heading(asking, question)
    if question.kind == "matrix":
        _matrix(asking, question)
    elif question.kind == "text":
        _text(asking, question)
    elif question.kind == "number":
        _number(asking, question)
    elif question.kind == "place":
        _place(asking, question)
    else:
        _choices(asking, question)


def collect(asking: Asking, questions: Sequence[Question]) -> None:
    """Take what the widgets of these questions hold into the answers."""
    for question in questions:
        codes = [row.code for row in question.rows] or [question.code, f"{question.code}_other"]
        for code in codes if question.kind != "place" else ():
            if asking.key(code) in st.session_state:
                asking.answers[code] = st.session_state[asking.key(code)]
        if question.kind == "place":
            _collect_place(asking, question)
    if asking.key("guardian") in st.session_state:
        asking.answers["guardian"] = st.session_state[asking.key("guardian")]


def _heading(asking: Asking, question: Question) -> None:
    hint = escape(question.hint or _how_many(question))
    problem = asking.problems.get(question.code, "")
    st.html(
        f'<div class="ls-q"><h3>{escape(question.text)}</h3>'
        + (f'<p class="ls-hint">{hint}</p>' if hint else "")
        + (f'<p class="ls-problem" role="alert">{escape(problem)}</p>' if problem else "")
        + (f'<p class="ls-hint">{escape(question.note)}</p>' if question.note else "")
        + "</div>"
    )


def _how_many(question: Question) -> str:
    if question.kind == "rank":
        return say("resident.step.rank", n=question.most or len(question.choices))
    if question.kind == "multiple":
        return say("resident.step.most", n=question.most) if question.most else say("resident.step.any")
    return "" if question.required else say("resident.step.optional")


def _seed(asking: Asking, code: str, value: Any) -> str:
    """The widget key of a code; a widget that comes back to the screen shows the answer given before."""
    key = asking.key(code)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _choices(asking: Asking, question: Question) -> None:
    choices = offered(asking.definition, question, asking.answers)
    labels: dict[Code, str] = {choice.code: literal(choice.label) for choice in choices}
    several = question.kind in ("multiple", "rank")
    given = asking.answers.get(question.code)
    if several:
        seed: Any = [code for code in given or () if code in labels]
    else:
        seed = given if given in labels else None
    key = _seed(asking, question.code, seed)
    with st.container(key=f"{_layout(question, choices)}-{key}"):
        taken = st.pills(
            literal(question.text),
            list(labels),
            format_func=labels.__getitem__,
            selection_mode="multi" if several else "single",
            key=key,
            label_visibility="collapsed",
            width="stretch",
            on_change=_one_or_none if several else None,
            args=(key, frozenset(c.code for c in choices if c.exclusive)) if several else None,
        )
    _after_choice(asking, question, choices, taken if isinstance(taken, list) else [taken])


def _layout(question: Question, choices: Sequence[Choice]) -> str:
    """faces: five side by side; pairs: short labels, two a row where they fit; rows: one a row."""
    if question.kind == "scale":
        return "faces"
    width = max(sum(1 if ord(c) > 0x2E7F else 0.5 for c in choice.label) for choice in choices)
    return "pairs" if width <= PAIR_WIDTH else "rows"


def _one_or_none(key: str, exclusive: frozenset[Code]) -> None:
    """Tapping "none of these" lets go of the others, tapping another lets go of it: the last tap counts."""
    taken = st.session_state[key]
    if taken and len(taken) > 1 and exclusive.intersection(taken):
        last = taken[-1]
        st.session_state[key] = [last] if last in exclusive else [c for c in taken if c not in exclusive]


def _after_choice(
    asking: Asking, question: Question, choices: Sequence[Choice], taken: Sequence[Any]
) -> None:
    labels = {choice.code: choice.label for choice in choices}
    if question.kind == "rank" and len(taken) > 1:
        order = "".join(f"<li>{escape(labels[code])}</li>" for code in taken)
        st.html(f'<ol class="ls-order">{order}</ol>')
    if any(choice.other and choice.code in taken for choice in choices):
        code = f"{question.code}_other"
        key = _seed(asking, code, asking.answers.get(code) or "")
        st.text_input(say("resident.step.other"), key=key, max_chars=MOST_OTHER_CHARACTERS)
    if question.code == "who" and 3 in taken:
        key = _seed(asking, "guardian", bool(asking.answers.get("guardian")))
        st.checkbox(say("resident.step.guardian"), key=key)


def _matrix(asking: Asking, question: Question) -> None:
    labels: dict[Code, str] = {choice.code: literal(choice.label) for choice in question.choices}
    with st.container(key=f"matrix-{asking.key(question.code)}"):
        for row in question.rows:
            given = asking.answers.get(row.code)
            key = _seed(asking, row.code, given if given in labels else None)
            st.pills(
                literal(row.label), list(labels), format_func=labels.__getitem__, key=key, width="stretch"
            )


def _text(asking: Asking, question: Question) -> None:
    key = _seed(asking, question.code, asking.answers.get(question.code) or "")
    st.text_area(
        literal(question.text), key=key, max_chars=question.most, label_visibility="collapsed", height=140
    )


def _number(asking: Asking, question: Question) -> None:
    key = _seed(asking, question.code, asking.answers.get(question.code))
    st.number_input(
        literal(question.text),
        min_value=question.least,
        max_value=question.most,
        step=1,
        key=key,
        label_visibility="collapsed",
    )


def _place(asking: Asking, question: Question) -> None:
    given = asking.answers.get(question.code) or {}
    prefix = asking.key(question.code)
    pick_place(asking.places, prefix=prefix, grid=given.get("grid"), building=given.get("building"))


def pick_place(places: Places, *, prefix: str, grid: int | None = None, building: int | None = None) -> None:
    """Grid, then its building, both with a "not sure"; kept under `prefix-grid` and `prefix-building`."""
    chosen = _pick(f"{prefix}-grid", say("resident.place.grid"), places.grids, grid)
    houses = places.buildings.get(chosen or UNKNOWN, ())
    if houses:
        _pick(f"{prefix}-building", say("resident.place.building"), houses, building)


def _pick(key: str, label: str, offered_places: Sequence[tuple[int, str]], given: int | None) -> int | None:
    names = {id_: literal(name) for id_, name in offered_places} | {UNKNOWN: say("resident.place.unknown")}
    if st.session_state.get(key) not in names:
        st.session_state[key] = given if given in names else None
    with st.container(key=f"pairs-{key}"):
        return st.pills(label, list(names), format_func=names.__getitem__, key=key, width="stretch")


def picked_place(prefix: str) -> tuple[int, int] | None:
    """(grid, building) ids as picked, 0 for 不清楚; None while no grid has been picked."""
    grid = st.session_state.get(f"{prefix}-grid")
    building = st.session_state.get(f"{prefix}-building")
    return None if grid is None else (grid, building or UNKNOWN)


def _collect_place(asking: Asking, question: Question) -> None:
    prefix = asking.key(question.code)
    if f"{prefix}-grid" in st.session_state:
        picked = picked_place(prefix)
        asking.answers[question.code] = (
            None if picked is None else {"grid": picked[0], "building": picked[1] if picked[0] else UNKNOWN}
        )
