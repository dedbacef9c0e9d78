"""Raising alerts: one per comment, in the transaction that finds it; none for old or foreign texts."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from core import database
from core.actions import raise_alerts, store_response
from core.actions.alerts import watch
from core.actions.background import ReadingStep
from core.actions.import_comments import import_comments
from core.actions.read_comments import read_waiting
from core.actions.submit import Submission, save_response, save_responses
from core.settings import settings
from models.alert import Alert
from models.base import now
from models.comment import Classification, Comment, Label
from models.place import Community
from tests.core.alerting import FIRE, QUIET, Reads, alerts, always_on, say_it, staff

pytestmark = pytest.mark.usefixtures("quick_hashes")


def test_words_of_danger_raise_an_alert_when_the_sentence_is_saved(small: Any) -> None:
    always_on(small.community)
    before = now()
    said = say_it(small.community, FIRE)
    (found,) = alerts()
    assert (found.comment_id, found.community_id, found.source) == (said, small.community, "words")
    assert "fire" in found.kinds.split(";")
    assert before <= found.raised_at <= now()
    assert found.due_at == found.raised_at + timedelta(minutes=30)
    assert (found.in_hours, found.duty_name) == (True, "甲（800）")
    assert found.opened_at is found.closed_at is found.escalated_at is None


def test_a_calm_sentence_raises_none(small: Any) -> None:
    say_it(small.community, "小区的花开得真好")
    assert alerts() == []


def test_without_a_roster_an_alert_is_raised_all_the_same(small: Any) -> None:
    say_it(small.community, FIRE)
    (found,) = alerts()
    assert (found.in_hours, found.duty_name) == (False, "")
    assert found.due_at == found.raised_at + timedelta(minutes=settings().alert_minutes)


def test_a_sheet_sent_twice_or_by_many_at_once_raises_one(small: Any) -> None:
    sheet = Submission(small.round, small.answers(open=FIRE), "same")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: save_response(sheet), range(16)))
    say_it(small.community, FIRE)
    say_it(small.community, FIRE)
    assert [found.source for found in alerts()] == ["words", "words"]
    assert len({found.comment_id for found in alerts()}) == 2


def test_an_alert_and_its_comment_are_one_transaction(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("after the alert")

    monkeypatch.setattr(store_response, "_audit", broken)
    with pytest.raises(RuntimeError):
        save_response(Submission(small.round, small.answers(open=FIRE), "k"))
    assert alerts() == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 0


def test_of_many_sheets_each_alarming_comment_gets_its_own(small: Any) -> None:
    texts = ["电梯卡在六楼，里面有人", "花开了", FIRE, "谢谢"]
    save_responses([Submission(small.round, small.answers(open=t), f"k{i}") for i, t in enumerate(texts)])
    with database.reading() as session:
        query = select(Comment.original, Alert.kinds).join(Alert, Alert.comment_id == Comment.id)
        found = dict(session.execute(query).all())
    assert set(found) == {"电梯卡在六楼，里面有人", FIRE} and "trapped" in found["电梯卡在六楼，里面有人"]


def test_the_save_without_words_of_danger_asks_nothing_more(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("the roster was read")

    monkeypatch.setattr(raise_alerts, "roster_on", asked)
    monkeypatch.setattr(store_response, "insert_alerts", asked)
    save_response(Submission(small.round, small.answers(), "calm"))


def test_the_detector_raises_what_the_words_missed_whatever_area_it_is_unsure_of(small: Any) -> None:
    said = say_it(small.community, QUIET)
    say_it(small.community, FIRE)
    assert [found.source for found in alerts()] == ["words"]
    read_waiting(Reads())
    first, second = alerts()
    assert (second.source, second.comment_id, second.kinds) == ("detector", said, "")
    assert first.source == "words", "found again by the detector, and raised once"


def test_two_readers_at_once_and_a_comment_read_again_raise_one(small: Any) -> None:
    say_it(small.community, QUIET)

    class Racing(Reads):
        def read(self, texts: Any) -> Any:
            read_waiting(other)
            return super().read(texts)

    other = Reads()
    racing = Racing()
    racing.version = "racing"
    read_waiting(racing)
    with database.writing() as session:
        session.execute(update(Comment).values(state="waiting"))
    read_waiting(Reads())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: watch(), range(8)))
    assert len(alerts()) == 1


def test_killed_between_saving_and_reading_the_worker_still_raises_it(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_it(small.community, QUIET)
    database.dispose()  # as if the process had ended: nothing but the record is left
    step = ReadingStep()
    step._reader = Reads()  # type: ignore[assignment]
    step._look_at = float("inf")
    assert step() == 1
    assert [found.source for found in alerts()] == ["detector"]


def test_what_no_transaction_raised_is_swept_up(small: Any) -> None:
    for text in (FIRE, QUIET):
        say_it(small.community, text)
    read_waiting(Reads())
    with database.writing() as session:
        session.execute(delete(Alert))
    assert watch() == 2 and watch() == 0
    assert [found.source for found in alerts()] == ["words", "detector"]


def test_a_person_s_label_raises_one_and_takes_a_machine_s_word_back_only_before_it_was_raised(
    small: Any,
) -> None:
    by = staff("juwei")
    calm, denied = say_it(small.community, "楼上一直没有动静"), say_it(small.community, QUIET)
    with database.writing() as session:
        for comment_id, urgent in ((calm, True), (denied, False)):
            session.add(
                Label(
                    comment_id=comment_id, account_id=by, area="elderly", sentiment="neu", intent="need",
                    urgent=urgent, labelled_at=now(),
                )
            )  # fmt: skip
        session.add(
            Classification(
                comment_id=denied, classifier="x", area="other", probability=1, sentiment="neu",
                intent="none", urgent=True, abstained=False, read_at=now(),
            )
        )  # fmt: skip
    assert watch() == 1
    assert [(found.comment_id, found.source) for found in alerts()] == [(calm, "person")]


def _letters(path: Path, *rows: tuple[str, str]) -> Path:
    with path.open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows([("time", "text"), *rows])
    return path


def test_imported_letters_raise_alerts_only_when_they_are_new(small: Any, tmp_path: Path) -> None:
    with database.writing() as session:
        session.execute(update(Community).values(synthetic=False))
    days = settings().alert_days
    fresh, old = (f"{now() - timedelta(days=n):%Y-%m-%d %H:%M}" for n in (days - 1, days + 1))
    file = _letters(tmp_path / "letters.csv", (fresh, FIRE), (old, "去世前的信：五楼着火了"), (fresh, QUIET))
    import_comments(file, community="t")
    assert [found.source for found in alerts()] == ["words"]
    read_waiting(Reads())
    with database.writing() as session:
        session.execute(update(Comment).values(state="waiting"))
    import_comments(file, community="t")
    assert sorted(found.source for found in alerts()) == ["detector", "words"]
    assert watch() == 0


def test_texts_from_elsewhere_raise_none(small: Any, tmp_path: Path) -> None:
    when = f"{now():%Y-%m-%d %H:%M}"
    import_comments(_letters(tmp_path / "letters.csv", (when, FIRE), (when, QUIET)))
    read_waiting(Reads())
    assert watch() == 0 and alerts() == []


def test_an_old_response_that_is_brought_in_raises_none(small: Any) -> None:
    long_ago = now() - timedelta(days=settings().alert_days, minutes=1)
    sheet = Submission(small.round, small.answers(open=FIRE), "paper", received_at=long_ago)
    save_responses([sheet])
    read_waiting(Reads())
    assert watch() == 0 and alerts() == []


def test_every_kind_at_once_fits_the_record(small: Any) -> None:
    text = "打人了 想死 着火了 煤气漏了 困在电梯里 漏电 老人走失 孩子反锁在家 断粮 墙要倒 尾随 晕倒 救命啊"
    say_it(small.community, text)
    (found,) = alerts()
    assert len(found.kinds) <= 80
