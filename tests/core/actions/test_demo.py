"""The demo community: its size, what was planted in it, and that everything in it is valid and synthetic."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import case, func, select
from sqlmodel import Session

from core import database
from core.actions import round_cache
from core.actions.community import load_place
from core.actions.demo import DemoLoaded, demo_loaded, load_demo
from core.actions.demo_people import cells
from core.actions.fold import recount
from core.actions.seed_data import PLACE, seed_comments, seed_plan
from core.analysis.estimates import estimate
from core.errors import Invalid
from core.queries.check_data import findings
from core.queries.rounds import open_rounds
from core.queries.survey import needs_of, newest_round, survey_frames
from core.questionnaires.load import load_shipped
from core.settings import settings
from models.comment import Comment
from models.place import Building, Community, Grid, Population
from models.programme import Activity, Attendance, Contract, OtherProvision, Programme, ProgrammeNeed
from models.questionnaire import Round
from models.response import Response
from models.tally import ASKED, Tally
from tests.core.actions.conftest import AT, Demo

PLAN = seed_plan("answers")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_of_a_moment: Demo) -> Iterator[DemoLoaded]:
    """The demo community, loaded once for all tests of this file; none of them changes it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(demo_of_a_moment.record, folder / "linsheng.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINSHENG_VAR", str(folder))
        patch.setenv("LINSHENG_DATABASE_URL", "")
        patch.setenv("LINSHENG_SECRET", "for-tests-only-" + "x" * 32)
        settings.cache_clear()
        round_cache.forget()
        yield demo_of_a_moment.loaded
        database.dispose()
    settings.cache_clear()
    round_cache.forget()


@pytest.fixture
def session(demo: DemoLoaded) -> Iterator[Session]:
    """A reading session on the demo."""
    with database.reading() as found:
        yield found


def _count(session: Session, table: Any, *rules: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*rules)) or 0


def test_it_has_the_size_it_says_and_is_marked_synthetic(demo: DemoLoaded, session: Session) -> None:
    community = session.get_one(Community, demo.community_id)
    assert (community.name, community.synthetic) == ("D社区（示范）", True)
    assert (_count(session, Grid), _count(session, Building)) == (8, 40)
    assert session.scalar(select(func.sum(Building.households))) == 2_180
    assert session.scalar(select(func.sum(Population.n))) == 5_860
    assert (demo.needs_responses, demo.feedback_responses, demo.earlier_responses) == (1_500, 600, 120)
    assert demo_loaded(session)


def test_its_ages_are_those_of_jinan(session: Session) -> None:
    """Census 2020: 0–14 16.44 %, 60+ 19.96 %, male 50.13 %; the place file sets 60 residents of 14 years."""
    by_band = dict(
        session.execute(select(Population.age_from, func.sum(Population.n)).group_by("age_from")).all()
    )
    fourteen = 60
    assert by_band[0] + by_band[6] + fourteen == round(0.1644 * 5860)
    assert by_band[60] + by_band[70] + by_band[80] == round(0.1996 * 5860)
    male = session.scalar(select(func.sum(Population.n)).where(Population.sex == 1))
    assert male == round(0.5013 * 5860)
    assert session.scalars(select(Population.assumed).distinct()).all() == [True]


def _of_grid(session: Session, *rules: Any) -> dict[str, int]:
    query = select(Grid.code, func.count()).join(Response, Response.grid_id == Grid.id).where(*rules)
    return dict(session.execute(query.group_by(Grid.code)).all())


def test_every_grid_has_thirty_answers_of_residents_over_sixty(demo: DemoLoaded, session: Session) -> None:
    older = _of_grid(session, Response.round_id == demo.needs_round_id, Response.age_band >= 7)
    assert len(older) == 8 and min(older.values()) >= 30
    share = sum(older.values()) / demo.needs_responses
    assert share > 1.5 * 0.1996  # over-represented, as in life


def test_no_cell_has_more_answers_than_residents(demo: DemoLoaded, session: Session) -> None:
    residents = cells(load_place(PLACE))
    query = (
        select(Grid.code, Response.age_band, Response.sex, func.count())
        .join(Grid, Response.grid_id == Grid.id)
        .where(Response.round_id == demo.needs_round_id, Response.sex != 9)
        .group_by(Grid.code, Response.age_band, Response.sex)
    )
    assert [row for row in session.execute(query) if row[3] > residents[row[0], row[1], row[2]]] == []


