"""evaluate: figures of a labelled file, and of hands left out; unusable rows are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import classifier
from core.cli import evaluate as cli_evaluate
from core.settings import ROOT
from core.text.evaluation_whole import Plan
from core.text.reading import Reading
from tests.core.evaluations import example

HEAD = "id,text,area_primary,areas_secondary,sentiment,intent,urgent\n"
FIGURES = {
    "n", "accuracy", "macro_f1", "top_2", "secondary_micro_f1", "sentiment_macro_f1", "intent_macro_f1",
    "urgent_recall", "urgent_precision", "ece", "risk", "abstained", "areas", "rejected",
}  # fmt: skip
LEFT_OUT = {"files", "version", "at", "parts", "n_urgent", "n_alarmed"}


class _Reader:
    version = "test"

    def read(self, texts: list[str]) -> list[Reading]:
        """Everything is facilities and urgent."""
        return [Reading("facilities", (), 0.8, "neg", "need", True, False) for _ in texts]

    def likeliest(self, texts: list[str]) -> list[tuple[str, ...]]:
        """Facilities, then safety."""
        return [("facilities", "safety") for _ in texts]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "ready", lambda **_: _Reader())


def _file(tmp_path: Path, rows: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + rows, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_the_figures_of_a_file_by_hand(run: Any, tmp_path: Path, ready: None, encoding: str) -> None:
    rows = "1,电梯坏了,facilities,,neg,need,1\n2,飞线充电,safety,,neg,need,0\n"
    result = run("evaluate", _file(tmp_path, rows, encoding), "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and set(found) == FIGURES | {"classifier"}
    assert (found["n"], found["accuracy"], found["top_2"]) == (2, 0.5, 1.0)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)
    assert (found["urgent_recall"], found["urgent_precision"], found["risk"]) == (1.0, 0.5, 0.5)
    assert found["ece"] == pytest.approx(0.3)
    assert found["areas"]["safety"] == {"n": 1, "precision": None, "recall": 0.0, "f1": 0.0}


def test_without_json_it_is_a_table_in_chinese(run: Any, tmp_path: Path, ready: None) -> None:
    result = run("evaluate", _file(tmp_path, "1,电梯坏了,facilities,,neg,need,1\n"))
    assert "领域正确率" in result.stdout and "物业与公共设施" in result.stdout and "1.000" in result.stdout


def test_rows_that_cannot_be_used_are_named_by_line_and_make_exit_code_1(
    run: Any, tmp_path: Path, ready: None
) -> None:
    rows = '1,"电梯\n坏了",facilities,,neg,need,1\n2,好,nowhere,,neg,need,0\n3,短行\n'
    result = run("evaluate", _file(tmp_path, rows), "--json")
    assert result.exit_code == 1 and json.loads(result.stdout)["rejected"] == 2
    assert "第 4 行" in result.stderr and "nowhere" in result.stderr and "第 5 行" in result.stderr


@pytest.mark.parametrize(
    ("data", "told"),
    [("id,text\n1,好\n", "缺少列"), (HEAD, "没有一行"), (HEAD + "1,好,nowhere,,neu,none,0\n", "没有一行")],
)
def test_a_file_without_labels_is_told(run: Any, tmp_path: Path, ready: None, data: str, told: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(data, encoding="utf8")
    result = run("evaluate", path)
    assert (result.exit_code, result.stdout) == (1, "") and told in result.stderr


def test_a_file_the_classifier_has_learned_from_flatters_and_is_told_so(run: Any, ready: None) -> None:
    result = run("evaluate", ROOT / "data" / "labelled" / "01-old-north.csv", "--json")
    assert result.exit_code == 0 and "--leave-one-file-out" in result.stderr


@pytest.mark.parametrize(
    "words",
    [(), ("x.csv", "--leave-one-file-out"), ("nowhere.csv",), ("--leave-one-file-out", "--parts", "1")],
)
def test_a_wrong_call_ends_with_2(
    run: Any, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _file(tmp_path, "").rename(tmp_path / "x.csv")
    assert run("evaluate", *words).exit_code == 2


def test_hands_left_out_are_told_together_and_each(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = ("01-old-north", "05-short-1", "13-praise-questions")
    for hand in hands:
        lines = (ROOT / "data" / "labelled" / f"{hand}.csv").read_text(encoding="utf8").splitlines()
        (tmp_path / f"{hand}.csv").write_text("\n".join(lines[:61]), encoding="utf8")
    monkeypatch.setattr(cli_evaluate, "LABELLED", tmp_path)
    found = json.loads(run("evaluate", "--leave-one-file-out", "--json").stdout)
    assert set(found) == FIGURES | LEFT_OUT and (found["n"], found["parts"]) == (180, 3)
    assert set(found["files"]) == set(hands) and all(each["n"] == 60 for each in found["files"].values())
    mean = sum(each["accuracy"] for each in found["files"].values()) / 3
    assert found["accuracy"] == pytest.approx(mean) and 0.2 < mean < 0.95


def test_detail_adds_intervals_confusions_calibration_and_coverage(
    run: Any, tmp_path: Path, ready: None
) -> None:
    rows = "1,电梯坏了,facilities,,neg,need,1\n2,飞线充电,safety,,neg,need,0\n"
    result = run("evaluate", _file(tmp_path, rows), "--json", "--detail")
    found = json.loads(result.stdout)["detail"]
    assert found["codes"] == ["facilities", "safety"] and found["confusion"] == [[1, 0], [1, 0]]
    assert found["calibration"] == [{"low": 0.8, "high": 0.9, "n": 2, "probability": 0.8, "right": 0.5}]
    assert found["risk_coverage"][0] == {"coverage": 1.0, "accuracy": 0.5}
    assert found["intervals"]["by_hand"] is False
    assert found["intervals"]["areas"]["safety"]["recall"] == [0.0, 0.0]


def test_detail_as_tables_says_how_the_intervals_were_drawn(run: Any, tmp_path: Path, ready: None) -> None:
    rows = "1,电梯坏了,facilities,,neg,need,1\n2,飞线充电,safety,,neg,need,0\n"
    result = run("evaluate", _file(tmp_path, rows), "--detail")
    assert result.exit_code == 0
    assert "混淆表" in result.stderr and "一条一条抽" in result.stderr


def test_a_learning_curve_is_of_hands_left_out(run: Any, tmp_path: Path, ready: None) -> None:
    rows = "1,电梯坏了,facilities,,neg,need,1\n"
    assert run("evaluate", _file(tmp_path, rows), "--learning-curve").exit_code == 2


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What would be evaluated; an example stands for the result. Nothing is written outside of tmp_path."""
    plans: list[Plan] = []

    def whole(*_: Path, plan: Plan, advance: Any) -> dict[str, Any]:
        plans.append(plan)
        return example()

    monkeypatch.setattr(cli_evaluate, "whole", whole)
    monkeypatch.setattr(cli_evaluate, "SHIPPED_FILE", tmp_path / "data" / "evaluation.json")
    monkeypatch.setattr(cli_evaluate, "kept_file", lambda: tmp_path / "var" / "evaluation.json")
    return plans


