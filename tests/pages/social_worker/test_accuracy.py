"""How well the classifier reads: the finding, what stands behind it, of which comments, evaluating anew."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import database
from core.actions import classifier_jobs, reevaluate
from core.actions.accounts import create_account, sign_in
from core.actions.classifier_versions import LABELLED, LEXICON
from core.settings import ROOT, settings
from core.text.evaluation_file import write
from core.text.store import current_version
from models.base import now
from models.classifier_version import EVALUATE, ClassifierJob
from pages.parts import gate
from tests.core.conftest import Small, make_small
from tests.core.evaluations import example

PASSWORD = "long-enough-1"
NOW = current_version(LABELLED, LEXICON)
Open = Callable[..., AppTest]


@pytest.fixture
def small(sqlite_record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """The small community with accounts of three roles; no evaluation, made here or shipped."""
    st.cache_resource.clear()
    monkeypatch.setattr(reevaluate, "SHIPPED_FILE", tmp_path / "shipped.json")
    made = make_small()
    with database.writing() as session:
        for role in ("supervisor", "admin", "social_worker"):
            here = [(role, "all", None)]
            create_account(session, name=role, display=f"{role}的姓名", password=PASSWORD, roles=here)
    settings().classifier_cache.mkdir()
    yield made
    st.cache_resource.clear()


@pytest.fixture
def open_as(small: Small, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the screen as one of the accounts, from the menu, so that its links lead somewhere."""

    def _open(name: str = "supervisor") -> AppTest:
        token = sign_in(name, PASSWORD) if name else None
        monkeypatch.setattr(gate, "current_token", lambda: token)
        app = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=30)
        return app.switch_page("social_worker/accuracy.py").run()

    return _open


def _told(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    return html.unescape("\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html")))


def _made(**changes: Any) -> None:
    write(reevaluate.kept_file(), example(**({"version": NOW} | changes)))


def _labels(screen: AppTest) -> list[str]:
    return [one.label for one in screen.button]


def test_before_any_evaluation_it_says_so_and_what_to_do(open_as: Open) -> None:
    screen = open_as()
    assert "还没有评测过" in _told(screen) and "重新评测" in _labels(screen)
    assert not screen.get("vega_lite_chart")


def test_the_title_is_the_finding_with_its_base(open_as: Open) -> None:
    _made()
    told = _told(open_as())
    assert "<h1>没见过的人写的意见，100 条里领域读对 82 条</h1>" in told
    assert "320 条标注过的意见，出自 10 份文件" in told and "95% 区间" in told


def test_all_that_stands_behind_it_is_there(open_as: Open) -> None:
    _made()
    screen = open_as()
    told = _told(screen)
    assert len(screen.get("vega_lite_chart")) == 2
    for part in (
        "最容易读错的是公共安全",
        "物业与公共设施 → 公共安全　36 条",
        "整张混淆表",
        "把最没把握的 20% 交给人看，其余读对 86%",
        "平均说有 95% 的把握，实际读对 88%",
        "紧急：找到的比例",
        "学 1,900 条时读对 76%",
        "每份文件各读对多少",
        "不是本社区居民的话",
    ):
        assert part in told, part


def test_who_may_read_comments_is_led_to_what_people_found(open_as: Open) -> None:
    _made()
    assert [link.proto.page for link in open_as("supervisor").get("page_link")] == ["comments"]
    assert not open_as("admin").get("page_link")


def test_without_a_learning_curve_the_rest_is_shown(open_as: Open) -> None:
    _made(learning_curve=[])
    screen = open_as()
    assert len(screen.get("vega_lite_chart")) == 1 and "再多标注一些" not in _told(screen)


def test_figures_of_older_comments_are_said_to_be_so(open_as: Open) -> None:
    _made(version="before")
    assert "以前的标注意见" in _told(open_as())
    _made()
    assert "以前的标注意见" not in _told(open_as())


def test_a_torn_file_is_said_and_the_shipped_result_shown(open_as: Open) -> None:
    reevaluate.kept_file().write_text('{"version": ', encoding="utf8")
    told = _told(open_as())
    assert "evaluation.json 读不出来" in told and "还没有评测过" in told
    write(reevaluate.SHIPPED_FILE, example(version=NOW))
    told = _told(open_as())
    assert "evaluation.json 读不出来" in told and "领域读对 82 条" in told


def test_a_new_result_shows_at_once(open_as: Open) -> None:
    _made()
    screen = open_as()
    _made(accuracy=0.9)
    assert "领域读对 90 条" in _told(screen.run())


def test_an_evaluation_is_begun_in_a_process_of_its_own(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(reevaluate, "begin_in_child", begun.append)
    screen = open_as()
    (button,) = [one for one in screen.button if one.label == "重新评测"]
    button.click().run()
    assert len(begun) == 1 and begun[0] > 0 and "马上开始" in _told(screen)


def test_progress_is_shown_and_it_can_be_stopped(open_as: Open) -> None:
    job = classifier_jobs.begin(EVALUATE, "", 13)
    with database.writing() as session:
        classifier_jobs.advance(session, job.id or 0, 4)
    screen = open_as()
    assert "正在评测：第 4 步，共 13 步" in str(screen.get("progress")[0].proto)
    assert "重新评测" not in _labels(screen)
    (button,) = [one for one in screen.button if one.label == "停下"]
    button.click().run()
    screen.run()
    assert "上一次评测中途停了" in _told(screen) and "重新评测" in _labels(screen)


def test_one_that_failed_says_that_the_earlier_result_stays(open_as: Open) -> None:
    with database.writing() as session:
        session.add(ClassifierJob(kind=EVALUATE, state="failed", started_at=now(), beat_at=now()))
    assert "上一次评测没有成功，以前的结果还在" in _told(open_as())


@pytest.mark.parametrize("role", ["", "social_worker"])
def test_the_gate_is_shut_to_others(open_as: Open, role: str) -> None:
    _made()
    screen = open_as(role)
    assert not screen.get("vega_lite_chart")
    assert ("没有看这一页的权限" if role else "请先登录") in _told(screen)
