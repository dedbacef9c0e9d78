"""check-data's rules: each finds what it is for, and nothing in a sound record."""

from __future__ import annotations

from typing import Any

import pytest

from core import database
from core.actions.fold import fold_all
from core.actions.read_comments import read_waiting
from core.actions.submit import Submission, save_responses
from core.queries import check_data
from core.queries.check_data import figures, findings
from core.text.reading import Reading


class _Reader:
    """Reads everything as facilities; abstains where a text says so."""

    version = "test"

    def read(self, texts: Any) -> list[Reading]:
        """One reading a text."""
        return [Reading("facilities", (), 0.9, "neg", "complaint", False, "不清" in t) for t in texts]


@pytest.fixture
def sound(small: Any) -> Any:
    """Six responses: two comments classified, one abstained, the rest waiting."""
    words = ("电梯坏了", "路灯不亮", "说不清楚")
    save_responses(
        [Submission(small.round, small.answers(open=said), f"a{i}") for i, said in enumerate(words)]
    )
    read_waiting(_Reader())
    save_responses([Submission(small.round, small.answers(age=9), f"b{i}") for i in range(3)])
    fold_all()
    return small


def _findings() -> list[tuple[str, str]]:
    with database.snapshot() as session:
        return [tuple(finding) for finding in findings(session)]


def _change(*statements: str) -> None:
    with database.writing() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def test_a_sound_record_has_no_findings_and_its_figures_add_up(sound: Any) -> None:
    assert _findings() == []
    with database.snapshot() as session:
        counts = figures(session)
    assert (counts["response"], counts["comment"], counts["classification"]) == (6, 6, 3)
    states = ("classified", "abstained", "waiting", "failed")
    assert [counts[f"comment.{state}"] for state in states] == [2, 1, 3, 0]
    assert counts["watermark"] == 6 and counts["tally.n"] > 6


@pytest.mark.parametrize(
    ("change", "place", "told"),
    [
        ("UPDATE comment SET state = 'lost' WHERE id = 4", "comment", "不认识：lost"),
        ("UPDATE comment SET state = 'waiting' WHERE id = 1", "comment", "不一致"),
        ("UPDATE comment SET state = 'classified' WHERE state = 'abstained'", "comment", "不一致"),
        ("UPDATE comment SET classification_id = 2 WHERE id = 1", "comment", "不一致"),
        ("UPDATE comment SET grid_id = 2 WHERE id = 4", "comment", "楼栋"),
        ("UPDATE response SET grid_id = 2 WHERE id = 4", "response", "楼栋"),
        ("UPDATE fold_state SET last_response_id = 99", "fold_state", "99"),
        ("UPDATE questionnaire SET digest = 'x'", "needs-v1", "摘要"),
        ("UPDATE response SET sex = 1 WHERE id = 5", "response", "答卷 5"),
        ("UPDATE response SET groups = '' WHERE id = 1", "response", "答卷 1"),
    ],
)
def test_each_rule_finds_what_breaks_it(sound: Any, change: str, place: str, told: str) -> None:
    _change(change)
    assert any(where == place and told in what for where, what in _findings()), _findings()


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('"sex":2', '"sex":7', "sex"),
        ('"overall":4', '"overall":"4"', "存法"),
        ('"E1","E5"', '"Q9"', "need_elder"),
    ],
)
def test_stored_answers_are_checked_against_their_questionnaire(
    sound: Any, was: str, becomes: str, told: str
) -> None:
    cast = "" if database.engine().dialect.name == "sqlite" else "::json"
    _change(
        f"UPDATE response SET answers = replace(CAST(answers AS text), '{was}', '{becomes}'){cast} "
        "WHERE id = 2"
    )
    assert [(where, told in what) for where, what in _findings()] == [("response", True)]


def test_many_faulty_responses_are_told_up_to_a_number(sound: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_data, "MOST_TOLD", 2)
    _change("UPDATE response SET who = 4")
    told = [what for _, what in _findings()]
    assert len(told) == 3 and "还有 4 份" in told[-1]


def test_a_row_that_points_nowhere_is_found_though_the_database_should_refuse_it(sound: Any) -> None:
    engine = database.engine()
    if engine.dialect.name == "sqlite":
        off, on = "PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON"
    else:
        off, on = "SET session_replication_role = replica", "SET session_replication_role = origin"
    raw = engine.raw_connection()
    cursor = raw.cursor()
    for statement in (off, "UPDATE comment SET round_id = 77 WHERE id = 3", on):
        cursor.execute(statement)
    raw.commit()
    raw.close()
    assert _findings() == [("comment", "1 行的 round_id 指向不存在的 round")]
