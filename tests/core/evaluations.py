"""An evaluation small enough to work out by hand, for the tests that write, read and draw one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from core.text.evaluation import evaluate
from core.text.evaluation_detail import detail, told
from core.text.evaluation_file import Whole
from core.text.reading import Reading

# Label, reading, how many, how sure: 320 comments, 263 of them right.
CELLS = (
    ("facilities", "facilities", 160, 0.95),
    ("facilities", "other", 4, 0.55),
    ("facilities", "safety", 36, 0.95),
    ("other", "facilities", 3, 0.55),
    ("other", "other", 15, 0.95),
    ("other", "safety", 2, 0.55),
    ("safety", "facilities", 12, 0.55),
    ("safety", "safety", 88, 0.95),
)
HANDS, URGENT, ALARMED = 10, 40, 30
CURVE = [
    {"n": 500, "accuracy": 0.6, "macro_f1": 0.5},
    {"n": 1000, "accuracy": 0.7, "macro_f1": 0.61},
    {"n": 1900, "accuracy": 0.76, "macro_f1": 0.68},
]


def example(**changes: Any) -> dict[str, Any]:
    """The evaluation as it is written to a file; `changes` replace whole entries."""
    pairs = [(label, read, sure) for label, read, n, sure in CELLS for _ in range(n)]
    readings = [
        Reading(read, (), sure, "neg", "need", i < ALARMED, False) for i, (_, read, sure) in enumerate(pairs)
    ]
    rows = pd.DataFrame(
        [
            (label, "", "neg", "need", i < URGENT, f"{i % HANDS:02d}-hand")
            for i, (label, _, _) in enumerate(pairs)
        ],
        columns=["area_primary", "areas_secondary", "sentiment", "intent", "urgent", "file"],
    )
    made = {"version": "now", "at": "2026-10-08T02:30:00+00:00", "parts": 5}
    made |= asdict(evaluate(rows, readings, [(read, "health") for _, read, _ in pairs]))
    made |= {"n_urgent": URGENT, "n_alarmed": ALARMED, "learning_curve": CURVE}
    names = sorted(set(rows["file"]))
    made["files"] = {
        name: {"n": 32, "accuracy": 0.5 + i / 20, "macro_f1": 0.4} for i, name in enumerate(names)
    }
    made["detail"] = told(detail(rows, readings))
    return made | changes


def whole(**changes: Any) -> Whole:
    """The same as it is read from a file."""
    return Whole.model_validate(example(**changes))
