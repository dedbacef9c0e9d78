"""classify and train: every column comes back with the readings beside it, whatever the file's encoding."""

from __future__ import annotations

import codecs
import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cli import classifier
from core.settings import ROOT, settings
from core.text import store
from core.text.reader import Reader
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS
from tests.core.retraining import TrainingHere, train_here

ADDED = ["area", "areas", "probability", "sentiment", "intent", "urgent", "abstained"]
ROWS = 'id,text,note\n1,电梯又坏了,甲\n2,“垃圾桶”满了没人收,\n3,,空\n4,"楼道着火了，\n快来人",乙\n'


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little labelled data, the lexicon and the classifier of them."""
    folder = tmp_path_factory.mktemp("classifier")
    (folder / "labelled").mkdir()
    for hand in ("01-old-north", "05-short-1", "09-danger-1"):
        lines = (ROOT / "data" / "labelled" / f"{hand}.csv").read_text(encoding="utf8").splitlines()
        (folder / "labelled" / f"{hand}.csv").write_text("\n".join(lines[:81]), encoding="utf8")
    shutil.copytree(ROOT / "data" / "lexicon", folder / "lexicon")
    train_here(folder / "labelled", folder / "lexicon", folder / "cache")
    return folder


@pytest.fixture(autouse=True)
def _small(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(classifier, "LABELLED", trained / "labelled")
    monkeypatch.setattr(classifier, "LEXICON", trained / "lexicon")
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    shutil.copytree(trained / "cache", settings().classifier_cache)
    yield
    settings.cache_clear()


def _table(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding=encoding), newline="")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_all_columns_come_back_with_the_readings_beside_them(run: Any, tmp_path: Path, encoding: str) -> None:
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(ROWS, encoding=encoding)
    result = run("classify", file, "--text-column", "text", "--out", to, "--json")
    assert result.exit_code == 0, result.stderr
    rows = _table(to, "utf-8" if encoding == "utf-8" else "utf-8-sig")
    assert list(rows[0]) == ["id", "text", "note", *ADDED]
    assert to.read_bytes().startswith(codecs.BOM_UTF8) == (encoding != "utf-8")
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"] and rows[3]["text"] == "楼道着火了，\n快来人"
    assert [row["area"] for row in rows] == ["facilities", "environment", "other", "safety"]
    assert rows[3]["urgent"] == "1" and rows[2]["abstained"] == "0"
    figures = json.loads(result.stdout)
    assert figures["read"] == 4 == figures["classified"] + figures["abstained"] + figures["rejected"]
    assert list(tmp_path.glob(".*")) == []


def test_every_cell_added_is_of_its_kind(run: Any, tmp_path: Path) -> None:
    to = tmp_path / "out.csv"
    source = ROOT / "data" / "labelled" / "27-several-areas.csv"
    assert run("classify", source, "--out", to).exit_code == 0
    rows = _table(to)
    assert len(rows) == len(_table(source))
    for row in rows:
        assert row["area"] in AREA_LABELS and 0 <= float(row["probability"]) <= 1
        assert {part for part in row["areas"].split(";") if part} <= set(AREA_LABELS) - {row["area"]}
        assert row["sentiment"] in SENTIMENTS and row["intent"] in INTENTS
        assert {row["urgent"], row["abstained"]} <= {"0", "1"}


def test_a_column_of_the_files_own_is_kept_under_another_name(run: Any, tmp_path: Path) -> None:
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("text,area,area_in_file,urgent\n电梯坏了,mine,older,maybe\n", encoding="utf8")
    result = run("classify", file, "--out", to)
    row = _table(to)[0]
    assert list(row)[:4] == ["text", "area_in_file_in_file", "area_in_file", "urgent_in_file"]
    assert list(row.values())[:4] == ["电梯坏了", "mine", "older", "maybe"] and row["area"] == "facilities"
    assert "urgent → urgent_in_file" in result.stderr


def test_a_torn_row_costs_that_row_only_and_exit_code_1(run: Any, tmp_path: Path) -> None:
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text('id,text\n1,电梯坏了\n2,"没有收尾\n3,垃圾桶满了\n4\n', encoding="utf8")
    result = run("classify", file, "--out", to, "--json")
    assert result.exit_code == 1 and [row["id"] for row in _table(to)] == ["1", "3"]
    assert "第 3 行" in result.stderr and "第 5 行" in result.stderr
    assert json.loads(result.stdout)["rejected"] == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "空的"),
        (b"PK\x03\x04" + bytes(200), "不是能读的文本表格"),
        (b"\xff" * 500, "不是能读的文本表格"),
        (b"text,text\na,b\n", "重复"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_a_sentence(
    run: Any, tmp_path: Path, data: bytes, told: str
) -> None:
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_bytes(data)
    result = run("classify", file, "--out", to)
    assert (result.exit_code, result.stdout) == (1, "") and told in result.stderr and not to.exists()


def test_a_wrong_call_ends_with_2(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("body\n电梯坏了\n", encoding="utf8")
    wrong = run("classify", file, "--out", tmp_path / "out.csv")
    assert wrong.exit_code == 2
    assert run("classify", file, "--text-column", "body").exit_code == 2, "no --out"
    assert run("classify", tmp_path / "nowhere.csv", "--out", tmp_path / "out.csv").exit_code == 2
    assert not (tmp_path / "out.csv").exists()


def test_where_nothing_can_be_written_it_says_so(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(ROWS, encoding="utf8")
    result = run("classify", file, "--out", tmp_path / "no" / "such" / "out.csv")
    assert result.exit_code == 1 and "写不了" in result.stderr


def test_a_table_of_no_rows_gives_a_table_of_no_rows(run: Any, tmp_path: Path) -> None:
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("id,text\n", encoding="utf8")
    assert run("classify", file, "--out", to).exit_code == 0
    assert to.read_text(encoding="utf8").strip() == ",".join(["id", "text", *ADDED])


def test_the_input_may_be_replaced_by_the_output(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(ROWS, encoding="utf8")
    assert run("classify", file, "--out", file).exit_code == 0
    assert len(_table(file)) == 4 and "area" in _table(file)[0]


def test_train_keeps_what_is_there_and_trains_again_when_told(run: Any) -> None:
    kept = json.loads(run("train", "--json").stdout)
    assert not kept["trained"] and kept["bytes"] > 10_000
    again = json.loads(run("train", "--again", "--json").stdout)
    assert again["trained"] and again["version"] == kept["version"]


def test_train_trains_when_the_data_changed(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(classifier.LABELLED, tmp_path / "labelled")
    (tmp_path / "labelled" / "05-short-1.csv").unlink()
    monkeypatch.setattr(store, "train_in_child", TrainingHere)
    before = json.loads(run("train", "--json").stdout)["version"]
    monkeypatch.setattr(classifier, "LABELLED", tmp_path / "labelled")
    result = run("train", "--json")
    found = json.loads(result.stdout)
    assert found["trained"] and found["version"] != before and found["version"] in result.stderr
    assert isinstance(store.load(settings().classifier_cache, found["version"]), Reader)


def test_train_that_cannot_be_done_says_what_to_do(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.csv").write_text("id,text\n", encoding="utf8")
    monkeypatch.setattr(classifier, "LABELLED", tmp_path)
    result = run("train")
    assert (result.exit_code, result.stdout) == (1, "") and "check-data" in result.stderr


@pytest.mark.parametrize("command", ["classify", "train", "evaluate"])
def test_each_command_has_a_help(run: Any, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and "--json" in result.stdout and "JSON" in result.stdout
