"""Reading labelled comments from CSV files, each row checked against the taxonomy."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd

from core.text.store import REFERENCE
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

COLUMNS = ("id", "text", "area_primary", "areas_secondary", "sentiment", "intent", "urgent")

log = logging.getLogger(__name__)


def read_labelled(folder: Path) -> pd.DataFrame:
    """All usable rows of the folder's CSV files: COLUMNS (urgent as bool), `file`, the hand it is from, and
    `reference`, whether that is one of `reference_hands`.

    A file that is no such table is left out with a warning, so that it does not stop the others; raises
    ValueError when no row is left.
    """
    found = []
    for path in sorted(folder.glob("*.csv")):
        try:
            found.append(read_file(path))
        except ValueError as error:
            log.warning("labelled comments %s cannot be used: %s", path.name, error)
    if not sum(map(len, found)):
        raise ValueError(f"{folder.name}: no labelled comments")
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(reference=rows["file"].isin(reference_hands(folder)))


def reference_hands(folder: Path) -> frozenset[str]:
    """The hands on which thresholds are settled; none where the folder does not name them.

    Of a torn file what cannot be read is a hand there is not (`check-data` names it).
    """
    try:
        lines = (folder / REFERENCE).read_text("utf-8-sig", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def read_file(path: Path) -> pd.DataFrame:
    """The usable rows of one file; raises ValueError when it is no table or columns are missing."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if missing := missing_columns(frame):
        raise ValueError(f"columns missing: {', '.join(missing)}")
    return usable(frame).assign(file=path.stem)


def missing_columns(frame: pd.DataFrame) -> list[str]:
    """The columns a table of labelled comments lacks."""
    return [column for column in COLUMNS if column not in frame.columns]


def usable(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows without a fault: COLUMNS, urgent as bool."""
    good = frame.index.difference(faults(frame).index)
    kept = frame.loc[good, list(COLUMNS)]
    return kept.assign(urgent=kept["urgent"] == "1")


def faults(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that cannot be used: row (line of the file, header 1), column, value; index as in `frame`."""
    found: list[tuple[object, ...]] = []
    allowed = {"area_primary": AREA_LABELS, "sentiment": SENTIMENTS, "intent": INTENTS, "urgent": {"0", "1"}}
    for column, codes in allowed.items():
        wrong = frame[~frame[column].isin(list(codes))]
        found += [(i, column, value) for i, value in wrong[column].items()]
    for i, areas in frame["areas_secondary"].items():
        parts = areas.split(";") if areas else []
        if len(parts) > 2 or any(part not in AREA_LABELS for part in parts):
            found.append((i, "areas_secondary", areas))
    found += [(i, "text", "") for i, text in frame["text"].items() if not text.strip()]
    table = pd.DataFrame(found, columns=["index", "column", "value"])
    table = table.drop_duplicates("index").set_index("index")
    table.insert(0, "row", table.index.astype("int64") + 2)
    return table
