"""The static check of a questionnaire, before anybody is asked: each rule returns what breaks it.

A rule is a function definition → (question code, what offends); its name is the key of its sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import NamedTuple

from core.questionnaires.counting import ANY
from core.questionnaires.reach import (
    dead_end,
    eligible_differs,
    names_in,
    never_offered,
    owners,
    unreachable,
)
from core.questionnaires.schema import DONT_KNOW, MOST_TEXT, REFUSED, Choice, Definition, Question
from core.questionnaires.wording import band, bands_overlap, scale_unbalanced
from core.words import say
from models.taxonomy import AGE_BANDS, AREA_LABELS, GROUPS, SEX_LABELS

Offender = tuple[str, str]
Rule = Callable[[Definition], Iterator[Offender]]

# Words of the conditions, of the tally and of the doors: no question may be called so.
RESERVED = {ANY, "guardian", "building", "key", "selected", "and", "or", "not", "in"}
# What the strata of the target person are read from (core.questionnaires.logic.strata).
PERSON = {"who": "single", "grid": "place", "sex": "single", "age": "single"}


class Fault(NamedTuple):
    """One offence: `rule` is the key of the sentence, `what` the offending part."""

    rule: str
    question: str
    what: str

    def __str__(self) -> str:
        """The sentence for whoever edits the file."""
        return f"{self.question}：{say(f'questionnaire.check.{self.rule}', what=self.what)}"


def check_definition(definition: Definition) -> list[Fault]:
    """Everything wrong with a definition, rule by rule; empty when it can be published."""
    return [Fault(rule.__name__, *offender) for rule in RULES for offender in rule(definition)]


def section_empty(definition: Definition) -> Iterator[Offender]:
    """A section without questions would be an empty screen."""
    return ((section.id, section.title) for section in definition.sections if not section.questions)


def code_reserved(definition: Definition) -> Iterator[Offender]:
    """A question called like a word of the conditions or of the tally would be taken for it."""
    for key, (_, question) in owners(definition).items():
        if key in RESERVED or key.endswith("_other"):
            yield question.code, key


def unknown_reference(definition: Definition) -> Iterator[Offender]:
    """A condition on a question that is not there is never met, and nobody would see why."""
    known = owners(definition)
    for question in definition.questions:
        yield from ((question.code, name) for name in sorted(names_in(question) - known.keys()))


def later_reference(definition: Definition) -> Iterator[Offender]:
    """A condition can only use what was answered before."""
    known = owners(definition)
    for at, question in enumerate(definition.questions):
        later = (name for name in sorted(names_in(question)) if name in known and known[name][0] >= at)
        yield from ((question.code, name) for name in later)


def beyond_short_form(definition: Definition) -> Iterator[Offender]:
    """An item of the short form (●) may depend on such items only: the short form has no others."""
    known = owners(definition)
    for question in definition.questions:
        for name in sorted(names_in(question)) if question.short else ():
            if name in known and not known[name][1].short:
                yield question.code, name


def code_twice(definition: Definition) -> Iterator[Offender]:
    """Two choices with one code (1 and "1" are one) are counted as one."""
    return _twice(definition, lambda choice: str(choice.code))


def label_twice(definition: Definition) -> Iterator[Offender]:
    """Two choices that read alike can't be told apart by who answers."""
    return _twice(definition, lambda choice: choice.label.strip())


def _twice(definition: Definition, part: Callable[[Choice], str]) -> Iterator[Offender]:
    for question in definition.questions:
        for value in _repeated(map(part, question.choices)):
            yield question.code, value


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, n in Counter(values).items() if n > 1]


def pipe_ambiguous(definition: Definition) -> Iterator[Offender]:
    """A pipe offers the choices of several questions: one code must not mean two of them."""
    for question in definition.questions:
        piped = (definition.by_code[code] for code in question.piped_from if code in definition.by_code)
        for code in _repeated(str(choice.code) for source in piped for choice in source.choices):
            yield question.code, code


def most_beyond_choices(definition: Definition) -> Iterator[Offender]:
    """`most` above the number of choices promises what can't be ticked; `least` above `most` forbids all."""
    for question in definition.questions:
        most, least = question.most, question.least
        tickable = sum(not choice.exclusive for choice in question.choices)
        several = question.kind in ("multiple", "rank")
        if several and max(most or 0, least) > tickable:
            yield question.code, f"{max(most or 0, least)} > {tickable}"
        elif most is not None and most < max(least, 1):
            yield question.code, f"{most} < {max(least, 1)}"


