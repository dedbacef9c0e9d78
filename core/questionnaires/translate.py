"""A questionnaire in another language: the same codes and rules, other words."""

from __future__ import annotations

from functools import lru_cache

from core.questionnaires.schema import Choice, Definition, Question, Section
from core.words import LANGUAGE, sentences


@lru_cache(maxsize=16)
def translated(definition: Definition, language: str) -> Definition:
    """The definition with its words as `data/words/en.toml` has them; what is not written stays Chinese.

    Keys: `q.<questionnaire>.title`, `….<section>`, `….<question>.text`, `….hint`, `….<choice or row>`.
    """
    if language == LANGUAGE:
        return definition
    words = _Words(sentences(language), f"q.{definition.code}")
    return definition.model_copy(
        update={
            "title": words.get("title", definition.title),
            "sections": tuple(_section(words, section) for section in definition.sections),
        }
    )


class _Words:
    """The sentences of one questionnaire."""

    def __init__(self, known: dict[str, str], prefix: str) -> None:
        self._known, self._prefix = known, prefix

    def get(self, key: str, chinese: str) -> str:
        """The words of a key, or the Chinese ones."""
        return self._known.get(f"{self._prefix}.{key}", chinese) if chinese else ""


def _section(words: _Words, section: Section) -> Section:
    told = {
        "title": words.get(f"section.{section.id}", section.title),
        "hint": words.get(f"section.{section.id}_hint", section.hint),
        "questions": tuple(_question(words, question) for question in section.questions),
    }
    return section.model_copy(update=told)


def _question(words: _Words, question: Question) -> Question:
    code = question.code
    return question.model_copy(
        update={
            "text": words.get(f"{code}.text", question.text),
            "hint": words.get(f"{code}.hint", question.hint),
            "note": words.get(f"{code}.note", question.note),
            "choices": tuple(_choice(words, code, choice) for choice in question.choices),
            "rows": tuple(
                row.model_copy(update={"label": words.get(f"{code}.{row.code}", row.label)})
                for row in question.rows
            ),
        }
    )


def _choice(words: _Words, question: str, choice: Choice) -> Choice:
    return choice.model_copy(update={"label": words.get(f"{question}.{choice.code}", choice.label)})
