"""The classifier's screen: which version reads and why, the way back, the long jobs, and for whom it is."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.actions import classifier_jobs, reread, retrain
from core.actions.accounts import create_account, sign_in
from core.actions.classifier_versions import LABELLED, LEXICON, adopt, file_of, note_shipped
from core.settings import ROOT, settings
from core.text import store
from models.base import now
from models.classifier_version import REREAD, RETRAIN, ClassifierJob, ClassifierVersion
from pages.parts import gate
from tests.core.conftest import Small, make_small

PASSWORD = "long-enough-1"
Open = Callable[..., AppTest]


@pytest.fixture
def small(sqlite_record: Path, quick_hashes: None) -> Iterator[Small]:
    """The small community, and an account of each of four roles."""
    st.cache_resource.clear()
    made = make_small()
    with database.writing() as session:
        for role in ("supervisor", "admin", "social_worker", "purchaser"):
            here = [(role, "all", None)]
            create_account(session, name=role, display=f"{role}的姓名", password=PASSWORD, roles=here)
    settings().classifier_cache.mkdir()
    yield made
    st.cache_resource.clear()


@pytest.fixture
def open_as(small: Small, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the screen as one of the accounts."""

    def _open(name: str = "supervisor") -> AppTest:
        token = sign_in(name, PASSWORD) if name else None
        monkeypatch.setattr(gate, "current_token", lambda: token)
        path = ROOT / "pages" / "social_worker" / "classifier.py"
        return AppTest.from_file(str(path), default_timeout=30).run()

    return _open


def _told(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    return html.unescape("\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html")))


def _button(screen: AppTest, label: str) -> object:
    (found,) = [one for one in screen.button if one.label == label]
    return found


def _version(version: str, **values: object) -> None:
    """A version in the record, with a file."""
    with database.writing() as session:
        made = ClassifierVersion(version=version, recipe=store.RECIPE, shipped="s", made_at=now())
        for name, value in values.items():
            setattr(made, name, value)
        session.add(made)
    file_of(version).write_bytes(b"")


def _states() -> dict[str, str]:
    with database.reading() as session:
        return {row.version: row.state for row in session.scalars(select(ClassifierVersion))}


def test_before_anything_was_recorded_it_says_so(open_as: Open) -> None:
    told = _told(open_as())
    assert "还没有准备好" in told and "正在阅读意见" not in told
    file_of(store.current_version(LABELLED, LEXICON)).write_bytes(b"")
    told = _told(open_as())
    assert "随软件提供的标注训练而成" in told and "还没有记录的版本" in told
    assert "满 50 条后才会学习" in told


def test_figures_stand_beside_each_other_with_their_interval(open_as: Open) -> None:
    _version("b", n_shipped=11280, n_community=146, n_held=100, n_old_right=80, n_new_right=90,
             old_macro_f1=0.75, new_macro_f1=0.8625, reason="not_worse")  # fmt: skip
    with database.writing() as session:
        adopt(session, "b")
    told = _told(open_as())
    assert "学过 11,280 条随软件提供的标注和 146 条本地复核" in told
    # Wilson by hand for 90 of 100: 82.6 to 94.5; for 80 of 100: 71.1 to 86.7.
    assert "90.0%（82.6%–94.5%）" in told and "80.0%（71.1%–86.7%）" in told
    assert "0.750 → 0.863" in told or "0.750 → 0.862" in told
    assert "正在用（不比原来差）" in told


def test_no_share_of_few_and_one_to_four_are_not_counted_out(open_as: Open) -> None:
    _version("b", n_community=3, n_held=29, n_old_right=20, n_new_right=21, old_macro_f1=0.7,
             new_macro_f1=0.8, reason="too_few")  # fmt: skip
    told = _told(open_as())
    assert "太少，不算" in told and "%" not in told.partition("<table")[2].partition("</table>")[0]
    assert "本地 不到 5" in told and "0.700" not in told


def test_another_version_is_adopted_and_one_goes_back(open_as: Open) -> None:
    shipped = store.current_version(LABELLED, LEXICON)
    note_shipped(shipped, 9)
    file_of(shipped).write_bytes(b"")
    _version("b", reason="within_noise")
    screen = open_as()
    assert _button(screen, "退回上一版").disabled  # type: ignore[attr-defined]
    _button(screen, "采用").click().run()  # type: ignore[attr-defined]
    assert _states() == {shipped: "retired", "b": "adopted"} and "已采用版本 b" in screen.success[0].value
    _button(screen, "退回上一版").click().run()  # type: ignore[attr-defined]
    assert _states() == {shipped: "adopted", "b": "rejected"} and "已退回版本" in screen.success[0].value
    with database.reading() as session:
        rows = {row.version: row.adopted_by for row in session.scalars(select(ClassifierVersion))}
    assert rows["b"] is not None


def test_a_job_is_begun_in_a_process_of_its_own(open_as: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str, int]] = []
    monkeypatch.setattr(retrain, "begin_in_child", lambda by: begun.append(("retrain", by)))
    monkeypatch.setattr(reread, "begin_in_child", lambda by: begun.append(("reread", by)))
    screen = open_as()
    _button(screen, "重新训练").click().run()  # type: ignore[attr-defined]
    assert "马上开始" in _told(screen)
    _button(screen, "重新阅读全部意见").click().run()  # type: ignore[attr-defined]
    assert [kind for kind, _ in begun] == ["retrain", "reread"] and all(by for _, by in begun)


def test_progress_is_shown_and_the_reading_can_be_stopped_and_gone_on_with(open_as: Open) -> None:
    job = classifier_jobs.begin(REREAD, "v", 40)
    with database.writing() as session:
        classifier_jobs.advance(session, job.id or 0, 10)
    screen = open_as()
    assert not [one for one in screen.button if one.label == "重新阅读全部意见"]
    assert "正在重新阅读：10 / 40 条" in str(screen.get("progress")[0].proto)
    _button(screen, "停下").click().run()  # type: ignore[attr-defined]
    screen.run()
    assert "上一次读到 10 / 40 条停了" in _told(screen)
    assert _button(screen, "接着读")


@pytest.mark.parametrize(("state", "told"), [("failed", "没有成功"), ("interrupted", "中途停了")])
def test_how_the_last_training_ended_is_said(open_as: Open, state: str, told: str) -> None:
    with database.writing() as session:
        job = ClassifierJob(kind=RETRAIN, state=state, started_at=now(), beat_at=now())
        session.add(job)
    assert told in _told(open_as())


def test_one_that_died_does_not_look_alive(open_as: Open) -> None:
    with database.writing() as session:
        long_ago = now() - timedelta(minutes=5)
        session.add(ClassifierJob(kind=RETRAIN, worker="elsewhere:1", started_at=long_ago, beat_at=long_ago))
    screen = open_as()
    assert "中途停了" in _told(screen) and _button(screen, "重新训练")


@pytest.mark.parametrize("role", ["", "social_worker", "purchaser"])
def test_the_gate_is_shut_to_others(open_as: Open, role: str) -> None:
    screen = open_as(role)
    assert not screen.button
    assert ("没有看这一页的权限" if role else "请先登录") in _told(screen)


def test_an_administrator_may_too(open_as: Open) -> None:
    assert _button(open_as("admin"), "重新训练")
