"""Reading definitions from YAML or from the record; a published one never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import Invalid
from core.questionnaires.conditions import ConditionError
from core.questionnaires.schema import Definition
from core.settings import ROOT
from core.words import say, sentences

SHIPPED = ROOT / "data" / "questionnaires"
# Characters of a faulty value that are shown.
MOST_SHOWN = 40


class QuestionnaireError(Invalid):
    """A definition that can't be used; the message names the place in the file."""


def parse(data: Mapping[str, Any]) -> Definition:
    """A definition from plain data; raises QuestionnaireError naming the first faulty place."""
    try:
        return Definition.model_validate(data)
    except ValidationError as error:
        raise QuestionnaireError(_told(error)) from error
    except ConditionError as error:
        raise QuestionnaireError(str(error)) from error


def _told(error: ValidationError) -> str:
    """The first fault as a sentence: where, and what is wrong there."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "value_error":  # a rule of ours, which speaks for itself
        reason = str(first["ctx"]["error"])
    else:
        known = f"questionnaire.fault.{first['type']}"
        key = known if known in sentences() else "questionnaire.fault.any"
        reason = say(key, value=str(first["input"])[:MOST_SHOWN])
    return say("questionnaire.faulty", place=place or "—", reason=reason)


def load(path: Path) -> Definition:
    """A definition from a YAML file; raises QuestionnaireError for a torn or wrong file."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionnaireError(say("questionnaire.unreadable", name=path.name)) from error
    # A date that is none is a ValueError of the YAML reader; brackets without end exhaust the stack.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise QuestionnaireError(say("questionnaire.torn", name=path.name, line=line)) from error
    if not isinstance(data, dict):
        raise QuestionnaireError(say("questionnaire.unreadable", name=path.name))
    return parse(data)


@cache
def load_shipped(code: str) -> Definition:
    """One of the definitions in data/questionnaires, by its code; read once, for it cannot change."""
    return load(SHIPPED / f"{code}.yaml")


def shipped() -> list[Definition]:
    """All definitions in data/questionnaires."""
    return [load_shipped(path.stem) for path in sorted(SHIPPED.glob("*.yaml"))]


def plain(definition: Definition) -> dict[str, Any]:
    """The definition as JSON-able data, defaults left out."""
    return definition.model_dump(mode="json", exclude_defaults=True)


def definition_hash(definition: Definition) -> str:
    """SHA-256 (hex) of the definition's content: the same content has the same hash however it is written."""
    text = json.dumps(plain(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