def _tally(session: Session, demo: DemoLoaded, question: str) -> dict[str, Counter[str]]:
    """Of each grid's code: how many took each choice; `*` for how many were asked."""
    n = func.sum(case((Tally.choice == ASKED, Tally.asked), else_=Tally.n))
    query = (
        select(Grid.code, Tally.choice, n)
        .join(Grid, Tally.grid_id == Grid.id)
        .where(Tally.round_id == demo.needs_round_id, Tally.question == question)
        .group_by(Grid.code, Tally.choice)
    )
    found: dict[str, Counter[str]] = {}
    for grid, choice, k in session.execute(query):
        found.setdefault(grid, Counter())[choice] = k
    return found


@pytest.mark.parametrize("question", ["need_child", "need_elder", "need_cult", "need_gen"])
def test_the_tally_holds_the_planted_shares_to_the_person(
    demo: DemoLoaded, session: Session, question: str
) -> None:
    spec = PLAN["needs_items"][question]
    for grid, counted in _tally(session, demo, question).items():
        planted = spec["share"] | spec["grids"].get(grid, {})
        for choice, share in planted.items():
            assert counted[choice] == round(share * counted[ASKED]), (grid, choice)


# What data/seed/README.md says, written out once more by hand.
PLANTED = [
    ("need_elder", "E1", "g3", 0.62, 0.22),
    ("need_elder", "E5", "g3", 0.44, 0.15),
    ("need_elder", "E1", "g1", 0.10, 0.22),
    ("need_elder", "E9", "g2", 0.34, 0.10),
    ("need_elder", "E2", "g4", 0.52, 0.28),
    ("need_elder", "E7", "g7", 0.50, 0.28),
    ("need_child", "C1", "g6", 0.72, 0.40),
    ("need_child", "C2", "g6", 0.44, 0.26),
    ("need_child", "C7", "g7", 0.60, 0.34),
    ("need_cult", "K4", "g5", 0.58, 0.34),
    ("need_cult", "K2", "g8", 0.42, 0.20),
    ("need_gen", "G6", "g2", 0.52, 0.30),
    ("need_gen", "G7", "g7", 0.60, 0.32),
    ("need_gen", "G1", "g8", 0.36, 0.12),
]


@pytest.mark.parametrize(("question", "item", "grid", "here", "elsewhere"), PLANTED)
def test_a_planted_difference_can_be_seen(
    demo: DemoLoaded, session: Session, question: str, item: str, grid: str, here: float, elsewhere: float
) -> None:
    found = _tally(session, demo, question)
    asked = found[grid][ASKED]
    assert asked >= 30
    assert found[grid][item] / asked == pytest.approx(here, abs=0.5 / asked + 1e-9)
    exceptions = {g for q, i, g, *_ in PLANTED if (q, i) == (question, item)}
    for other in found.keys() - exceptions:
        rounded = 0.5 / found[other][ASKED] + 1e-9
        assert found[other][item] / found[other][ASKED] == pytest.approx(elsewhere, abs=rounded)


def test_the_readme_tells_each_planted_difference() -> None:
    text = (PLACE.parents[1] / "seed" / "README.md").read_text(encoding="utf8")
    for question, item, grid, here, elsewhere in PLANTED:
        assert f"| {grid} | `{question}` {item} | {here:.0%} | {elsewhere:.0%} |" in text


# Of each item in the table "Provision against demand": code, wanted (low–high), provided, state.
PROVIDED = re.compile(
    r"^\| ([A-Z]\d+) [^|]*\| ([\d ]+) \(([\d ]+)–([\d ]+)\) \| ([\d ]*)[^|]*\| (\w+) \|$", re.M
)


def _whole(told: str) -> int | None:
    return int(told.replace(" ", "")) if told.strip() else None


def test_the_readme_tells_what_the_estimates_give(demo: DemoLoaded, session: Session) -> None:
    """The answers don't depend on the moment of loading, so the table is true for every load."""
    text = (PLACE.parents[1] / "seed" / "README.md").read_text(encoding="utf8")
    told = {row[0]: (*map(_whole, row[1:5]), row[5]) for row in PROVIDED.findall(text)}
    found = newest_round(session, demo.community_id)
    assert found is not None
    frames = survey_frames(session, found, at=AT)
    rows = estimate(needs_of(found.definition), frames, breakdowns=()).set_index("need")
    given = rows.loc[list(told), ["persons", "low", "high", "provision", "state"]].astype(object)
    assert len(told) == 8
    assert {item: tuple(None if pd.isna(x) else x for x in row) for item, *row in given.itertuples()} == told
    assert {row[-1] for row in told.values()} == {"gap", "match", "surplus", "unknown"}


