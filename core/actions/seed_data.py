"""Reading data/seed: everything the demo community is made of that is not a rule."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from core.settings import ROOT

SEED = ROOT / "data" / "seed"
PLACE = ROOT / "data" / "places" / "d_community.yaml"


class SeedComment(NamedTuple):
    """One sentence and whom it may be given to. `once`: never joined to another, never given twice.

    `who`: child, teen, adult, elder (the target person's age) or any; `grids`: codes, empty for all;
    `mood` (feedback): pos, neu, neg.
    """

    text: str
    area: str
    need: str
    who: str
    grids: tuple[str, ...]
    mood: str
    once: bool


@cache
def seed_plan(name: str) -> dict[str, Any]:
    """One of the YAML files of data/seed, by its name without ending."""
    found: dict[str, Any] = yaml.safe_load((SEED / f"{name}.yaml").read_text(encoding="utf8"))
    return found


@cache
def seed_comments(name: str) -> tuple[SeedComment, ...]:
    """The sentences of one CSV file of data/seed, in the file's order."""
    return tuple(_comments(SEED / f"{name}.csv"))


def _comments(path: Path) -> list[SeedComment]:
    with path.open(encoding="utf8", newline="") as file:
        return [
            SeedComment(
                text=row["text"],
                area=row["area"],
                need=row["need"],
                who=row.get("who") or "any",
                grids=tuple(filter(None, (row.get("grids") or "").split(";"))),
                mood=row.get("mood") or "neu",
                once=row["once"] == "1",
            )
            for row in csv.DictReader(file)
        ]
