"""One row of an imported file as a sheet: its cells turned into answers and checked like any door's."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from core.actions.imports import Wrong, moment_of
from core.actions.submit import Submission
from core.errors import ImportFailed
from core.questionnaires.answers import Problem, check
from core.questionnaires.schema import NOT_APPLICABLE, UNANSWERED, Definition, Question
from core.words import say
from models.taxonomy import COLLECTORS, MODES

# Columns beside the questionnaire's own.
ABOUT = ("key", "received_at", "collector", "mode", "short", "seconds", "activity", "questionnaire")
EMPTY = {"", str(UNANSWERED), str(NOT_APPLICABLE)}
LONGEST_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Mapped:
    """What a mapping file says: column → code ("" drops the column), and per code value → code."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """The round a file goes to, and what its codes mean there."""

    round_id: int
    round_code: str
    definition: Definition
    grids: Mapping[str, int]
    buildings: Mapping[tuple[int, str], int]
    activities: Mapping[str, int]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Each column a question may have → the question."""
        found: dict[str, Question] = {}
        for question in self.definition.questions:
            codes = [row.code for row in question.rows] or [question.code]
            if any(choice.other for choice in question.choices):
                codes.append(f"{question.code}_other")
            found |= dict.fromkeys(codes, question)
        return found

    @cached_property
    def columns(self) -> set[str]:
        """Every column this round's questionnaire and an import know."""
        return {*self.questions, *ABOUT, *(("building",) if self.places else ()), "guardian"}

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The codes of the questions that ask for a place."""
        return tuple(q.code for q in self.definition.questions if q.kind == "place")


def read_mapping(path: Path) -> Mapped:
    """A mapping from TOML: [columns] "性别" = "sex", [values.sex] "男" = 1. Raises ImportFailed."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImportFailed(say("cli.import.mapping_torn", name=path.name, reason=str(error)[:80])) from error
    columns, values = data.pop("columns", {}), data.pop("values", {})
    tables = isinstance(columns, dict) and isinstance(values, dict)
    if data or not tables or not all(isinstance(part, dict) for part in values.values()):
        raise ImportFailed(say("cli.import.mapping_parts", name=path.name))
    return Mapped(columns, values)


def translated(cells: Mapping[str, str], mapped: Mapped) -> dict[str, str]:
    """The cells with the mapping's values in place of the file's; each of several choices by itself."""
    return {
        name: ";".join(str(mapped.values[name].get(part, part)) for part in _parts(value))
        if name in mapped.values
        else value
        for name, value in cells.items()
    }


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("；", ";").split(";") if part.strip()]


def submission_of(target: Target, cells: Mapping[str, str]) -> Submission:
    """The row as a door would hand it over, checked; raises Wrong."""
    key = cells["key"]
    if not key:
        raise Wrong(say("cli.import.no_key"))
    answers = _answers(target, cells)
    short = cells.get("short", "") in ("1", "true")
    checked = check(target.definition, answers, short=short)
    if checked.problems:
        raise Wrong(" ".join(_told(problem) for problem in checked.problems))
    asked = cells.get("questionnaire")
    if asked and asked != target.definition.code:
        raise Wrong(say("cli.import.wrong_code", column="questionnaire", value=asked[:40]))
    return Submission(
        round_id=target.round_id,
        answers=answers,
        key=hashlib.sha256(f"import\0{target.round_code}\0{key}".encode()).hexdigest(),
        mode=_known(cells, "mode", MODES, "import"),
        collector=_known(cells, "collector", COLLECTORS, "self"),
        short=short,
        seconds=_seconds(cells.get("seconds", "")),
        activity_id=_activity(target, cells.get("activity", "")),
        received_at=_received(cells.get("received_at", "")),
    )


def _told(problem: Problem) -> str:
    return say("cli.import.problem", question=problem.question, sentence=problem.sentence())


def _answers(target: Target, cells: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    building = cells.get("building", "")
    if building not in EMPTY and all(cells.get(code, "") in EMPTY for code in target.places):
        raise Wrong(say("cli.import.unknown_building", code=building[:40], grid="—"))
    for name, value in cells.items():
        question = target.questions.get(name)
        if value in EMPTY or (question is None and name != "guardian"):
            continue
        if question is None or name.endswith("_other"):
            found[name] = value
        elif question.kind in ("multiple", "rank"):
            found[name] = _parts(value)
        elif question.kind == "place":
            found[name] = _place(target, value, building)
        else:
            found[name] = value
    return found


def _place(target: Target, grid: str, building: str) -> dict[str, int]:
    """Ids of the grid's and the building's codes; raises Wrong for unknown ones."""
    if grid not in target.grids:
        raise Wrong(say("cli.import.unknown_grid", code=grid[:40]))
    grid_id = target.grids[grid]
    if building in EMPTY:
        return {"grid": grid_id}
    if (grid_id, building) not in target.buildings:
        raise Wrong(say("cli.import.unknown_building", code=building[:40], grid=grid))
    return {"grid": grid_id, "building": target.buildings[grid_id, building]}


def _known(cells: Mapping[str, str], name: str, codes: Mapping[str, str], default: str) -> str:
    value = cells.get(name) or default
    if value not in codes:
        raise Wrong(say("cli.import.wrong_code", column=name, value=value[:40]))
    return value


def _seconds(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit()) or int(written[:12]) > LONGEST_SECONDS:
        raise Wrong(say("cli.import.wrong_code", column="seconds", value=written[:40]))
    return int(written)


def _activity(target: Target, code: str) -> int | None:
    if code and code not in target.activities:
        raise Wrong(say("cli.import.wrong_code", column="activity", value=code[:40]))
    return target.activities[code] if code else None


def _received(written: str) -> datetime | None:
    try:
        return moment_of(written) if written else None
    except ValueError:
        raise Wrong(say("cli.import.wrong_time", time=written[:40])) from None
