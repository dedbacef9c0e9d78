"""Every screen, every role, every state of the record: none breaks, none shows what isn't for its reader."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database, security
from core.access import PERMISSIONS
from core.actions import round_cache
from core.actions.accounts import create_account, sign_in
from core.actions.comments import Sentence, say_sentence
from core.actions.fold import fold
from core.actions.read_comments import read_waiting
from core.actions.submit import Submission, save_response
from core.actions.topic_step import TopicStep
from core.settings import ROOT, settings
from core.text.reading import Reading
from core.words import say
from models.place import Community
from pages.parts import figures, gate, places
from pages.parts.screens import SCREENS, Screen
from tests.core.conftest import make_small

STAFF = [role for role in PERMISSIONS if role != "resident"]
NOBODY = "nobody"
PASSWORD = "long-enough-1"
PHONE_NUMBER = re.compile(r"(?<![\w.])1[3-9]\d{9}(?!\w)")
# Headings of columns that count residents, responses or comments.
BASE = {"答卷", "答的人数", "评的人数", "回答这一题的人"}
COUNTED = BASE | {"有效样本", "已服务", "合计", "意见"}
# The same in sentences; comments that wait to be read or answered are work and never hidden.
FEW_PEOPLE = re.compile(r"(?<![\d,.–-])(?<!1 至 )[1-4] ?(?:份|条|人(?:答|评|回答))")
WORK = re.compile(
    r'<(ul|p) class="(?:st-todo|cm-states|st-done)"[^>]*>.*?</\1>|收到 \d 条意见|共 \d 条'
    r"|\d 条意见等着答复(?:，其中 \d 条可能有危险)?|其余 \d 条"
    r"|\d 条预警(?:还没有人打开|过了时限|已经有人在处理)"
)


class _Reader:
    """Reads by a word or two: enough for every state a comment can be in."""

    version = "every-page"

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        areas = {"电梯": "facilities", "孩子": "children_youth", "老": "elderly", "演出": "culture"}
        found = [area for word, area in areas.items() if word in text] or ["other"]
        return Reading(found[0], tuple(found[1:3]), 0.8, "neg", "need", "着火" in text, len(text) % 9 == 0)


def _nothing() -> None:
    """A migrated record in which nothing was set up."""


def _asked() -> None:
    """The small community with an open round; nobody has answered."""
    make_small()


def _few() -> None:
    """Forty answers from one grid, three from the other, three comments: most figures must be hidden."""
    made = make_small()
    for grid, times in ((made.grid, 40), (made.other_grid, 3)):
        for time in range(times):
            given = made.answers(grid={"grid": grid, "building": 0}, open=None)
            save_response(Submission(made.round, given, key=f"{grid}-{time}"))
    for text in ("电梯坏了", "老人没处吃饭", "孩子放学没人管，电话 13800000000"):
        say_sentence(Sentence(made.community, text, key=text))
    fold()
    read_waiting(_Reader())
    TopicStep()()


def _demo() -> None:
    """The synthetic demo community, loaded already, its comments read."""
    while read_waiting(_Reader()):
        pass
    TopicStep()()


STATES: dict[str, Callable[[], None]] = {"empty": _nothing, "asked": _asked, "few": _few, "demo": _demo}


# On the demo everybody looks at every staff screen; elsewhere those with the most and with other rights.
def _roles(state: str) -> list[str]:
    return [NOBODY, *STAFF] if state == "demo" else ["committee", "admin"]


@dataclass(frozen=True)
class Here:
    """One state of the record and the sign-ins at it, by role."""

    state: str
    tokens: dict[str, str]
    visited: dict[tuple[str, str], AppTest]

    def visit(self, screen: Screen, role: str) -> AppTest:
        """The screen as this role sees it, run once."""
        if (screen.name, role) not in self.visited:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(gate, "current_token", lambda: self.tokens.get(role))
                app = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=60)
                self.visited[screen.name, role] = app.switch_page(screen.path).run()
        return self.visited[screen.name, role]


def _accounts() -> dict[str, str]:
    with database.writing() as session:
        for role in STAFF:
            create_account(session, name=role, display=role, password=PASSWORD, roles=[(role, "all", None)])
    return {role: sign_in(role, PASSWORD) for role in STAFF}


def _forget() -> None:
    settings.cache_clear()
    round_cache.forget()
    places._kept.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module", params=list(STATES))
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    """A record in one of the states, with an account for each role."""
    folder = tmp_path_factory.mktemp(request.param)
    begun = request.getfixturevalue("demo_record" if request.param == "demo" else "sqlite_template")
    shutil.copy(begun, folder / "linsheng.db")
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINSHENG_VAR", str(folder))
        patch.setenv("LINSHENG_DATABASE_URL", "")
        patch.setenv("LINSHENG_SECRET", "for-tests-only-" + "x" * 32)
        patch.setattr(security, "_passwords", quick)
        _forget()
        STATES[request.param]()
        yield Here(request.param, _accounts(), {})
        database.dispose()
    _forget()


def _html(app: AppTest) -> list[str]:
    bodies = [one.proto.body for one in app.get("html")]
    return [body for body in bodies if not body.startswith("<style>") or "</style><" in body]


def _everything(app: AppTest) -> str:
    """All that goes to the browser for this screen, charts and widgets included."""
    protos = (getattr(one, "proto", None) for one in app._tree)  # type: ignore[attr-defined]
    return "\n".join([*map(str, protos), *(drawn.to_csv() for drawn in _drawn(app))])


def _drawn(app: AppTest) -> Iterator[pd.DataFrame]:
    """The rows behind each chart, as they go to the browser."""
    for one in app.get("vega_lite_chart"):
        for rows in one.proto.datasets:
            yield pa.ipc.open_stream(rows.data.data).read_pandas()


class _Tables(HTMLParser):
    """The tables of a page as (heading, cell) pairs."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self._heads: list[str] = []
        self._row: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Where text goes from here on."""
        if tag == "thead":
            self._heads = []
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td"):
            self._in = tag
            (self._heads if tag == "th" else self._row).append("")

    def handle_data(self, data: str) -> None:
        """The text of a cell."""
        if self._in:
            (self._heads if self._in == "th" else self._row)[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """A row that has ended is one of the table's."""
        if tag in ("th", "td"):
            self._in = ""
        elif tag == "tr" and self._row:
            self.rows.append(dict(zip(self._heads, self._row, strict=True)))


