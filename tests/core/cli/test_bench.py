"""The bench command: a process of its own, a table or JSON, and 1 when a bar is missed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from bench.report import count, least, most, ratio, report
from core.cli import bench
from core.cli.__main__ import app
from core.settings import settings
from core.words import say
from tests.bench.test_report import Sizes

GOOD = [ratio("flat_gap", "sqlite", ([1.1], [1.0]), bar=most(1.25), beside={"many, ms": 1.1})]
MISSED = [ratio("ingest_disk", "sqlite", ([0.1], [1.0]), bar=least(0.35))]
Answering = Callable[[list[Any]], list[list[str]]]


@pytest.fixture
def answering(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """The measuring process writes these lines instead of measuring; the calls it got are handed back."""

    def install(lines: list[Any]) -> list[list[str]]:
        calls: list[list[str]] = []
        found = orjson.dumps(report("flat", Sizes(), lines))

        def run(words: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
            calls.append(words)
            Path(words[words.index("--out") + 1]).write_bytes(found)
            return subprocess.CompletedProcess(words, 0)

        monkeypatch.setattr(bench.subprocess, "run", run)
        return calls

    return install


def test_one_bench_is_measured_in_a_child_and_kept_under_var(answering: Answering) -> None:
    calls = answering(GOOD)
    done = CliRunner().invoke(app, ["bench", "flat", "--rounds", "7"])
    assert done.exit_code == 0
    assert [words[1:5] for words in calls] == [["-m", "bench", "flat", "--rounds"]]
    assert calls[0][5] == "7" and "--quick" not in calls[0]
    assert (settings().var / "bench" / "flat.json").exists()
    assert say("bench.what.flat_gap") in done.stdout and "<= 1.25" in done.stdout
    assert say("bench.held.true") in done.stdout


def test_a_missed_bar_is_a_finding(answering: Answering) -> None:
    answering(MISSED)
    done = CliRunner().invoke(app, ["bench", "ingest", "--quick", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["lines"][0]["held"] is False


def test_all_means_all_one_after_the_other_with_the_word_about_power_cuts(answering: Answering) -> None:
    calls = answering(GOOD)
    done = CliRunner().invoke(app, ["bench", "--json"])
    assert [words[3] for words in calls] == ["flat", "pages", "ingest", "crash", "door", "peers", "reading"]
    assert len(json.loads(done.stdout)) == 7
    assert say("bench.no_power_cut") in CliRunner().invoke(app, ["bench", "crash"]).stderr


def test_a_bench_that_ends_badly_says_so_and_leaves_no_old_figures(
    answering: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(GOOD)
    assert CliRunner().invoke(app, ["bench", "flat"]).exit_code == 0
    monkeypatch.setattr(bench.subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 3))
    done = CliRunner().invoke(app, ["bench", "flat"])
    assert done.exit_code == 1 and "3" in done.stderr
    assert not (settings().var / "bench" / "flat.json").exists()


def test_an_unknown_bench_is_a_wrong_call(sqlite_record: Path) -> None:
    assert CliRunner().invoke(app, ["bench", "nothing"]).exit_code == 2


def test_a_row_shows_figures_as_people_read_them() -> None:
    shown = [bench._figure(n) for n in (0, 3, 1234.5, 0.4567, 12.345)]
    assert shown == ["0", "3", "1,234", "0.457", "12.3"]
    row = bench.rows([orjson.loads(orjson.dumps(count("crash_kills", "sqlite", 100, of=100)))])[0]
    assert list(row.values()) == [say("bench.what.crash_kills"), "sqlite", "100", "100 – 100", "—", "—", ""]
