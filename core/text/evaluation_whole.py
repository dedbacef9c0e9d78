"""The whole evaluation on hands no classifier had seen, as plain data: for JSON, for a file, for a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from core.text.evaluation import Evaluation, evaluate
from core.text.evaluation_detail import detail, told
from core.text.labelled import read_labelled
from core.text.lexicon import Lexicon
from core.text.store import Advance, current_version, no_progress

# Comments a learning curve learns from, besides all; and the groups its hands are held out by.
CURVE, CURVE_PARTS = (500, 1_000, 2_000, 4_000, 8_000, 16_000), 7


@dataclass(frozen=True)
class Plan:
    """What is evaluated: groups the files are left out in (0: each file by itself), and how much is told."""

    parts: int = 0
    detailed: bool = False
    curve: bool = False

    def steps(self, labelled: Path) -> int:
        """How often `whole` tells at most that it has come further."""
        files = sum(1 for _ in labelled.glob("*.csv"))
        return min(self.parts or files, files) + (len(CURVE) + 1 if self.curve else 0)


def whole(labelled: Path, lexicon: Path, *, plan: Plan, advance: Advance = no_progress) -> dict[str, Any]:
    """Figures of all labelled comments together and, under `files`, of each file; all of it plain data.

    `version`: of the data as they were when it began (core.text.store.current_version); `at`: when it ended,
    UTC, ISO 8601; `parts`: groups the files were left out in; `n_urgent`, `n_alarmed`: comments urgent by
    their label, and by their reading; `detail` and `learning_curve` as planned. Works in child processes.
    Raises ValueError where there are fewer than two files, OSError, and RuntimeError when a child dies.
    """
    # joblib only where something is read: screens that show a result read none.
    from core.text.leave_out import learning_curve, read_left_out

    version = current_version(labelled, lexicon)
    rows, words = read_labelled(labelled), Lexicon.load(lexicon)
    found = read_left_out(rows, words, parts=plan.parts, advance=advance)
    places = {str(name): at for name, at in rows.groupby("file").indices.items()}
    files = {name: _figures(rows, found, at) for name, at in places.items()}
    made = {"version": version, "at": "", "parts": min(plan.parts or len(files), len(files))}
    made |= asdict(_figures(rows, found, range(len(rows))))
    made |= {"n_urgent": int(rows["urgent"].sum()), "n_alarmed": sum(reading.urgent for reading, _ in found)}
    made["files"] = {name: _short(each) for name, each in files.items()}
    if plan.detailed:
        made["detail"] = told(detail(rows, [reading for reading, _ in found]))
    if plan.curve:
        points = learning_curve(rows, words, CURVE, parts=plan.parts or CURVE_PARTS, advance=advance)
        made["learning_curve"] = [point._asdict() for point in points]
    return made | {"at": datetime.now(UTC).isoformat(timespec="seconds")}


def _figures(rows: pd.DataFrame, found: Sequence[Any], places: Any) -> Evaluation:
    chosen = [found[i] for i in places]
    return evaluate(rows.iloc[list(places)], [reading for reading, _ in chosen], [two for _, two in chosen])


def _short(of: Evaluation) -> dict[str, Any]:
    return {"n": of.n, "accuracy": of.accuracy, "macro_f1": of.macro_f1}