def test_satisfaction_differs_as_planted(demo: DemoLoaded, session: Session) -> None:
    found = _tally(session, demo, "overall")
    content = {grid: (c["4"] + c["5"]) / c[ASKED] for grid, c in found.items()}
    assert content["g3"] == pytest.approx(0.37, abs=0.02)
    assert content["g1"] == pytest.approx(0.72, abs=0.02)
    assert content["g5"] == pytest.approx(0.59, abs=0.02)


@pytest.mark.parametrize("area", ["elderly", "children_youth", "culture"])
def test_feedback_holds_the_planted_ratings_by_area(demo: DemoLoaded, session: Session, area: str) -> None:
    query = select(Response.answers).join(Activity).where(Response.round_id == demo.feedback_round_id)
    answers = session.scalars(query.where(Activity.area == area)).all()
    assert len(answers) >= 100
    for item in ("gain", "content", "worker", "arrange"):
        counted = Counter(given[item] for given in answers)
        for value, share in enumerate(PLAN["feedback_rating"][area][item], start=1):
            assert abs(counted[value] - share * len(answers)) < 1


def test_feedback_comes_after_its_activity_and_before_now(demo: DemoLoaded, session: Session) -> None:
    query = select(Response.received_at, Activity.starts_at, Activity.cancelled).join(Activity)
    for received, starts, cancelled in session.execute(query):
        assert starts < received <= AT and not cancelled


def test_the_contract_pays_for_the_three_programmes_that_run_now(session: Session) -> None:
    contract = session.scalars(select(Contract)).one()
    programmes = session.scalars(select(Programme)).all()
    assert contract.amount_fen == 30_000_000 == sum(p.budget_fen for p in programmes)
    assert {p.name: p.area for p in programmes} == {
        "儿童成长服务": "children_youth",
        "社区照顾": "elderly",
        "邻里文化": "culture",
    }
    assert all(p.starts_on <= AT.date() <= p.ends_on for p in programmes)


def test_provision_is_for_need_items_that_exist(session: Session) -> None:
    items = {c.code for q in load_shipped("needs-v1").questions if q.eligible for c in q.choices}
    assert set(session.scalars(select(ProgrammeNeed.need))) <= items
    assert set(session.scalars(select(OtherProvision.need))) <= items
    meals = session.scalar(select(func.sum(ProgrammeNeed.persons)).where(ProgrammeNeed.need == "E1"))
    assert meals == 60


def test_a_year_of_activities_has_attendance_and_some_are_still_to_come(session: Session) -> None:
    took_place = set(session.scalars(select(Attendance.activity_id).distinct()))
    past = set(
        session.scalars(select(Activity.id).where(Activity.starts_at < datetime(2026, 11, 23, tzinfo=UTC)))
    )
    assert past <= took_place
    assert _count(session, Activity, Activity.starts_at > AT) >= 10
    assert _count(session, Activity, Activity.programme_id.is_(None)) >= 10
    months = {at.strftime("%Y-%m") for at in session.scalars(select(Activity.starts_at)) if at < AT}
    assert len(months) >= 11


def test_nobody_is_reached_twice_for_one_need(session: Session) -> None:
    query = (
        select(Activity.need, Attendance.service_user_id, func.count())
        .join(Activity)
        .where(Attendance.first_for_need)
        .group_by(Activity.need, Attendance.service_user_id)
    )
    assert {row[2] for row in session.execute(query)} == {1}


def test_one_needs_round_and_the_feedback_round_are_open_and_the_earlier_one_is_closed(
    demo: DemoLoaded, session: Session
) -> None:
    running = {r.round_id: r.kind for r in open_rounds(session, demo.community_id, AT)}
    assert running == {demo.needs_round_id: "needs", demo.feedback_round_id: "feedback"}
    codes = {r.id: r.code for r in session.scalars(select(Round))}
    assert codes[demo.needs_round_id] == "d-needs-2026"
    assert codes[demo.earlier_round_id] == "d-needs-2025"
    assert codes[demo.feedback_round_id] == "d-feedback"