@pytest.mark.parametrize(("option", "folder"), [("--keep", "var"), ("--ship", "data")])
def test_a_whole_evaluation_is_put_where_the_screen_looks_for_it(
    run: Any, tmp_path: Path, planned: list[Plan], option: str, folder: str
) -> None:
    result = run("evaluate", "--leave-one-file-out", "--parts", "7", option, "--json")
    assert result.exit_code == 0 and planned == [Plan(7, detailed=True, curve=False)]
    path = tmp_path / folder / "evaluation.json"
    assert json.loads(path.read_text(encoding="utf8")) == example() and str(path) in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == [folder], "only where it was told to"
    assert json.loads(result.stdout) == example() | {"rejected": 0}


def test_nothing_is_kept_unasked(run: Any, tmp_path: Path, planned: list[Plan]) -> None:
    result = run("evaluate", "--leave-one-file-out", "--learning-curve")
    assert planned == [Plan(0, detailed=False, curve=True)] and list(tmp_path.iterdir()) == []
    assert "标注和训练方法的版本" in result.stdout and "学习曲线" in result.stderr


def test_a_place_that_cannot_be_written_is_told(run: Any, tmp_path: Path, planned: list[Plan]) -> None:
    (tmp_path / "var").write_text("in the way", encoding="utf8")
    result = run("evaluate", "--leave-one-file-out", "--keep")
    assert result.exit_code == 1 and "写不了" in result.stderr


@pytest.mark.parametrize("option", ["--keep", "--ship"])
def test_figures_of_a_seen_file_are_never_kept(
    run: Any, tmp_path: Path, ready: None, planned: list[Plan], option: str
) -> None:
    assert run("evaluate", _file(tmp_path, "1,电梯坏了,facilities,,neg,need,1\n"), option).exit_code == 2
