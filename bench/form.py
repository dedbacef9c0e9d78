"""A step's page as a person without a script has it: its fields, and what somebody answers in them."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
OFFERED = re.compile(r'<input type="(?:radio|checkbox)"(?: id="\w+")? name="(\w+)" value="([^"]*)"')
SINGLE = re.compile(r'<input type="radio" name="(\w+)"')
ACTION = re.compile(r'<form id="sheet" method="post" action="([^"]+)"')
CODE = re.compile(r'<section class="card receipt">.*?class="code">([^<]+)<', re.DOTALL)
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StepForm:
    """The form of one step: where it goes, its hidden fields, its buttons, and each question's choices."""

    action: str
    hidden: dict[str, str]
    last: bool
    more: bool
    offered: Mapping[str, list[str]]
    single: frozenset[str]

    @property
    def key(self) -> str:
        """The sheet's key."""
        return self.hidden["key"]

    def answers(self, sheet: Mapping[str, Any]) -> Fields:
        """The fields a person with these stored answers fills in; where one is missing, the first choice."""
        names = [name for name in self.hidden["q"].split(",") if name]
        fields = [(name, value) for name in names for value in self._values(name, sheet.get(name))]
        if sheet.get("guardian") and "guardian" in self.offered:
            fields.append(("guardian", "1"))
        return fields

    def _values(self, name: str, given: Any) -> list[str]:
        wanted = as_sent(given)
        if name not in self.offered:
            return wanted
        there = self.offered[name]
        fit = [value for value in wanted if value in there]
        return fit or (there[:1] if name in self.single else [])


def as_sent(given: Any) -> list[str]:
    """A stored answer as form values: a place as `b12` or `g3`, several choices one after the other."""
    if given is None:
        return []
    if isinstance(given, Mapping):
        return [f"b{given['building']}" if given.get("building") else f"g{given['grid']}"]
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]


def step_form(page: str) -> StepForm | None:
    """The form of a step's page; None when the page is another."""
    found = ACTION.search(page)
    if found is None:
        return None
    offered: dict[str, list[str]] = defaultdict(list)
    for name, value in OFFERED.findall(page):
        offered[name].append(value)
    return StepForm(
        action=found[1],
        hidden={name: html.unescape(value) for name, value in HIDDEN.findall(page)},
        last='<button name="do" value="send"' in page,
        more='name="do" value="more"' in page,
        offered=offered,
        single=frozenset(SINGLE.findall(page)),
    )


def receipt_on(page: str) -> str:
    """The receipt's code on a page of thanks; empty when there is none."""
    found = CODE.search(page)
    return found[1] if found else ""
