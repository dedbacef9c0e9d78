"""A resident's screens on the small community: open one, tap, write, and read what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import database
from core.actions import round_cache
from core.questionnaires.load import definition_hash, load_shipped, plain
from core.settings import ROOT
from models.base import now
from models.programme import Activity
from models.questionnaire import Questionnaire, Round
from pages.parts import gate, places
from tests.core.conftest import Small, make_small

Visit = Callable[..., AppTest]


@pytest.fixture
def community(sqlite_record: Path) -> Iterator[Small]:
    """The small community with an open needs round, a feedback round and one activity of yesterday."""
    round_cache.forget()
    places._kept.clear()
    made = make_small()
    feedback = load_shipped("feedback-v1")
    with database.writing() as session:
        asked = Questionnaire(
            code=feedback.code, kind=feedback.kind, title=feedback.title, definition=plain(feedback),
            digest=definition_hash(feedback), published_at=now(),
        )  # fmt: skip
        session.add(asked)
        session.flush()
        session.add(
            Round(
                code="rated",
                community_id=made.community,
                questionnaire_id=asked.id or 0,
                name="评价",
                opens_at=now() - timedelta(days=9),
            )
        )
        session.add(
            Activity(
                code="a1",
                community_id=made.community,
                name="手机课",
                area="elderly",
                need="E8",
                starts_at=now() - timedelta(days=1),
                venue="活动室",
            )
        )
    yield made
    round_cache.forget()


@pytest.fixture
def visit(community: Small, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a resident's screen through the menu, as a browser without a sign-in does."""
    monkeypatch.setattr(gate, "current_token", lambda: None)

    def open_(page: str = "", **params: str) -> AppTest:
        screen = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=30)
        for name, value in params.items():
            screen.query_params[name] = value
        screen.run()
        return screen.switch_page(f"resident/{page}.py").run() if page else screen

    return open_


def said(screen: AppTest) -> str:
    """All the HTML a screen shows."""
    assert not screen.exception, screen.exception
    return "\n".join(one.proto.body for one in screen.get("html"))


def tap(screen: AppTest, label: str) -> AppTest:
    """Press the button of this label."""
    found = next(button for button in screen.button if button.label == label)
    return found.click().run()


def choose(screen: AppTest, code: str, *choices: object) -> AppTest:
    """Tap these choices of the question (or place picker) whose widget key ends so."""
    group = next(one for one in screen.button_group if str(one.key).endswith(f"-{code}"))
    several = group.proto.click_mode == group.proto.MULTI_SELECT
    return group.set_value(list(choices) if several else choices[0]).run()