def _rows(app: AppTest) -> list[dict[str, str]]:
    found = _Tables()
    found.feed("\n".join(_html(app)))
    return found.rows


def _looks(here: Here) -> Iterator[tuple[Screen, str, AppTest]]:
    for screen in SCREENS:
        # Residents' screens ask nobody who he is: one who is signed in stands for all.
        residents = [NOBODY, "committee"] if here.state == "demo" else [NOBODY]
        for role in _roles(here.state) if screen.right else residents:
            yield screen, role, here.visit(screen, role)


def _allowed(screen: Screen, role: str) -> bool:
    return screen.right is None or screen.right in PERMISSIONS.get(role, frozenset())


def _statistics(here: Here) -> Iterator[tuple[str, AppTest]]:
    """The screens with figures, as the committee or else the administrator sees them."""
    for screen in SCREENS:
        if screen.section in ("committee", "social_worker") or screen.name in ("board", "rounds"):
            role = "committee" if _allowed(screen, "committee") else "admin"
            yield screen.name, here.visit(screen, role)


def test_no_screen_breaks(here: Here) -> None:
    broken = {(screen.name, role): str(app.exception) for screen, role, app in _looks(here) if app.exception}
    assert broken == {}


def test_the_gate_refuses_exactly_those_without_the_right(here: Here) -> None:
    for screen, role, app in _looks(here):
        page, refused = "\n".join(_html(app)), not _allowed(screen, role)
        sentence = say("gate.signed_out") if role == NOBODY else say("gate.not_allowed", display=role)
        assert (sentence in unescape(page)) is refused, (screen.name, role)
        if refused:
            drawn = [kind for kind in ("vega_lite_chart", "download_button", "selectbox") if app.get(kind)]
            assert drawn == [] and "<table" not in page and "st-top" not in page, (screen.name, role)


