"""The receipt's pages by hand: the life of one's words, the author's deeds, and what nobody else may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.drafts import DraftSheet, draft_of_key, save_draft
from core.actions.fold import fold_all
from core.actions.own_words import correct_reading
from core.actions.recount_check import differences
from core.actions.rounds import publish_questionnaire
from core.actions.submit import Submission, save_response
from core.queries.check_data import findings
from core.questionnaires.load import load_shipped
from core.security import receipt_hash, show_receipt
from core.words import say
from models.base import now
from models.comment import Comment, Correction, Verdict
from models.programme import Activity
from models.questionnaire import Round
from models.response import Response
from models.taxonomy import AREA_LABELS, VERDICTS
from models.topic import CommentTopic, Topic
from tests.core.conftest import Small, make_small
from tests.core.receipts import KEY, WORDS, answer, comments_of, dump, read, sentence, sheet
from tests.pages.plain.test_door import fields, follow

ROUND = "/f/2026-autumn"


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def ask(phone: TestClient, code: str, path: str = "/r", **more: Any) -> Any:
    return phone.post(path, data={"code": code} | more)


def lines(page: str) -> list[str]:
    """The life on a page, point by point."""
    found = re.findall(r"<li(?: class=\"ahead\")?><b>(.*?)</b>(.*?)</li>", page)
    return [" ".join([words, *re.findall("<span>(.*?)</span>", more)]) for words, more in found]


def buttons(page: str, name: str) -> list[str]:
    return re.findall(rf'<button[^>]* name="{name}" value="([^"]*)"', page)


def test_the_form_asks_for_the_code_and_keeps_nothing_in_the_browser(phone: TestClient) -> None:
    page = phone.get("/r")
    assert page.status_code == 200 and 'autocomplete="off"' in page.text
    assert '<form class="card" method="post" action="/r">' in page.text
    assert say("door.home.code_hint") in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("typed", ["222 2223", "abc", "' OR 1=1 --", "<b>", "回执" * 5])
def test_a_code_nobody_has_is_told_calmly_and_stays_in_the_field(phone: TestClient, typed: str) -> None:
    page = ask(phone, typed)
    assert page.status_code == 404
    assert say("errors.unknown_receipt") in page.text and 'role="alert"' in page.text
    assert "<b>" not in page.text.replace("<b>我", "") and 'value="' in page.text


def test_an_empty_field_asks_for_the_code(phone: TestClient) -> None:
    page = ask(phone, "  ")
    assert (page.status_code, say("resident.receipt.empty") in page.text) == (400, True)


def test_the_life_of_a_sentence_point_by_point(phone: TestClient, place: Small) -> None:
    receipt = sentence(place)
    today = say("resident.receipt.received", day="X").replace("X", "")
    page = ask(phone, show_receipt(receipt.code).lower())
    assert page.status_code == 200 and WORDS in page.text
    assert lines(page.text)[1:] == [say("resident.receipt.reading"), say("resident.receipt.not_answered")]
    assert today in lines(page.text)[0]
    assert buttons(page.text, "verdict") == [] and "/r/correct" not in page.text
    read(receipt.response_id)
    answer(place, receipt.response_id, "answered")
    answer(place, receipt.response_id, "doing", reason="", owner="", due_on=None)
    page = ask(phone, receipt.code)
    life = lines(page.text)
    assert life[1] == "读作：物业与公共设施"
    assert (
        life[2].startswith("已答复（")
        and "物业周五来修 负责：物业 王工 预计 2026 年 12 月 1 日 前" in life[2]
    )
    assert life[3].startswith("正在办（") and len(life) == 4
    assert buttons(page.text, "verdict") == list(VERDICTS)


def test_what_others_said_is_told_from_five_voices_on(phone: TestClient, place: Small) -> None:
    mine = sentence(place)
    read(mine.response_id)
    with database.writing() as session:
        topic = Topic(
            community_id=place.community, area="facilities", state="approved", title="楼道灯<不亮>",
            words=["灯"], centre={"灯": 1.0}, found_at=now(),
        )  # fmt: skip
        session.add(topic)
        session.flush()
        topic_id = topic.id or 0
    for voices in range(6):
        with database.writing() as session:
            id_ = mine.response_id if not voices else sentence_id(session, place, voices)
            session.add(CommentTopic(comment_id=id_, topic_id=topic_id, nearness=1, repeats_id=id_))
        told = "另有 5 位居民也说到“楼道灯&lt;不亮&gt;”"
        assert (told in ask(phone, mine.code).text) is (voices == 5)


def sentence_id(session: Any, place: Small, n: int) -> int:
    said = Comment(
        community_id=place.community, channel="sentence", original=f"灯{n}", redacted=f"灯{n}", said_at=now(),
        received_at=now(), state="waiting",
    )  # fmt: skip
    session.add(said)
    session.flush()
    return said.id or 0


def test_hostile_words_are_shown_as_words(phone: TestClient, place: Small) -> None:
    receipt = sentence(place, said='<script>document.title="x"</script> **粗**')
    page = ask(phone, receipt.code).text
    assert "<script>document" not in page and "&lt;script&gt;" in page and "**粗**" in page


def test_a_code_is_in_no_address_and_in_no_link(phone: TestClient, place: Small) -> None:
    receipt = sheet(place)
    read(comments_of(receipt)[0])
    answer(place, comments_of(receipt)[0])
    shown, plain = show_receipt(receipt.code), receipt.code
    for path, more in (
        ("/r", {}), ("/r/answers", {}), ("/r/withdraw", {}), ("/r/verdict", {"verdict": "solved"}),
        ("/r/correct", {"comment": comments_of(receipt)[0]}), ("/r/change", {}), ("/r/look", {"as": "elder"}),
    ):  # fmt: skip
        page = ask(phone, receipt.code, path, **{"comment": comments_of(receipt)[0]} | more)
        assert page.status_code in (200, 303, 307), path
        for name in ("location", "set-cookie", "link"):
            assert plain not in page.headers.get(name, "") and shown not in page.headers.get(name, "")
        for link in re.findall(r'(?:href|action|src)="([^"]*)"', page.text):
            assert plain not in link and "code=" not in link


def test_the_author_judges_and_judges_again(phone: TestClient, place: Small) -> None:
    receipt = sentence(place)
    id_ = receipt.response_id
    early = ask(phone, receipt.code, "/r/verdict", comment=id_, verdict="solved")
    assert (early.status_code, say("door.receipt.verdict.too_early") in early.text) == (400, True)
    answer(place, id_, "done")
    for verdict in ("solved", "unsolved"):
        page = ask(phone, receipt.code, "/r/verdict", comment=id_, verdict=verdict)
        name = VERDICTS[verdict]
        assert say("door.receipt.verdict.thanks", verdict=name) in page.text
        assert lines(page.text)[-1] == say("door.receipt.verdict.given", verdict=name)
        assert re.findall(r'value="(\w+)" aria-pressed="true"', page.text) == [verdict]
    with database.reading() as session:
        assert session.scalars(select(Verdict.verdict)).all() == ["unsolved"]
    wrong = ask(phone, receipt.code, "/r/verdict", comment=id_, verdict="great")
    assert (wrong.status_code, say("door.receipt.verdict.unknown") in wrong.text) == (400, True)


def test_the_reading_is_corrected_from_two_guesses_or_all_areas(phone: TestClient, place: Small) -> None:
    receipt = sentence(place)
    id_ = receipt.response_id
    read(id_, area="facilities", second="safety")
    page = ask(phone, receipt.code, "/r/correct", comment=id_)
    assert "我们把它读作“物业与公共设施”" in page.text
    offered = buttons(page.text, "area")
    assert offered[0] == "safety" and sorted(offered) == sorted(set(AREA_LABELS) - {"facilities"})
    page = ask(phone, receipt.code, "/r/correct", comment=id_, area="safety")
    told = "已记下，您说的是“公共安全”"
    assert told in page.text and "读作：物业与公共设施" in page.text
    with database.reading() as session:
        assert session.scalars(select(Correction.area)).all() == ["safety"]
        assert session.scalar(select(Comment.state)) == "classified"
    wrong = ask(phone, receipt.code, "/r/correct", comment=id_, area="nonsense")
    assert (wrong.status_code, say("door.receipt.correct.unknown") in wrong.text) == (400, True)


@pytest.mark.parametrize("comment", ["", "x", "999", "9" * 30, "-1", "¹"])
def test_a_comment_of_another_receipt_can_be_neither_judged_nor_corrected(
    phone: TestClient, place: Small, comment: str
) -> None:
    mine, other = sheet(place), sentence(place, "b" * 32)
    answer(place, other.response_id)
    for id_ in (comment, str(other.response_id)):
        judged = ask(phone, mine.code, "/r/verdict", comment=id_, verdict="solved")
        assert judged.status_code == 404
        ask(phone, mine.code, "/r/correct", comment=id_, area="safety")
    assert not {"verdict", "correction"} & dump().keys()


def test_all_answers_are_shown_in_words(phone: TestClient, place: Small) -> None:
    answers = place.answers(
        who=3, guardian=1, age=2, need_elder=None, need_child=["C1", "C99"], need_child_other="轮滑",
        top1="C99", status_consent=1, status=[2, 6], open="灯坏了，打 13800000000", tenure=2,
    )  # fmt: skip
    receipt = save_response(Submission(place.round, answers, KEY, mode="paper", collector="worker"))
    page = ask(phone, receipt.code, "/r/answers").text
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL))
    assert told["您填写的是谁的需要？"] == "14 岁以下的孩子（我是监护人）"
    assert told["住在哪里？"] == "第1网格 1号楼" and told["年龄"] == "6–13 岁"
    assert told["家中有下列情况吗？"] == "有独居老人、有困境儿童或留守儿童"
    assert told["孩子最需要哪些服务？"] == "放学后有人看管、写作业、其他：轮滑"
    assert told["上面选的里面，哪一项最急？"] == "其他"
    assert "13800000000" not in page and "灯坏了，打 〔已隐去〕" in told.values()
    assert "纸质" in page and "工作人员代填" in page


def test_a_sheet_is_changed_through_the_steps_and_keeps_its_code(phone: TestClient, place: Small) -> None:
    phone.get("/r")
    receipt = sheet(place, tenure=1, slot=["1"])
    fold_all()
    went = ask(phone, receipt.code, "/r/change")
    assert (went.status_code, went.headers["location"]) == (303, f"{ROUND}/consent")
    page = follow(phone, went)
    note = say("door.receipt.change.note")
    assert note in page.text and re.search(r'value="1" id="[^"]*" checked', page.text)
    assert say("door.receipt.go_on") in ask(phone, receipt.code).text
    for step in ("consent", "who", "grid", "need_elder", "top1", "used", "slot"):
        page = follow(phone, phone.post(f"{ROUND}/{step}", data=filled(page.text) | {"do": "next"}))
        assert note in page.text, step
    assert WORDS in page.text
    last = filled(page.text) | {"overall": "1", "open": "灯修好了", "do": "send"}
    page = phone.post(f"{ROUND}/overall", data=last)
    assert page.status_code == 200 and show_receipt(receipt.code) in page.text
    with database.reading() as session:
        row = session.scalars(select(Response)).one()
        assert (row.answers["overall"], row.answers["need_elder"]) == (1, ["E1", "E5"])
        assert session.scalars(select(Comment.original)).all() == ["灯修好了"]
    assert draft_of_key(KEY) is None
    with database.snapshot() as session:
        assert (differences(session), findings(session)) == ([], [])


def filled(page: str) -> dict[str, Any]:
    """The form of a step as it stands, as a browser would send it."""
    found: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    for kind, name, value in re.findall(
        r'<input type="(radio|checkbox)" name="(\w+)" value="([^"]*)"[^>]* checked', page
    ):
        found[name] = [*found.get(name, []), value] if kind == "checkbox" else value
    for name, inside in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[0] if chosen else ""
    for name, words in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = words
    return found


def test_a_rating_is_changed_in_place_and_stays_with_its_activity(phone: TestClient, place: Small) -> None:
    phone.get("/r")
    with database.writing() as session:
        asked = publish_questionnaire(session, load_shipped("feedback-v1"))
        since = now() - timedelta(days=1)
        here = {"community_id": place.community}
        session.add(Round(code="fb", questionnaire_id=asked, name="评", opens_at=since, **here))
        session.add(Activity(code="lunch", name="爱心午餐", area="elderly", starts_at=since, **here))
    rated = dict.fromkeys(("gain", "content", "worker", "arrange"), 2) | {"again": 1}
    receipt = save_response(Submission(place.round + 1, rated, KEY, activity_id=1, short=True))
    fold_all()
    page = follow(phone, ask(phone, receipt.code, "/r/change"))
    assert len(re.findall(r'value="2" id="[^"]*" checked', page.text)) == 4
    given = filled(page.text) | {"content": "5", "suggest": "菜再热一点", "do": "send"}
    assert show_receipt(receipt.code) in phone.post("/f/fb/gain", data=given).text
    with database.reading() as session:
        row = session.scalars(select(Response)).one()
        assert (row.activity_id, row.answers["content"], row.answers["worker"]) == (1, 5, 2)
        assert session.scalars(select(Comment.activity_id)).all() == [1]
    with database.snapshot() as session:
        assert (differences(session), findings(session)) == ([], [])


def test_without_cookies_the_first_step_comes_at_once(knock: Callable[..., TestClient], place: Small) -> None:
    receipt = sheet(place)
    page = ask(knock(), receipt.code, "/r/change")
    assert page.status_code == 200 and f'action="{ROUND}/consent"' in page.text
    assert f'name="key" value="{KEY}"' in page.text


def test_who_no_longer_wants_to_take_part_is_asked_whether_to_withdraw(
    phone: TestClient, place: Small
) -> None:
    phone.get("/r")
    receipt = sheet(place)
    page = follow(phone, ask(phone, receipt.code, "/r/change"))
    page = phone.post(f"{ROUND}/consent", data=fields(page.text, {"consent": "2"}, place) | {"do": "next"})
    assert say("door.receipt.withdraw.title") in page.text
    with database.reading() as session:
        assert session.scalar(select(Response.id)) == receipt.response_id


def _close() -> None:
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(hours=1)))


def test_a_closed_round_offers_no_change_and_refuses_one_in_a_sentence(
    phone: TestClient, place: Small
) -> None:
    phone.get("/r")
    receipt = sheet(place)
    assert ask(phone, receipt.code, "/r/change").status_code == 303
    _close()
    for path in ("/r", "/r/answers"):
        life = ask(phone, receipt.code, path).text
        assert "/r/change" not in life and say("door.receipt.change.over") in life
    refused = ask(phone, receipt.code, "/r/change")
    assert (refused.status_code, "内容不能再改了" in refused.text) == (400, True)
    draft = draft_of_key(KEY)
    assert draft is not None
    draft.answers |= {"overall": "1"}
    save_draft(draft)
    late = phone.post(
        f"{ROUND}/overall", data={"key": KEY, "q": "overall,open", "overall": "1", "do": "send"}
    )
    assert "内容不能再改了" in late.text and say("door.step.late_title") not in late.text
    with database.reading() as session:
        assert session.scalars(select(Response)).one().answers["overall"] == 4
    kept = draft_of_key(KEY)
    assert kept is not None and not kept.late


@pytest.mark.parametrize("kind", [sheet, sentence])
def test_withdrawing_asks_once_and_then_nothing_is_left(phone: TestClient, place: Small, kind: Any) -> None:
    receipt = kind(place)
    page = ask(phone, receipt.code, "/r/withdraw")
    assert say("door.receipt.withdraw.goes") in page.text and WORDS in str(dump())
    page = ask(phone, receipt.code, "/r/withdraw", sure="1")
    assert say("door.receipt.withdraw.done") in page.text
    assert WORDS not in str(dump()) and len(dump()["tombstone"]) == 1
    for again in (ask(phone, receipt.code, "/r/withdraw", sure="1"), ask(phone, receipt.code, "/r/withdraw")):
        assert say("door.receipt.withdraw.done") in again.text
    life = ask(phone, receipt.code)
    assert life.status_code == 200 and "已按本人的意愿于" in life.text
    assert ask(phone, receipt.code, "/r/change").status_code == 404
    assert ask(phone, receipt.code, "/r/answers").status_code == 404


def test_sending_a_withdrawn_form_once_more_does_not_bring_it_back(phone: TestClient, place: Small) -> None:
    receipt = sheet(place)
    ask(phone, receipt.code, "/r/withdraw", sure="1")
    save_draft(DraftSheet(KEY, place.round, answers=place.answers()))
    again = {"key": KEY, "q": "overall,open", "overall": "4", "open": WORDS, "do": "send"}
    page = phone.post(f"{ROUND}/overall", data=again)
    assert say("door.receipt.change.gone") in page.text
    assert not {"response", "comment", "draft"} & dump().keys()


def test_the_code_of_a_draft_leads_on_to_the_draft(phone: TestClient, place: Small) -> None:
    draft = save_draft(DraftSheet(KEY, place.round, answers={"who": "1"}))
    page = ask(phone, draft.code)
    assert (page.status_code, page.headers["location"]) == (307, "/f/resume")
    went = phone.post("/f/resume", data={"code": draft.code})
    assert went.status_code == 303 and went.headers["location"].startswith(ROUND)


def test_the_receipt_of_something_sent_leads_from_the_home_page_to_its_life(
    phone: TestClient, place: Small
) -> None:
    receipt = sentence(place)
    page = phone.post("/f/resume", data={"code": receipt.code})
    assert (page.status_code, page.headers["location"]) == (307, "/r")


def test_the_switches_come_back_to_the_same_life(phone: TestClient, place: Small) -> None:
    receipt = sentence(place)
    for page in (ask(phone, receipt.code, "/r/look", **{"as": "elder"}), ask(phone, receipt.code)):
        assert '<body class="elder">' in page.text and WORDS in page.text
    odd = ask(phone, receipt.code, "/r/look", **{"as": "nonsense"})
    assert (odd.status_code, WORDS in odd.text, "set-cookie" in odd.headers) == (200, True, False)
    back = ask(phone, receipt.code, "/r/look", **{"as": "normal"})
    assert '<body class="elder">' not in back.text and WORDS in back.text


@pytest.mark.parametrize("path", ["/r/verdict", "/r/withdraw", "/r/anything"])
def test_an_address_typed_by_hand_asks_for_the_code(phone: TestClient, path: str) -> None:
    page = phone.get(path)
    assert (page.status_code, page.headers["location"]) == (303, "/r")


def test_a_correction_made_elsewhere_shows_in_the_life(phone: TestClient, place: Small) -> None:
    receipt = sentence(place)
    read(receipt.response_id, unsure=True)
    with database.writing() as session:
        correct_reading(session, receipt_hash(receipt.code), receipt.response_id, area="other")
    page = ask(phone, receipt.code)
    unsure, meant = lines(page.text)[1:3]
    assert (unsure, "您说的是“其他”" in meant) == (say("resident.receipt.unsure"), True)
    assert "拿不准您说的是哪方面" in ask(phone, receipt.code, "/r/correct", comment=receipt.response_id).text
