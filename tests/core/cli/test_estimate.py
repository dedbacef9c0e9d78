"""estimate: figures as JSON or a table, hidden cells null in every figure, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.actions.programmes import Serves, add_programme
from core.actions.rounds import publish_questionnaire
from core.actions.submit import Submission, save_responses
from core.analysis.estimates import ALL_BREAKDOWNS, COLUMNS
from core.questionnaires.load import load_shipped
from models.base import now
from models.place import Population
from models.programme import Programme
from models.questionnaire import Questionnaire, Round
from models.taxonomy import GAP_STATES

FIGURES = COLUMNS[5:-1]


@pytest.fixture
def asked(small: Any) -> Iterator[Any]:
    """80 women of 70–79, 40 in each grid; in the second grid three of them want what nobody else does."""
    with database.writing() as session:
        for grid, ages, n in (
            (small.grid, (None, None), 100), (small.other_grid, (None, None), 60),
            (None, (0, 59), 0), (None, (60, 120), 160),
        ):  # fmt: skip
            session.add(
                Population(
                    community_id=small.community,
                    grid_id=grid,
                    age_from=ages[0],
                    age_to=ages[1],
                    n=n,
                    source="名册",
                    as_of=date(2026, 1, 1),
                )
            )
        add_programme(
            session,
            Programme(
                code="p", community_id=small.community, name="p", area="elderly",
                starts_on=date.today() - timedelta(days=30), ends_on=date.today() + timedelta(days=30),
            ),
            [Serves("E1", 20), Serves("E3", 400)],
        )  # fmt: skip
    here = {"grid": {"grid": small.grid, "building": small.building}}
    there = {"grid": {"grid": small.other_grid}}
    sheets = [small.answers(**here, need_elder=["E1"], top1="E1") for _ in range(40)]
    sheets += [small.answers(**there, need_elder=["E2"], top1="E2") for _ in range(37)]
    sheets += [small.answers(**there, need_elder=["E9"], top1="E9") for _ in range(3)]
    save_responses([Submission(small.round, sheet, f"k{i}", short=True) for i, sheet in enumerate(sheets)])
    yield small


def _rows(run: Any, *words: str) -> list[dict[str, Any]]:
    result = run("estimate", *words, "--json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def _row(rows: list[dict[str, Any]], need: str, **place: Any) -> dict[str, Any]:
    wanted = {"grid": None, "age_band": None, "sex": None} | place
    return next(r for r in rows if r["need"] == need and all(r[k] == v for k, v in wanted.items()))


def test_answers_are_counted_weighted_and_set_against_provision(asked: Any, run: Any) -> None:
    """100 of 160 live in grid 1, where all want meals: share 100/160 although half of those asked said so."""
    row = _row(_rows(run), "E1")
    assert list(row) == list(COLUMNS)
    assert (row["area"], row["base"], row["n"], row["persons"]) == ("elderly", 160, 80, 100)
    assert row["share"] == pytest.approx(0.625)
    assert (row["provision"], row["gap"], row["supply_ratio"], row["state"]) == (20, 80, 0.2, "gap")
    assert row["low"] < 100 < row["high"]
    assert row["reached"] is None and row["coverage"] is None


def test_there_is_a_row_for_the_total_each_margin_and_each_pair_and_no_finer(asked: Any, run: Any) -> None:
    rows = [row for row in _rows(run) if row["need"] == "E1"]
    given = {tuple(k for k in ("grid", "age_band", "sex") if row[k] is not None) for row in rows}
    assert given == {(), *(tuple(b.split("+")) for b in ALL_BREAKDOWNS)}
    assert {row["grid"] for row in rows} == {None, "1", "2"}  # codes, not ids
    assert {row["age_band"] for row in rows} == {None, 7, 8, 9}
    assert {row["sex"] for row in rows} == {None, 1, 2}


def test_only_need_items_are_listed_in_the_questionnaires_order(asked: Any, run: Any) -> None:
    codes = list(dict.fromkeys(row["need"] for row in _rows(run)))
    assert codes[0] == "C1" and codes[-1] == "G9"
    assert "elderly" not in codes and "E0" not in codes


def test_a_hidden_cell_is_null_in_every_figure(asked: Any, run: Any) -> None:
    """Three want handrails, all in one place: neither their row nor the total may tell."""
    rows = _rows(run)
    for row in (_row(rows, "E9"), _row(rows, "E9", grid="2"), _row(rows, "E9", sex=2)):
        assert row["state"] == "hidden"
        assert [row[name] for name in FIGURES] == [None] * len(FIGURES)
    assert {row["state"] for row in rows} <= GAP_STATES.keys()


def test_few_answers_give_their_number_and_nothing_projected(asked: Any, run: Any) -> None:
    row = _row(_rows(run), "E1", sex=1)
    assert (row["n"], row["share"], row["persons"], row["state"]) == (0, None, None, "unknown")


def test_without_population_only_shares_are_given(small: Any, run: Any) -> None:
    save_responses([Submission(small.round, small.answers(), f"k{i}", short=True) for i in range(40)])
    row = _row(_rows(run), "E1")
    assert (row["share"], row["n"], row["base"], row["persons"], row["state"]) == (
        1,
        40,
        None,
        None,
        "unknown",
    )
    assert "没有加权" in run("estimate").stderr and "不推算人数" in run("estimate").stderr


def test_the_table_lists_the_whole_community_in_words(asked: Any, run: Any) -> None:
    result = run("estimate", "--round", "2026-autumn")
    line = next(line for line in result.stdout.splitlines() if "E1" in line)
    assert "老人助餐" in line and "缺口" in line and "100" in line and "62%" in line
    assert "第1网格" not in result.stdout
    assert "2026 年秋（2026-autumn）：答卷 80 份" in result.stderr
    assert "按网格" in result.stderr


def test_a_round_is_named_or_the_newest_is_taken(asked: Any, run: Any) -> None:
    with database.writing() as session:
        first = session.get_one(Round, asked.round)
        session.add(
            Round(
                code="later", community_id=asked.community, questionnaire_id=first.questionnaire_id,
                name="later", opens_at=now() - timedelta(days=1),
            )
        )  # fmt: skip
    assert _row(_rows(run), "E1")["n"] == 0
    assert _row(_rows(run, "--round", "2026-autumn"), "E1")["n"] == 80


def test_an_unknown_round_or_none_at_all_ends_with_1_and_a_sentence(record: Any, run: Any) -> None:
    assert (run("estimate").exit_code, "还没有开始过需求调查" in run("estimate").stderr) == (1, True)
    result = run("estimate", "--round", "nowhere", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "没有找到" in result.stderr


def test_a_round_of_feedback_is_a_wrong_call(small: Any, run: Any) -> None:
    with database.writing() as session:
        publish_questionnaire(session, load_shipped("feedback-v1"))
        asked = session.scalars(select(Questionnaire).where(Questionnaire.code == "feedback-v1")).one()
        session.add(
            Round(code="f", community_id=small.community, questionnaire_id=asked.id, name="f", opens_at=now())
        )
    result = run("estimate", "--round", "f")
    assert (result.exit_code, "不是需求调查" in result.stderr) == (2, True)


def test_help_says_what_comes_out(run: Any) -> None:
    result = run("estimate", "--help")
    assert result.exit_code == 0 and "--round" in result.stdout and "--json" in result.stdout