def test_the_menu_offers_exactly_what_may_be_seen(here: Here) -> None:
    for role in _roles(here.state):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate, "current_token", lambda role=role: here.tokens.get(role))
            viewer = gate.viewer()
        offered = {screen.name for screen in SCREENS if screen.open_to(viewer)}
        assert offered == {screen.name for screen in SCREENS if _allowed(screen, role)}


def test_every_screen_says_something(here: Here) -> None:
    """A record that is empty, or in which nobody has answered, is told so in words: no screen is blank."""
    for screen, role, app in _looks(here):
        page = re.sub(r"<style>.*?</style>|<[^>]+>", "", "\n".join(_html(app)), flags=re.DOTALL)
        assert len(re.findall(r"[\u4e00-\u9fff]", page)) >= 8, (screen.name, role)
        assert not re.search(r"\b(nan|None|NaT|inf|<NA>)\b", page), (screen.name, role)


def test_no_phone_number_a_resident_wrote_is_shown(here: Here) -> None:
    for screen, role, app in _looks(here):
        assert PHONE_NUMBER.findall(_everything(app)) == [], (screen.name, role)


def test_one_to_four_are_never_counted_out(here: Here) -> None:
    for name, app in _statistics(here):
        for row in _rows(app):
            shown = {
                head: cell for head, cell in row.items() if head in COUNTED and re.fullmatch("[1-4]", cell)
            }
            assert shown == {}, (name, row)
        page = WORK.sub("", "\n".join(_html(app)))
        assert FEW_PEOPLE.findall(page + "".join(drawn.to_csv() for drawn in _drawn(app))) == [], name
        for drawn in _drawn(app):
            for column in {"n", "asked", "reached", "n_eff"} & set(drawn.columns):
                counts = pd.to_numeric(drawn[column], errors="coerce")
                assert not counts.between(1, 4).any(), (name, column)


def test_no_share_rests_on_fewer_than_thirty(here: Here) -> None:
    for name, app in _statistics(here):
        for row in _rows(app):
            counts = [cell.replace(",", "") for head, cell in row.items() if head in BASE]
            few = any(re.fullmatch(r"\d+", cell) and int(cell) < 30 for cell in counts)
            shares = [cell for head, cell in row.items() if cell.endswith("%") and head != "覆盖率"]
            assert not (few and shares), (name, row)


def test_the_estimates_hold_the_same_rules(here: Here) -> None:
    with database.reading() as session:
        ids = session.scalars(select(col(Community.id))).all()
    found = [survey for id_ in ids if (survey := figures.survey(id_ or 0, figures.mark()))]
    assert bool(found) is (here.state != "empty")
    for survey in found:
        rows = survey.estimates
        told = rows[rows["share"].notna()]
        assert (told["n"] >= 30).all() and not rows["n"].between(1, 4).any()
        hidden = rows[rows["state"] == "hidden"]
        assert hidden[["n", "n_eff", "share", "persons", "low", "high", "gap"]].isna().all(axis=None)
    if here.state == "few":
        assert found and (found[0].estimates["state"] == "hidden").any()


def test_a_grid_of_three_cannot_be_worked_out(here: Here) -> None:
    """Forty here and forty-three in all would tell the three: what is shown must not."""
    if here.state != "few":
        return
    for name, app in _statistics(here):
        grids = [row for row in _rows(app) if any("第" in cell and "网格" in cell for cell in row.values())]
        shown = pd.Series([row.get("答卷", row.get("答的人数", "")) for row in grids], dtype=object)
        assert not (shown == "3").any(), name
