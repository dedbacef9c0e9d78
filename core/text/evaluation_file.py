"""A whole evaluation in a file: written in one go, read with every field checked, the right one chosen."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.taxonomy import AREA_LABELS

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Interval = tuple[Share | None, Share | None]

log = logging.getLogger(__name__)


class _Part(BaseModel):
    """Whatever else a file holds is of a newer program and left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Area(_Part):
    """As core.text.evaluation.OfArea."""

    n: Count
    precision: Share | None
    recall: Share | None
    f1: Share | None


class File(_Part):
    """How well one hand was read by classifiers that never saw it."""

    n: Count
    accuracy: Share | None
    macro_f1: Share | None


class Bounds(_Part):
    """As core.text.evaluation_detail.Intervals."""

    accuracy: Interval
    macro_f1: Interval
    areas: dict[str, dict[str, Interval]]
    by_hand: bool


class Bin(_Part):
    """As core.text.evaluation_detail.Bin."""

    low: Share
    high: Share
    n: Count
    probability: Share
    right: Share


class Kept(_Part):
    """As core.text.evaluation_detail.Kept."""

    coverage: Share
    accuracy: Share


class Point(_Part):
    """As core.text.leave_out.Learned."""

    n: Count
    accuracy: Share
    macro_f1: Share


class Detail(_Part):
    """As core.text.evaluation_detail.Detail; the confusion table has a row and a column for each code."""

    intervals: Bounds
    codes: list[str]
    confusion: list[list[Count]]
    calibration: list[Bin]
    risk_coverage: list[Kept]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if {len(self.codes)} != {len(self.confusion), *map(len, self.confusion)}:
            raise ValueError("the confusion table does not fit its codes")
        if not set(self.codes) <= self.intervals.areas.keys():
            raise ValueError("an area has no interval")
        return self


class Whole(_Part):
    """What core.text.evaluation_whole.whole gives with everything told; the curve may be missing."""

    version: str
    at: AwareDatetime
    parts: Count
    n: Annotated[int, Field(ge=1)]
    n_urgent: Count
    n_alarmed: Count
    accuracy: Share
    macro_f1: Share
    top_2: Share | None
    secondary_micro_f1: Share | None
    sentiment_macro_f1: Share | None
    intent_macro_f1: Share | None
    urgent_recall: Share | None
    urgent_precision: Share | None
    ece: Share | None
    risk: Share | None
    abstained: Share | None
    areas: dict[str, Area]
    files: dict[str, File]
    detail: Detail
    learning_curve: list[Point] = []

    @model_validator(mode="after")
    def _known(self) -> Self:
        if set(self.areas) != set(self.detail.codes) or not set(self.areas) <= AREA_LABELS.keys():
            raise ValueError("areas that do not fit")
        return self


@dataclass(frozen=True)
class Newest:
    """The evaluation to show, None where there is none; `older`: it is of other labelled comments than
    today's; `torn`: files that are there but cannot be read."""

    found: Whole | None
    older: bool
    torn: tuple[Path, ...]


def write(path: Path, figures: Mapping[str, Any]) -> None:
    """Put the figures into the file, all or nothing: whoever reads meanwhile finds the old ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(json.dumps(figures, indent=1, allow_nan=False) + "\n", encoding="utf8")
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def newest(paths: Sequence[Path], version: str) -> Newest:
    """Of the files' evaluations the newest of this version of the data, else the newest of any other."""
    found: list[Whole] = []
    torn = []
    for path in paths:
        try:
            found.append(Whole.model_validate_json(path.read_bytes()))
        except FileNotFoundError:
            continue
        except (OSError, ValidationError) as error:
            log.warning("evaluation %s cannot be read: %s", path.name, type(error).__name__)
            torn.append(path)
    best = max(found, key=lambda each: (each.version == version, each.at), default=None)
    return Newest(best, best is not None and best.version != version, tuple(torn))