def test_comments_wait_to_be_read_and_no_two_are_the_same(session: Session) -> None:
    states = dict(session.execute(select(Comment.channel, func.count()).group_by(Comment.channel)).all())
    assert states["survey"] == round(0.55 * 1500)
    assert states["feedback"] >= 300
    assert set(session.scalars(select(Comment.state))) == {"waiting"}
    texts = session.scalars(select(Comment.original)).all()
    assert len(set(texts)) == len(texts)
    assert _count(session, Comment, Comment.danger != "") >= 8
    shown = " ".join(session.scalars(select(Comment.redacted)))
    assert "〔已隐去〕" in shown and "13800000000" not in shown


def test_there_are_enough_sentences_of_our_own() -> None:
    needs, rated = seed_comments("needs_comments"), seed_comments("feedback_comments")
    assert len({c.text for c in needs}) == len(needs) >= 350
    assert len({c.text for c in rated}) == len(rated) >= 250
    assert all(c.mood in ("pos", "neu", "neg") for c in rated)
    assert all(c.who in ("any", "child", "teen", "adult", "elder") for c in needs)


def test_no_sentence_is_taken_from_the_labelled_comments() -> None:
    labelled = "\n".join(p.read_text("utf-8-sig") for p in (PLACE.parents[1] / "labelled").glob("*.csv"))
    own = [c.text for name in ("needs", "feedback") for c in seed_comments(f"{name}_comments")]
    assert [text for text in own if len(text) > 8 and f",{text}," in labelled] == []


def test_everything_stored_agrees_with_itself(session: Session) -> None:
    assert findings(session) == []


def test_it_is_not_loaded_over_itself(demo: DemoLoaded) -> None:
    with pytest.raises(Invalid, match="已经载入过"):
        load_demo(AT)


def test_a_load_that_was_cut_short_says_what_to_do(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_cache.forget()
    monkeypatch.setattr("core.actions.demo.provide", lambda *_, **__: [])  # takes long and is not cut
    monkeypatch.setattr("core.actions.demo.save_responses", _cut)
    with pytest.raises(KeyboardInterrupt):
        load_demo(AT)
    with pytest.raises(Invalid, match="--reset"):
        load_demo(AT)
    with database.reading() as session:
        assert not demo_loaded(session)


def _cut(_: Any) -> list[Any]:
    raise KeyboardInterrupt


def _needs_answers(community_id: int) -> list[tuple[Any, ...]]:
    """Every cell of the newest needs round's tally; the demo is the record's first community."""
    with database.reading() as session:
        found = newest_round(session, community_id)
        assert found is not None
        query = select(Tally.question, Tally.choice, Tally.grid_id, Tally.age_band, Tally.sex, Tally.n)
        return sorted(tuple(row) for row in session.execute(query.where(Tally.round_id == found.round_id)))


@pytest.fixture(scope="module")
def needs_answers(demo: DemoLoaded) -> list[tuple[Any, ...]]:
    """The needs round of the demo of this file."""
    return _needs_answers(demo.community_id)


def test_the_answers_are_the_same_whenever_it_is_loaded(
    needs_answers: list[tuple[Any, ...]], sqlite_record: Path
) -> None:
    round_cache.forget()
    later = load_demo(AT - timedelta(days=100))
    assert later.activities != 380
    assert _needs_answers(later.community_id) == needs_answers


def _fingerprint() -> tuple[Any, ...]:
    """Sums that change when anything of the answers, comments or attendance does."""
    with database.reading() as session:
        weighed = func.sum(Tally.n * (Tally.age_band + 10 * Tally.sex + 100 * Tally.grid_id))
        sums = session.execute(select(weighed, func.sum(Tally.n), func.count())).one()
        texts = session.scalars(select(Comment.original).order_by(Comment.id)).all()
        reached = session.scalar(select(func.count()).where(Attendance.first_for_need))
    return (*map(int, sums), hash(tuple(texts)), reached)


@pytest.fixture(scope="module")
def fingerprint(demo: DemoLoaded) -> tuple[Any, ...]:
    """What the demo of this file looks like."""
    return _fingerprint()


def test_the_same_moment_gives_the_same_record_on_both_databases(
    fingerprint: tuple[Any, ...], postgres_record: Path
) -> None:
    round_cache.forget()
    load_demo(AT)
    assert _fingerprint() == fingerprint
    recount()
    assert _fingerprint() == fingerprint
