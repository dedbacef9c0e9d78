"""Kept figures are handed to everybody as they are: no screen may change them, and new data show at once."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import database
from core.actions import round_cache
from core.actions.accounts import create_account, sign_in
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.queries.comments import Counted
from core.settings import ROOT
from pages.parts import comment_figures, figures, gate
from pages.parts.figures import Survey
from pages.parts.screens import SCREENS
from tests.core.conftest import Small, make_small

PASSWORD = "long-enough-1"


def _answer(small: Small, times: int, *, key: str) -> None:
    for time in range(times):
        for grid, needs in ((small.grid, ["E1", "E5"]), (small.other_grid, ["E2"])):
            place = {"grid": grid, "building": 0}
            given = small.answers(grid=place, need_elder=needs, top1=None, open=None)
            save_response(Submission(small.round, given, key=f"{key}-{grid}-{time}"))
    fold()


@pytest.fixture
def small(sqlite_record: Path, quick_hashes: None) -> Iterator[Small]:
    """Forty answers from each of two grids, and an account of the committee's."""
    round_cache.forget()
    st.cache_resource.clear()
    made = make_small()
    _answer(made, 40, key="first")
    with database.writing() as session:
        roles = [("committee", "all", None)]
        create_account(session, name="committee", display="c", password=PASSWORD, roles=roles)
    yield made
    st.cache_resource.clear()
    round_cache.forget()


def _kept(small: Small) -> Survey:
    found = figures.survey(small.community, figures.mark())
    assert found is not None
    return found


def test_no_screen_changes_the_figures_all_screens_share(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _kept(small)
    frames = {name: getattr(before.frames, name) for name in before.frames.__dataclass_fields__}
    frames |= {"estimates": before.estimates}
    as_they_were = {name: copy.deepcopy(frame) for name, frame in frames.items()}
    needs = pickle.dumps(before.needs)
    token = sign_in("committee", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    for screen in SCREENS:
        if screen.section in ("committee", "social_worker"):
            app = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=60)
            assert not app.switch_page(screen.path).run().run().exception, screen.name
    assert pickle.dumps(before.needs) == needs
    for name, frame in as_they_were.items():
        pd.testing.assert_frame_equal(frames[name], frame, obj=name)


def test_a_new_fold_shows_at_once(small: Small) -> None:
    before = _kept(small)
    assert (before.n, _kept(small) is before) == (80, True)
    _answer(small, 1, key="more")
    assert _kept(small).n == 82


def test_comments_are_drawn_anew_when_one_count_changes_and_only_then() -> None:
    counts = [Counted("elderly", "2026-10", "classified", 7, 0), Counted("", "2026-11", "waiting", 2, 1)]
    found = comment_figures.figures(counts)
    assert (found.months, found.urgent, found.states.classified) == (["2026-11", "2026-10"], 1, 7)
    assert comment_figures.figures(tuple(counts)) is found
    changed = comment_figures.figures([counts[0], counts[1]._replace(urgent=2)])
    assert changed.urgent == 2 and changed is not found
