"""A questionnaire in English: every word of the shipped ones is there, codes and rules stay the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.questionnaires.load import plain, shipped
from core.questionnaires.schema import Definition
from core.questionnaires.translate import translated
from core.words import ENGLISH, LANGUAGE

CHINESE = range(0x4E00, 0x9FFF)


def words_of(definition: Definition) -> Iterator[tuple[str, str]]:
    yield "title", definition.title
    for section in definition.sections:
        yield section.id, section.title + section.hint
        for question in section.questions:
            yield question.code, question.text + question.hint + question.note
            for each in (*question.choices, *question.rows):
                yield f"{question.code}.{each.code}", each.label


@pytest.mark.parametrize("definition", shipped(), ids=lambda d: d.code)
def test_nothing_is_left_in_chinese(definition: Definition) -> None:
    words = translated(definition, ENGLISH)
    left = [place for place, text in words_of(words) if any(ord(c) in CHINESE for c in text)]
    assert left == []


@pytest.mark.parametrize("definition", shipped(), ids=lambda d: d.code)
def test_only_the_words_differ(definition: Definition) -> None:
    def bare(found: Definition) -> object:
        return [
            (q.code, q.kind, q.relevant, q.most, [c.code for c in q.choices], [r.code for r in q.rows])
            for q in found.questions
        ]

    words = translated(definition, ENGLISH)
    assert bare(words) == bare(definition)
    assert plain(words) != plain(definition)


def test_chinese_is_the_definition_itself() -> None:
    for definition in shipped():
        assert translated(definition, LANGUAGE) is definition
