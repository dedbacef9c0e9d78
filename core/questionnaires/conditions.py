"""`relevant` conditions: parsed by a small grammar of our own into functions, never evaluated as code.

    who == 3 or age in [1, 2, 3]
    not selected(hh, 3) and 0 in used

Operators, weakest first: or · and · not · == != < <= > >= in. A question that has no answer compares
as different from everything and smaller than nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.errors import Invalid
from core.words import say

Answers = Mapping[str, Any]
Test = Callable[[Answers], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+)|'(?P<text>[^']*)'|\"(?P<text2>[^\"]*)\"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
_NUMBER = (int, float)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a is not None and a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: _numbers(a, b) and a < b,
    "<=": lambda a, b: _numbers(a, b) and a <= b,
    ">": lambda a, b: _numbers(a, b) and a > b,
    ">=": lambda a, b: _numbers(a, b) and a >= b,
}
MOST_CHARACTERS, MOST_DEPTH = 500, 20


class ConditionError(Invalid):
    """A condition that can't be read; says what and where."""

    @classmethod
    def because(cls, key: str, **fields: object) -> ConditionError:
        """The error whose sentence is `questionnaire.condition.<key>`."""
        return cls(say(f"questionnaire.condition.{key}", **fields))


@dataclass(frozen=True)
class Condition:
    """A parsed condition: `test(answers)` is truthy when it holds; `names` are the questions it reads."""

    test: Test
    names: frozenset[str]


def _numbers(a: Any, b: Any) -> bool:
    return isinstance(a, _NUMBER) and isinstance(b, _NUMBER)


def _contains(container: Any, item: Any) -> bool:
    if container is None or item is None:
        return False
    return item in container if isinstance(container, list | tuple) else container == item


def _within(item: Any, container: Any) -> bool:
    return _contains(container, item)


@lru_cache(maxsize=512)
def parse(source: str) -> Condition:
    """Read a condition; raises ConditionError for anything outside the grammar."""
    if len(source) > MOST_CHARACTERS:
        raise ConditionError.because("too_long", most=MOST_CHARACTERS)
    reader = _Reader(source)
    test = reader.either()
    if reader.place < len(reader.tokens):
        raise reader.stuck(reader.tokens[reader.place][1])
    return Condition(test, frozenset(reader.names))


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = list(self._cut(source))
        self.place = self.depth = 0
        self.names: set[str] = set()
        # What is the same whatever was answered: literals, and lists of them.
        self.fixed: dict[Test, Any] = {}

    def stuck(self, near: str) -> ConditionError:
        """The error for a token that does not belong where it stands."""
        return ConditionError.because("not_understood", source=self.source, near=near)

    def _cut(self, source: str) -> Any:
        at = 0
        while source[at:].strip():
            found = _TOKEN.match(source, at)
            if found is None or found.lastgroup is None:
                raise self.stuck(source[at:].strip()[:1])
            kind = "text" if found.lastgroup == "text2" else found.lastgroup
            yield kind, found.group(found.lastgroup)
            at = found.end()

    def _next(self, *wanted: str) -> str | None:
        """Take the next token if it is one of the wanted words or signs."""
        if self.place < len(self.tokens):
            kind, value = self.tokens[self.place]
            if kind in ("word", "sign") and value in wanted:
                self.place += 1
                return str(value)
        return None

    def _must(self, sign: str) -> None:
        if self._next(sign) is None:
            raise ConditionError.because("sign_missing", source=self.source, sign=sign)

    def _deeper(self, read: Callable[[], Test]) -> Test:
        """Read a nested part; so deep that it could exhaust the stack it is refused."""
        if self.depth >= MOST_DEPTH:
            raise ConditionError.because("too_deep", most=MOST_DEPTH)
        self.depth += 1
        found = read()
        self.depth -= 1
        return found

    def either(self) -> Test:
        """a or b or …"""
        tests = [self.both()]
        while self._next("or"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda answers: any(test(answers) for test in tests)

    def both(self) -> Test:
        """a and b and …"""
        tests = [self.negated()]
        while self._next("and"):
            tests.append(self.negated())
        return tests[0] if len(tests) == 1 else lambda answers: all(test(answers) for test in tests)

    def negated(self) -> Test:
        """not a"""
        if self._next("not"):
            test = self._deeper(self.negated)
            return lambda answers: not test(answers)
        return self.compared()

    def compared(self) -> Test:
        """a == b, a in [..], a in question, or a alone"""
        left = self.operand()
        sign = self._next("in", *_COMPARE)
        if sign is None:
            return left
        compare, right = _COMPARE[sign] if sign != "in" else _within, self.operand()
        if right in self.fixed:  # the common case, and on the path of every saved response
            value = self.fixed[right]
            return lambda answers: compare(left(answers), value)
        return lambda answers: compare(left(answers), right(answers))

    def operand(self) -> Test:
        """A literal, a list, a question, selected(question, choice), or a bracketed condition."""
        if self._next("("):
            return self._deeper(self._bracket)
        if self._next("["):
            return self._deeper(self._list)
        if self.place >= len(self.tokens):
            raise ConditionError.because("ends_early", source=self.source)
        kind, value = self.tokens[self.place]
        self.place += 1
        if kind in ("number", "text"):
            return self._fixed(int(value) if kind == "number" else value)
        if kind == "word" and value == "selected":
            return self._deeper(self._selected)
        if kind == "word" and value not in ("and", "or", "in", "not"):
            return self._question(value)
        raise self.stuck(value)

    def _fixed(self, value: Any) -> Test:
        def _same(_answers: Answers) -> Any:
            return value

        self.fixed[_same] = value
        return _same

    def _bracket(self) -> Test:
        inner = self.either()
        self._must(")")
        return inner

    def _question(self, name: str) -> Test:
        self.names.add(name)
        return lambda answers: answers.get(name)

    def _list(self) -> Test:
        items = [self.operand()]
        while self._next(","):
            items.append(self.operand())
        self._must("]")
        if all(item in self.fixed for item in items):
            return self._fixed([self.fixed[item] for item in items])
        return lambda answers: [item(answers) for item in items]

    def _selected(self) -> Test:
        self._must("(")
        question = self.operand()
        self._must(",")
        choice = self.operand()
        self._must(")")
        return lambda answers: _contains(question(answers), choice(answers))
