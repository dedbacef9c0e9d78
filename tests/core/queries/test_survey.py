"""One needs round for the estimates: which round, its items and areas, its frames. Each on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import database
from core.actions.fold import fold_all
from core.actions.programmes import Serves, add_other_provision, add_programme
from core.actions.submit import Submission, save_responses
from core.analysis.estimates import estimate
from core.errors import NotFound
from core.queries import survey
from core.questionnaires.load import load_shipped
from models.base import now
from models.programme import OtherProvision, Programme
from models.questionnaire import Round

NEEDS = load_shipped("needs-v1")


def _round(small: Any, code: str, *, opens: timedelta, closes: timedelta | None = None) -> None:
    with database.writing() as session:
        asked = session.get_one(Round, small.round).questionnaire_id
        session.add(
            Round(
                code=code, community_id=small.community, questionnaire_id=asked, name=code,
                opens_at=now() + opens, closes_at=now() + closes if closes else None,
            )
        )  # fmt: skip


def _newest(small: Any) -> survey.RoundCard:
    with database.reading() as session:
        found = survey.newest_round(session, small.community)
    assert found is not None
    return found


def test_the_newest_round_is_the_one_that_opened_last_and_none_that_is_still_to_open(small: Any) -> None:
    _round(small, "older", opens=timedelta(days=-300), closes=timedelta(days=-200))
    _round(small, "next", opens=timedelta(days=5))
    found = _newest(small)
    assert (found.code, found.community_id, found.synthetic) == ("2026-autumn", small.community, True)
    with database.reading() as session:
        assert [card.code for card in survey.rounds_of(session, None, "needs")] == ["2026-autumn", "older"]
        assert survey.newest_round(session, small.community, "feedback") is None
        assert survey.newest_round(session, small.community + 1) is None


def test_a_round_is_found_by_its_code_or_told_as_unknown(small: Any) -> None:
    with database.reading() as session:
        assert survey.round_named(session, "2026-autumn").round_id == small.round
        with pytest.raises(NotFound):
            survey.round_named(session, "autumn")


def test_need_items_are_the_choices_with_an_area_and_carry_the_eligible_ages() -> None:
    items = {item.code: item for item in survey.needs_of(NEEDS)}
    assert (items["E1"].question, items["E1"].area) == ("need_elder", "elderly")
    assert (items["E1"].age_from, items["E1"].age_to) == (60, 120)
    assert (items["C1"].age_from, items["C1"].age_to) == (0, 17)
    assert (items["K1"].age_from, items["K1"].age_to) == (0, 120)
    # "none of them" is no need, what the household needs is never projected, G99 has no area
    assert not {"E0", "C0", "K0", "G0", "G99", "H0"} & items.keys()
    assert len(items) == 9 + 11 + 9 + 9


def test_an_area_is_asked_where_its_items_are() -> None:
    areas = {item.code: item for item in survey.areas_of(NEEDS)}
    assert (areas["elderly"].question, areas["elderly"].age_from) == ("need_elder", 60)
    assert areas["facilities"].question == "need_gen"
    assert all(item.area == code for code, item in areas.items())
    assert "convenience" not in areas  # nothing asks about it


def test_an_area_asked_by_two_questions_has_whoever_was_asked_any_of_them() -> None:
    spread = NEEDS.model_dump(mode="json")
    child = next(q for s in spread["sections"] for q in s["questions"] if q["code"] == "need_child")
    child["choices"][0]["area"] = "elderly"
    found = {item.code: item for item in survey.areas_of(type(NEEDS).model_validate(spread))}["elderly"]
    assert (found.question, found.age_from, found.age_to) == ("any", 0, 120)


def _save(small: Any, n: int, start: int = 0, **changes: Any) -> None:
    save_responses(
        [Submission(small.round, small.answers(**changes), f"k{start + i}", short=True) for i in range(n)]
    )


def test_the_frames_hold_items_and_areas_under_the_question_of_their_base(small: Any) -> None:
    _save(small, 20)
    _save(small, 20, 100, need_elder=["E2"], top1="E2")
    fold_all()
    found = _newest(small)
    with database.reading() as session:
        frames = survey.survey_frames(session, found)
    items = [*survey.areas_of(found.definition), *survey.needs_of(found.definition)]
    rows = estimate(items, frames, breakdowns=()).set_index("need")
    assert [round(float(rows.loc[code, "share"]), 6) for code in ("elderly", "E1", "E2", "E3")] == [
        1,
        0.5,
        0.5,
        0,
    ]
    assert rows.loc["elderly", "n"] == 40
    assert rows.loc["E1", "state"] == "unknown"  # nobody's number is known, nothing is provided


def test_a_round_without_answers_gives_frames_the_estimates_can_read(small: Any) -> None:
    found = _newest(small)
    with database.reading() as session:
        rows = estimate(survey.needs_of(found.definition), survey.survey_frames(session, found))
    assert set(rows["state"]) == {"unknown"}
    assert set(rows["n"]) == {0}
    assert rows["share"].isna().all()


def _provide(small: Any) -> None:
    with database.writing() as session:
        add_programme(
            session,
            Programme(
                code="p", community_id=small.community, name="p", area="elderly",
                starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30),
            ),
            [Serves("E1", 40, grid_id=small.grid), Serves("E1", 20)],
        )  # fmt: skip
        add_other_provision(
            session,
            OtherProvision(
                community_id=small.community, need="E1", name="饭店", kind="company", persons=15,
                source="名册", as_of=date(2026, 3, 1),
            ),
        )  # fmt: skip


def test_own_and_other_provision_stand_apart_by_grid(small: Any) -> None:
    _provide(small)
    with database.reading() as session:
        found = survey.supply(session, _newest(small), at=datetime(2026, 5, 1, tzinfo=UTC))
    rows = {(row.own, None if row.grid is None else int(row.grid)): row.provision for row in
            found.astype(object).where(found.notna(), None).itertuples()}  # fmt: skip
    assert rows == {(True, small.grid): 40, (True, None): 20, (False, None): 15}


@pytest.mark.parametrize(
    ("closes", "at", "on"),
    [
        (None, datetime(2026, 5, 1, 15, 59, tzinfo=UTC), date(2026, 5, 1)),
        (None, datetime(2026, 5, 1, 16, 0, tzinfo=UTC), date(2026, 5, 2)),  # midnight in China
        (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC), date(2026, 5, 1)),
        (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC), date(2026, 6, 1)),
    ],
)
def test_provision_is_of_today_or_of_the_last_day_of_a_closed_round(
    closes: datetime | None, at: datetime, on: date
) -> None:
    assert survey.provided_on(closes, at) == on


def test_what_no_longer_runs_is_no_provision(small: Any) -> None:
    _provide(small)
    with database.reading() as session:
        found = survey.supply(session, _newest(small), at=datetime(2026, 7, 1, tzinfo=UTC))
    assert found["own"].tolist() == [False]
