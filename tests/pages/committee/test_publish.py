"""Publishing results: what is shown is what is frozen, and the board tells it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.actions import round_cache
from core.actions.accounts import create_account, sign_in
from core.actions.fold import fold_all
from core.actions.submit import Submission, save_responses
from core.settings import ROOT
from core.words import say
from models.account import AuditEntry, Snapshot
from models.place import Population
from pages.parts import gate
from tests.core.conftest import Small, make_small

PASSWORD = "Ein-langes-Kennwort-9"


@pytest.fixture
def community(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """The small community with 40 women of 70–79 of whom 30 want E1 and 3 want E2, and 100 such residents."""
    round_cache.forget()
    made = make_small()
    rows = [["E1"] if i < 30 else ["E2"] if i < 33 else ["E5"] for i in range(40)]
    save_responses(
        [
            Submission(made.round, made.answers(need_elder=row, top1=row[0], open=None), f"k{i}", short=True)
            for i, row in enumerate(rows)
        ]
    )
    fold_all()
    facts = {"community_id": made.community, "source": "测试", "as_of": "2026-01-01"}
    with database.writing() as session:
        create_account(
            session, name="juwei", display="居委会", password=PASSWORD, roles=[("committee", "all", None)]
        )
        create_account(
            session, name="shegong", display="社工", password=PASSWORD, roles=[("social_worker", "all", None)]
        )
        for first, last, n in ((0, 59, 0), (60, 69, 0), (70, 79, 100), (80, 120, 0)):
            cell = {"grid_id": made.grid, "age_from": first, "age_to": last, "sex": 2}
            session.add(Population.model_validate(facts | cell | {"n": n}))
    token = sign_in("juwei", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    yield made
    round_cache.forget()


def _open() -> AppTest:
    screen = AppTest.from_file(str(ROOT / "pages" / "committee" / "publish.py"), default_timeout=30).run()
    assert not screen.exception
    return screen


def _html(screen: AppTest) -> str:
    return "\n".join(element.proto.body for element in screen.get("html"))


def test_what_is_shown_is_frozen_with_its_note_and_its_author(community: Small) -> None:
    screen = _open()
    assert say("publish.none_yet") in _html(screen)
    screen.text_area[0].set_value("阶段结果").run()
    screen.button(key="publish").click().run()
    assert say("publish.done") in _html(screen)
    with database.reading() as session:
        frozen = session.scalars(select(Snapshot)).one()
        by_need = {row["need"]: row for row in frozen.figures}
        assert (frozen.version, frozen.note, by_need["E1"]["share"], by_need["E1"]["persons"]) == (
            1, "阶段结果", 0.75, 75,
        )  # fmt: skip
        assert by_need["E2"]["persons"] is None and by_need["E2"]["n"] is None
        deed = session.scalars(select(AuditEntry).where(AuditEntry.deed == "snapshot.published")).one()
        assert deed.account_id == 1


def test_small_numbers_are_words_before_they_are_published(community: Small) -> None:
    page = _html(_open())
    row = page[page.index("陪着去看病") :].split("</tr>")[0]
    assert say("show.hidden") in row and ">3<" not in row


def test_publishing_again_makes_a_new_version(community: Small) -> None:
    screen = _open()
    for _ in range(2):
        screen.button(key="publish").click().run()
    with database.reading() as session:
        assert sorted(session.scalars(select(Snapshot.version))) == [1, 2]


def test_only_the_committee_publishes(community: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign_in("shegong", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    screen = _open()
    assert not screen.button and say("gate.not_allowed", display="社工") in _html(screen)


def test_without_answers_there_is_nothing_to_publish(community: Small) -> None:
    with database.writing() as session:
        for table in ("tally", "tally_margin", "fold_state"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    screen = _open()
    assert say("publish.nothing_do") in _html(screen) and not screen.button
