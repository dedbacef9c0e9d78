"""How activities were rated: by area of the activity and by way of answering, from the tally alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from core import database
from core.actions import round_cache
from core.actions.fold import fold_all, recount
from core.actions.programmes import add_activity
from core.actions.recount_check import differences
from core.actions.submit import Submission, save_responses
from core.queries import feedback
from core.queries.survey import RoundCard, newest_round
from core.questionnaires.load import definition_hash, load_shipped, plain
from models.base import now
from models.programme import Activity
from models.questionnaire import Questionnaire, Round

SHIPPED = load_shipped("feedback-v1")
ANSWERS = {"gain": 4, "content": 5, "worker": 5, "arrange": 3, "again": 1}


@pytest.fixture
def card(small: Any) -> RoundCard:
    """An open feedback round of the small community."""
    with database.writing() as session:
        asked = Questionnaire(
            code=SHIPPED.code, kind=SHIPPED.kind, title=SHIPPED.title, definition=plain(SHIPPED),
            digest=definition_hash(SHIPPED), published_at=now(),
        )  # fmt: skip
        session.add(asked)
        session.flush()
        session.add(
            Round(
                code="f", community_id=small.community, questionnaire_id=asked.id, name="f",
                opens_at=now() - timedelta(days=9),
            )
        )  # fmt: skip
    round_cache.forget()
    with database.reading() as session:
        found = newest_round(session, small.community, "feedback")
    assert found is not None
    return found


def _activity(small: Any, code: str, area: str, need: str | None) -> int:
    with database.writing() as session:
        return add_activity(
            session,
            Activity(
                code=code, community_id=small.community, name=code, area=area, need=need,
                starts_at=now() - timedelta(days=1),
            ),
        )  # fmt: skip


def _rate(card: RoundCard, activity: int | None, n: int, *, way: str = "screen/self", **changes: Any) -> None:
    mode, collector = way.split("/")
    save_responses(
        [
            Submission(
                card.round_id, ANSWERS | changes, f"{activity}-{way}-{i}", mode=mode, collector=collector,
                short=True, activity_id=activity,
            )
            for i in range(n)
        ]
    )  # fmt: skip


def _read(card: RoundCard) -> feedback.Rated:
    with database.reading() as session:
        return feedback.rated(session, card)


def _n(frame: pd.DataFrame, question: str) -> dict[tuple[str, str], int]:
    part = frame[frame["question"] == question]
    return {(area, choice): n for area, choice, n in part[["area", "choice", "n"]].itertuples(index=False)}


def test_ratings_belong_to_the_area_of_the_activity_that_was_rated(small: Any, card: RoundCard) -> None:
    meals, film = _activity(small, "m", "elderly", "E1"), _activity(small, "f", "culture", "K2")
    _rate(card, meals, 6)
    _rate(card, film, 3, gain=2)
    _rate(card, None, 2)  # nobody knows which activity
    fold_all()
    found = _read(card)
    assert _n(found.by_area, "gain") == {("elderly", "4"): 6, ("culture", "2"): 3}
    assert set(found.by_area["question"]) == {"gain", "content", "worker", "arrange"}
    assert _n(found.by_way, "gain") == {("online", "4"): 8, ("online", "2"): 3}


def test_types_of_activity_are_the_need_items_rated_in_the_area(small: Any, card: RoundCard) -> None:
    for code, area, need in (("a", "elderly", "E1"), ("b", "elderly", "E1"), ("c", "elderly", "E2"),
                             ("d", "governance", None)):  # fmt: skip
        _rate(card, _activity(small, code, area, need), 1)
    fold_all()
    assert _read(card).activity_types == {"elderly": 2, "governance": 1}


def test_ways_of_answering_are_told_apart(small: Any, card: RoundCard) -> None:
    meals = _activity(small, "m", "elderly", "E1")
    for n, way in enumerate(("plain/self", "kiosk/kiosk", "paper/paper", "screen/worker", "screen/self"), 1):
        _rate(card, meals, n, way=way)
    fold_all()
    assert _n(_read(card).by_way, "worker") == {
        ("online", "5"): 6, ("kiosk", "5"): 2, ("paper", "5"): 3, ("assisted", "5"): 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("level", "way"),
    [
        ("2026-11|plain|self|valid", "online"),
        ("2026-11|import|self|flagged", "online"),
        ("2026-11|kiosk|kiosk|valid", "kiosk"),
        ("2026-11|kiosk|worker|valid", "assisted"),
        ("2026-11|phone|phone|valid", "assisted"),
        ("2026-11|plain|family|valid", "assisted"),
        ("2026-11|paper|worker|valid", "paper"),
    ],
)
def test_a_way_is_paper_first_then_whether_somebody_helped(level: str, way: str) -> None:
    assert feedback.way_of(level) == way


def test_a_recount_and_check_data_know_the_areas_too(small: Any, card: RoundCard) -> None:
    _rate(card, _activity(small, "m", "elderly", "E1"), 5)
    fold_all()
    before = _n(_read(card).by_area, "gain")
    with database.snapshot() as session:
        assert differences(session) == []
    recount()
    assert _n(_read(card).by_area, "gain") == before == {("elderly", "4"): 5}


def test_nobody_has_rated_anything(card: RoundCard) -> None:
    found = _read(card)
    assert found.by_area.empty and found.by_way.empty and found.activity_types == {}


def test_importance_and_satisfaction_go_together_and_8_is_handed_on_as_a_choice(small: Any) -> None:
    pairs = feedback.matrix_of(load_shipped("needs-v1"))
    assert list(pairs.items())[:2] == [("sat_1", "imp_1"), ("sat_2", "imp_2")]
    assert len(pairs) == 10
    rating = {
        f"{kind}_{i}": 8 if (kind, i) == ("sat", 3) else 4 for kind in ("imp", "sat") for i in range(1, 11)
    }
    answers = small.answers(hh=1, yrs=4, tenure=1, status_consent=2, need_gen=["G1"], fee=1, part=[0],
                            slot=[1], channel=[1], barrier=[1], **rating)  # fmt: skip
    save_responses([Submission(small.round, answers, "full")])
    fold_all()
    with database.reading() as session:
        card = newest_round(session, small.community)
        assert card is not None
        found = feedback.matrix(session, card)
    by_row = {question: (choice, n) for question, choice, n in found.itertuples(index=False)}
    assert (by_row["sat_3"], by_row["imp_3"], len(by_row)) == (("8", 1), ("4", 1), 20)
