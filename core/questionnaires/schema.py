"""What a questionnaire is: sections of questions with choices, as validated, immutable data.

Standing codes of an answer: −7 refused, −8 don't know, −9 not applicable (skipped), −6 not answered;
on a rating scale 8 means "don't know it, had nothing to do with it" and is no point of the scale.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.questionnaires.conditions import parse
from core.words import say

REFUSED, DONT_KNOW, NOT_APPLICABLE, UNANSWERED = -7, -8, -9, -6
NO_RATING = 8
# What residents write is cut off nowhere: a longer open answer is refused in a sentence.
MOST_TEXT = 200

Kind = Literal["consent", "single", "multiple", "matrix", "scale", "rank", "text", "number", "place"]
Code = int | str
CHOOSING = ("consent", "single", "multiple", "scale", "matrix", "rank")


class _Data(BaseModel):
    """Parent of all parts: nothing unknown is accepted, nothing can be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Choice(_Data):
    """One option. `exclusive` rules out all others; `other` takes a written addition.

    `area` is the service area of a need item, `short` its name in charts; `group` the target group it
    puts the person in; `only` a condition under which it is offered.
    """

    code: Code
    label: str
    short: str = ""
    exclusive: bool = False
    other: bool = False
    area: str = ""
    group: str = ""
    only: str = ""


class Row(_Data):
    """One line of a matrix; its answers are counted under its own code."""

    code: str
    label: str


class Eligible(_Data):
    """Whose need a question measures: ages in years, both included."""

    age_from: int = 0
    age_to: int = 120


class Question(_Data):
    """One question.

    `short` marks the items of the short form (●); `relevant` is a condition over earlier answers;
    `piped_from` offers the choices taken at those questions; `sensitive` needs its own consent. Of a matrix
    with `draw`, each person is asked so many rows, drawn at random (0: all of them).
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Kind
    text: str
    hint: str = ""
    note: str = ""
    required: bool = False
    short: bool = False
    relevant: str = ""
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    draw: int = 0
    least: int = 0
    most: int | None = None
    piped_from: tuple[str, ...] = ()
    sensitive: bool = False
    eligible: Eligible | None = None
    counted: bool = True
    area: str = ""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Question:
        if self.kind in CHOOSING and not self.piped_from and not self.choices:
            raise ValueError(say("questionnaire.schema.no_choices", code=self.code))
        if (self.kind == "matrix") != bool(self.rows):
            raise ValueError(say("questionnaire.schema.rows", code=self.code))
        return self

    @model_validator(mode="after")
    def _conditions_can_be_read(self) -> Question:
        """A condition that can't be read is found when the file is, not when a resident has answered."""
        for source in (self.relevant, *(choice.only for choice in self.choices)):
            if source:
                parse(source)
        return self

    @cached_property
    def by_code(self) -> dict[Code, Choice]:
        """The choices by their code."""
        return {choice.code: choice for choice in self.choices}


class Section(_Data):
    """One screen's worth of questions."""

    id: str
    title: str
    hint: str = ""
    questions: tuple[Question, ...]


class Definition(_Data):
    """A whole questionnaire; `code` names its version, e.g. needs-v1."""

    code: str = Field(pattern=r"^[a-z]+-v\d+$")
    kind: Literal["needs", "feedback"]
    title: str
    about: str = ""
    notice_version: str
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Definition:
        codes = [
            code for question in self.questions for code in (question.code, *(r.code for r in question.rows))
        ]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(say("questionnaire.schema.twice", codes="、".join(twice)))
        return self

    @model_validator(mode="after")
    def _pipes_lead_somewhere(self) -> Definition:
        """A pipe from nowhere could not be drawn at all."""
        for question in self.questions:
            if unknown := [code for code in question.piped_from if code not in self.by_code]:
                raise ValueError(
                    say("questionnaire.schema.pipe", code=question.code, unknown="、".join(unknown))
                )
        return self

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """The questions by their code."""
        return {question.code: question for question in self.questions}

    # One definition is one object: whatever is worked out from it once is found again by that.
    __hash__ = object.__hash__
    __eq__ = object.__eq__