def none_missing(definition: Definition) -> Iterator[Offender]:
    """A need, or a question that must be answered, without "none" makes people tick what is not so."""
    for question in definition.questions:
        needed = question.kind == "multiple" and (question.required or question.eligible)
        if needed and not any(choice.exclusive for choice in question.choices):
            yield question.code, question.text


def exclusive_misplaced(definition: Definition) -> Iterator[Offender]:
    """One "none" is enough (refusing and not knowing stand beside it), and a single choice needs none."""
    for question in definition.questions:
        alone = [c.label for c in question.choices if c.exclusive and c.code not in (REFUSED, DONT_KNOW)]
        if len(alone) > (question.kind in ("multiple", "rank")):
            yield question.code, "、".join(alone)


def text_too_long(definition: Definition) -> Iterator[Offender]:
    """An open answer is a sentence, not a letter: longer ones are neither written nor read on a phone."""
    for question in definition.questions:
        if question.kind == "text" and (question.most or 0) > MOST_TEXT:
            yield question.code, f"{question.most} > {MOST_TEXT}"


def area_unknown(definition: Definition) -> Iterator[Offender]:
    """An area outside the taxonomy would have no label, no colour and no programme."""
    for question in definition.questions:
        for area in (question.area, *(choice.area for choice in question.choices)):
            if area and area not in AREA_LABELS:
                yield question.code, area


def area_missing(definition: Definition) -> Iterator[Offender]:
    """A need without an area is left out of its area's people ("other" in general may have none)."""
    for question in definition.questions:
        for choice in question.choices if question.eligible else ():
            if not (choice.area or choice.exclusive or choice.other):
                yield question.code, choice.label


def group_unknown(definition: Definition) -> Iterator[Offender]:
    """A target group outside the taxonomy is counted by nobody."""
    for question in definition.questions:
        for choice in question.choices:
            if choice.group and choice.group not in GROUPS:
                yield question.code, choice.group


def sensitive_unguarded(definition: Definition) -> Iterator[Offender]:
    """A sensitive question is optional and asked only after a consent of its own."""
    for question in definition.questions:
        asked_after = (definition.by_code.get(name) for name in names_in(question))
        consented = any(q is not None and q.kind == "consent" and not q.required for q in asked_after)
        if question.sensitive and (question.required or not consented):
            yield question.code, question.text


def consent_not_first(definition: Definition) -> Iterator[Offender]:
    """A needs survey asks about a person: nothing is asked before he or she agreed."""
    first = definition.questions[:1]
    if definition.kind == "needs" and not all(q.kind == "consent" and q.required for q in first):
        yield first[0].code, first[0].text


def person_incomplete(definition: Definition) -> Iterator[Offender]:
    """A needs survey asks who, where, sex and age, in the standing codes: the strata are read from them."""
    if definition.kind != "needs":
        return
    for code, kind in PERSON.items():
        if code not in definition.by_code or definition.by_code[code].kind != kind:
            yield code, kind
    yield from (("sex", what) for what in _strange(definition.by_code.get("sex"), SEX_LABELS))
    yield from (("age", what) for what in _strange(definition.by_code.get("age"), _BANDS))
    for choice in definition.by_code["age"].choices if "age" in definition.by_code else ():
        if band(choice.label) not in (None, _BANDS.get(choice.code)):
            yield "age", choice.label


# The oldest band is open: "80 and over".
_BANDS: dict[int | str, tuple[float, float]] = {
    b.code: (b.first, inf if b is AGE_BANDS[-1] else b.last) for b in AGE_BANDS
}


def _strange(question: Question | None, standing: Iterable[object]) -> list[str]:
    """The choices of a question whose codes are not standing ones."""
    known = set(standing)
    return [f"{c.code} {c.label}" for c in question.choices if c.code not in known] if question else []


RULES: tuple[Rule, ...] = (
    section_empty,
    code_reserved,
    unknown_reference,
    later_reference,
    beyond_short_form,
    code_twice,
    label_twice,
    pipe_ambiguous,
    most_beyond_choices,
    none_missing,
    exclusive_misplaced,
    text_too_long,
    area_unknown,
    area_missing,
    group_unknown,
    sensitive_unguarded,
    consent_not_first,
    person_incomplete,
    bands_overlap,
    scale_unbalanced,
    unreachable,
    never_offered,
    dead_end,
    eligible_differs,
)
