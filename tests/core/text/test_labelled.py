"""Labelled comments: the shipped ones are all usable; of others every unusable row is named by its line."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from core.settings import ROOT
from core.text.labelled import COLUMNS, faults, read_file, read_labelled
from models.taxonomy import AREA_LABELS

HEAD = ",".join(COLUMNS)


def _file(folder: Path, *rows: str, head: str = HEAD, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]), encoding="utf8")
    return path


def test_the_shipped_comments_are_all_usable() -> None:
    rows = read_labelled(ROOT / "data" / "labelled")
    assert len(rows) == 155_129 and rows["file"].nunique() == 132 and rows["id"].is_unique
    assert set(rows["area_primary"]) == set(AREA_LABELS)
    assert rows["urgent"].sum() == 14_505
    assert rows["file"][rows["reference"]].nunique() == 28


def test_the_hands_named_for_it_are_the_reference(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _file(tmp_path, f"{name},电梯坏了,facilities,,neg,complaint,0", name=f"{name}.csv")
    assert not read_labelled(tmp_path)["reference"].any()
    (tmp_path / "reference.txt").write_text("# why\nb\n\n", "utf-8")
    rows = read_labelled(tmp_path)
    assert rows["file"][rows["reference"]].tolist() == ["b"]
    (tmp_path / "reference.txt").write_bytes("b\n手".encode("gb18030") + b"\na\n")
    rows = read_labelled(tmp_path)
    assert rows["file"][rows["reference"]].tolist() == ["a", "b"], "a torn line stops no other"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,好,nowhere,,neu,none,0", "area_primary"),
        ("1,好,other,nowhere,neu,none,0", "areas_secondary"),
        ("1,好,other,health;safety;family,neu,none,0", "areas_secondary"),
        ("1,好,other,,sad,none,0", "sentiment"),
        ("1,好,other,,neu,shout,0", "intent"),
        ("1,好,other,,neu,none,yes", "urgent"),
        ("1, ,other,,neu,none,0", "text"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_left_out(tmp_path: Path, row: str, column: str) -> None:
    path = _file(tmp_path, "0,电梯坏了,facilities,elderly;safety,neg,complaint,0", row)
    kept = read_file(path)
    assert kept["text"].tolist() == ["电梯坏了"] and kept["file"].tolist() == ["own"]
    import pandas as pd

    found = faults(pd.read_csv(path, dtype=str, keep_default_na=False))
    assert [(fault.row, fault.column) for fault in found.itertuples()] == [(3, column)]


def test_a_file_that_is_no_such_table_does_not_stop_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _file(tmp_path, "0,电梯坏了,facilities,,neg,complaint,1")
    _file(tmp_path, "1,好", head="id,text", name="short.csv")
    (tmp_path / "torn.csv").write_bytes("电梯".encode("gb18030"))
    (tmp_path / "empty.csv").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        rows = read_labelled(tmp_path)
    assert rows["urgent"].tolist() == [True]
    assert {word for word in ("short.csv", "torn.csv", "empty.csv") if word in caplog.text} == {
        "short.csv", "torn.csv", "empty.csv",
    }  # fmt: skip


def test_a_folder_without_a_usable_row_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no labelled comments"):
        read_labelled(tmp_path)
