"""Residents at the Streamlit screens: taps on what is drawn, through the socket a browser would use."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.crowd import Pace
from bench.visitor import RunFailed, Visitor
from core.questionnaires.schema import Definition, Question

# A widget's id ends with its key: six signs of the sheet's key, then the question's code or the button.
KEY = re.compile(r"-[0-9a-f]{6}-([\w-]+)$")
GO = re.compile(r"\d+-go$")
CODE = re.compile(r'class="ls-receipt">.*?<strong>([^<]+)<', re.DOTALL)
MOST_STEPS = 60
# The box with which a child's guardian agrees.
GUARDIAN = "guardian"


@dataclass
class Seen:
    """What happened: seconds of each step (its button pressed until the next screen is whole) and of each
    tap on a choice, receipts, failures."""

    steps: list[float] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Screen(Visitor):
    """A visitor who sees the choices and buttons of the page as it was drawn last."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._drawing = False
        self.choices: dict[str, tuple[str, list[str]]] = {}
        self.boxes: dict[str, str] = {}
        self.button, self.receipt = "", ""
        self._states: dict[str, WidgetState] = {}

    def tap(self, code: str, labels: Sequence[str]) -> float:
        """Take these choices of a question; seconds until the page is whole again."""
        id_ = self.choices[code][0]
        state = WidgetState(id=id_)
        state.string_array_value.data.extend(labels)
        self._states[id_] = state
        return self._rerun()

    def tick(self, code: str) -> float:
        """Tick the box of this name; seconds until the page is whole again."""
        id_ = self.boxes[code]
        self._states[id_] = WidgetState(id=id_, bool_value=True)
        return self._rerun()

    def press(self) -> float:
        """Press the button that leads on; seconds until the next screen is whole."""
        return self._rerun(WidgetState(id=self.button, trigger_value=True))

    def _rerun(self, *more: WidgetState) -> float:
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page
        there = {id_ for id_, _ in self.choices.values()} | set(self.boxes.values())
        kept = [state for id_, state in self._states.items() if id_ in there]
        request.rerun_script.widget_states.widgets.extend([*kept, *more])
        started = time.perf_counter()
        self._run(request)
        return time.perf_counter() - started

    def _heard(self, told: ForwardMsg) -> None:
        kind = told.WhichOneof("type")
        if kind == "new_session":
            self.choices, self.boxes, self.button = {}, {}, ""
        if kind != "delta":
            return
        element = told.delta.new_element
        drawn = element.WhichOneof("type")
        if drawn == "html" and (found := CODE.search(element.html.body)):
            self.receipt = found[1]
        elif drawn == "button_group" and (key := KEY.search(element.button_group.id)):
            options = [option.content for option in element.button_group.options]
            self.choices[key[1]] = element.button_group.id, options
        elif drawn == "checkbox" and (key := KEY.search(element.checkbox.id)):
            self.boxes[key[1]] = element.checkbox.id
        elif drawn == "button" and (key := KEY.search(element.button.id)) and GO.search(key[1]):
            self.button = element.button.id


class Labels:
    """The words of a person's stored answers, as the choices on the screen are called."""

    def __init__(self, definition: Definition) -> None:
        self._of: dict[str, dict[str, str]] = {}
        for question in definition.questions:
            labels = {str(choice.code): choice.label for choice in question.choices}
            for code in _codes(question):
                self._of[code] = labels

    def of(self, code: str, options: Sequence[str], given: Any) -> list[str]:
        """What is tapped; where the answer is not offered, the first choice."""
        wanted = given if isinstance(given, list) else [given]
        labels = self._of.get(code, {})
        found = [labels[str(each)] for each in wanted if str(each) in labels]
        return [label for label in found if label in options] or list(options[:1])


def _codes(question: Question) -> list[str]:
    return [row.code for row in question.rows] or [question.code]


def at_screens(port: int, sheets: Sequence[Mapping[str, Any]], *, labels: Labels, pace: Pace) -> Seen:
    """One resident at the needs screen for each sheet of stored answers; what happened to them all."""
    seen = Seen()
    threads = [
        threading.Thread(target=_one, args=(port, sheet, labels, pace, random.Random(i), seen))
        for i, sheet in enumerate(sheets)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _one(
    port: int, sheet: Mapping[str, Any], labels: Labels, pace: Pace, rng: random.Random, seen: Seen
) -> None:
    time.sleep(rng.uniform(0, pace.within))
    try:
        with Screen(port) as screen:
            screen.open("needs")
            for _ in range(MOST_STEPS):
                if screen.receipt:
                    seen.receipts.append(screen.receipt)
                    return
                _step(screen, sheet, labels, rng.uniform(*pace.think), seen)
        raise RunFailed("no end")
    except Exception as error:  # whatever it is, this resident has failed, the others go on
        seen.failures.append(f"{type(error).__name__}: {error}"[:200])


def _step(screen: Screen, sheet: Mapping[str, Any], labels: Labels, thought: float, seen: Seen) -> None:
    """Answer what is drawn, and what answering draws, over the time of thought; then go on."""
    begun, done = time.perf_counter(), set[str]()
    while left := [code for code in screen.choices if code not in done]:
        code = left[0]
        done.add(code)
        time.sleep(thought / (2 * (len(left) + 1)))
        seen.taps.append(screen.tap(code, labels.of(code, screen.choices[code][1], sheet.get(code))))
    time.sleep(max(0.0, thought - (time.perf_counter() - begun)))
    if GUARDIAN in screen.boxes:
        seen.taps.append(screen.tick(GUARDIAN))
    if not screen.button:
        raise RunFailed("no button leads on")
    before = set(screen.choices)
    seen.steps.append(screen.press())
    if before and not screen.receipt and before == set(screen.choices):
        raise RunFailed(f"the same step again: {', '.join(sorted(before))}")
