"""The plain questionnaire by hand: forms as a browser without a script sends them, cookies on and off."""

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
from core.actions.drafts import draft_of_code, draft_of_key
from core.actions.rounds import publish_questionnaire
from core.errors import Unavailable
from core.questionnaires.load import load_shipped
from core.settings import settings
from models.base import now
from models.comment import Comment
from models.programme import Activity
from models.questionnaire import Round
from models.response import Response
from tests.core.conftest import Small, make_small

ROUND = "/f/2026-autumn"
WALK: list[tuple[str, dict[str, Any]]] = [
    ("consent", {"consent": "1"}),
    ("who", {"who": "1"}),
    ("grid", {"grid": "b1", "sex": "2", "age": "8", "tenure": "1"}),
    ("need_elder", {"need_elder": ["E1", "E5"], "need_cult": "K1"}),
    ("top1", {"top1": "E1"}),
    ("used", {"used": "0"}),
    ("slot", {"slot": ["1", "3"]}),
    ("overall", {"overall": "4", "open": "四楼下不来，午饭能不能送上来"}),
]


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def fields(page: str, answers: dict[str, Any], place: Small) -> dict[str, Any]:
    given = hidden(page) | answers
    if given.get("grid") == "b1":
        given["grid"] = f"b{place.building}"
    return given


def follow(phone: TestClient, answer: Any) -> Any:
    return phone.get(answer.headers["location"]) if answer.status_code == 303 else answer


def walk(phone: TestClient, place: Small, until: str = "") -> Any:
    """Fill in the short form step by step; the page after the last one, or at the step `until`."""
    page = phone.get(ROUND)
    for step, answers in WALK:
        if step == until:
            return page
        deed = {"do": "send" if step == "overall" else "next"}
        page = follow(phone, phone.post(f"{ROUND}/{step}", data=fields(page.text, answers, place) | deed))
    return page


def stored() -> list[Response]:
    with database.reading() as session:
        return list(session.scalars(select(Response)))


def code_on(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_the_whole_short_form_stores_one_response_and_its_comment(phone: TestClient, place: Small) -> None:
    page = walk(phone, place)
    assert page.status_code == 200 and "收到了" in page.text
    (row,) = stored()
    assert row.answers["need_elder"] == ["E1", "E5"]
    assert (row.mode, row.collector, row.short) == ("plain", "self", True)
    assert (row.building_id, row.age_band, row.sex) == (place.building, 8, 2)
    with database.reading() as session:
        assert session.scalar(select(Comment.original)) == "四楼下不来，午饭能不能送上来"


def test_the_code_of_the_draft_becomes_the_receipt_and_the_draft_is_gone(
    phone: TestClient, place: Small
) -> None:
    code = code_on(walk(phone, place, until="top1").text)
    assert draft_of_code(code) is not None
    phone.cookies.clear()
    page = follow(phone, phone.post("/f/resume", data={"code": code.lower()}))
    page = follow(phone, page)
    for step, answers in WALK[4:]:
        deed = {"do": "send" if step == "overall" else "next"}
        page = follow(phone, phone.post(f"{ROUND}/{step}", data=fields(page.text, answers, place) | deed))
    assert code_on(page.text) == code
    assert draft_of_code(code) is None and len(stored()) == 1


def test_without_cookies_every_step_follows_from_the_form_alone(
    knock: Callable[..., TestClient], place: Small
) -> None:
    page, phone = knock().get(ROUND), knock()
    for step, answers in WALK:
        phone.cookies.clear()
        deed = {"do": "send" if step == "overall" else "next"}
        page = phone.post(f"{ROUND}/{step}", data=fields(page.text, answers, place) | deed)
        assert page.status_code == 200
    assert "收到了" in page.text and len(stored()) == 1


def test_sent_twice_stores_once_and_shows_the_same_receipt(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="overall")
    sent = fields(page.text, WALK[-1][1], place) | {"do": "send"}
    first, again = (phone.post(f"{ROUND}/overall", data=sent) for _ in range(2))
    # The draft is gone the second time; the form alone lacks the other steps, but the key is known.
    assert code_on(first.text) == code_on(again.text)
    assert len(stored()) == 1


def test_a_missing_answer_is_told_beside_the_question_and_above(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="grid")
    answer = phone.post(
        f"{ROUND}/grid", data=fields(page.text, {"grid": "b1", "age": "8"}, place) | {"do": "next"}
    )
    assert answer.status_code == 422
    assert 'href="#q-sex"' in answer.text and 'id="q-sex-wrong"' in answer.text
    assert "<title>还有 1 处要看" in answer.text
    # What was given is still there.
    assert re.search(r'value="8" id="q-age-\d+" checked', answer.text)


def test_going_back_keeps_what_was_just_ticked_and_checks_nothing(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="need_elder")
    given = fields(page.text, {"need_elder": ["E1", "E2", "E3", "E4"]}, place)
    answer = phone.post(f"{ROUND}/need_elder", data=given | {"do": "back"})
    assert answer.headers["location"] == f"{ROUND}/grid"
    again = phone.get(f"{ROUND}/need_elder").text
    assert len(re.findall(r'name="need_elder"[^>]*checked', again)) == 4


def test_a_guardian_must_say_so_for_a_child_and_ages_follow(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="who")
    answer = phone.post(f"{ROUND}/who", data=fields(page.text, {"who": "3"}, place) | {"do": "next"})
    assert answer.status_code == 422 and "监护人" in answer.text
    given = fields(page.text, {"who": "3", "guardian": "1"}, place)
    page = follow(phone, phone.post(f"{ROUND}/who", data=given | {"do": "next"}))
    assert "0–5 岁" in page.text and "14–17 岁" not in page.text


def test_saying_no_keeps_nothing(phone: TestClient, place: Small) -> None:
    page = phone.get(ROUND)
    answer = phone.post(f"{ROUND}/consent", data=hidden(page.text) | {"consent": "2", "do": "next"})
    assert "什么都没有保存" in answer.text
    assert draft_of_key(hidden(page.text)["key"]) is None


def test_looking_keeps_nothing(phone: TestClient, place: Small) -> None:
    key = hidden(phone.get(ROUND).text)["key"]
    assert draft_of_key(key) is None


def test_elder_mode_asks_one_thing_a_step_and_keeps_what_was_ticked(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="grid")
    given = fields(page.text, {"grid": "b1", "sex": "2"}, place)
    page = follow(phone, phone.post(f"{ROUND}/grid", data=given | {"do": "elder"}))
    assert 'class="elder"' in page.text and hidden(page.text)["q"] == "grid"
    page = follow(
        phone, phone.post(f"{ROUND}/grid", data=fields(page.text, {"grid": "b1"}, place) | {"do": "next"})
    )
    assert hidden(page.text)["q"] == "sex" and re.search(r'value="2" id="q-sex-\d" checked', page.text)


def test_further_questions_follow_when_wanted(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="overall")
    given = fields(page.text, WALK[-1][1], place)
    page = follow(phone, phone.post(f"{ROUND}/overall", data=given | {"do": "more"}))
    assert hidden(page.text)["q"] == "hh,yrs,status_consent"


def test_a_closed_round_keeps_the_late_draft_and_says_so(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="overall")
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(minutes=1)))
    answer = phone.post(f"{ROUND}/overall", data=fields(page.text, WALK[-1][1], place) | {"do": "send"})
    assert answer.status_code == 409 and "没有丢" in answer.text
    found = draft_of_key(hidden(page.text)["key"])
    assert found is not None and found.late and found.answers["open"] == WALK[-1][1]["open"]
    assert stored() == []


def test_an_unknown_round_is_a_calm_404(phone: TestClient) -> None:
    answer = phone.get("/f/nothing")
    assert answer.status_code == 404 and "没有找到这次调查" in answer.text


@pytest.mark.parametrize("value", ["x" * 5000, "99", "-1", "1\0", "<script>"])
def test_a_forged_choice_is_refused_at_its_question(phone: TestClient, place: Small, value: str) -> None:
    page = walk(phone, place, until="who")
    answer = phone.post(f"{ROUND}/who", data=fields(page.text, {"who": value}, place) | {"do": "next"})
    assert answer.status_code == 422 and "<script>" not in answer.text.split("</style>")[1]


def test_a_forged_place_is_refused_and_nothing_is_stored(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="grid")
    given = fields(page.text, {"sex": "1", "age": "8"}, place) | {"grid": "b999999", "do": "next"}
    follow(phone, phone.post(f"{ROUND}/grid", data=given))
    page = phone.get(f"{ROUND}/need_elder")
    for step, answers in WALK[3:]:
        deed = {"do": "send" if step == "overall" else "next"}
        page = follow(phone, phone.post(f"{ROUND}/{step}", data=fields(page.text, answers, place) | deed))
    assert "没有找到这栋楼" in page.text or "没有找到这个网格" in page.text
    assert stored() == []


def test_a_comment_too_long_is_told_and_stays_on_the_page(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="overall")
    long = "路灯不亮。" * 4000
    answer = phone.post(f"{ROUND}/overall", data=fields(page.text, {"open": long}, place) | {"do": "send"})
    assert answer.status_code == 422 and "最多 200 字" in answer.text
    assert answer.text.count("路灯不亮。") >= 3999
    assert stored() == []


def test_signs_no_database_takes_are_left_out(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="overall")
    given = fields(page.text, {"overall": "4", "open": "路灯\0不亮\ud800<b>"}, place)
    given["open"] = "路灯\0不亮<b>"
    answer = phone.post(f"{ROUND}/overall", data=given | {"do": "send"})
    assert "收到了" in answer.text
    with database.reading() as session:
        assert session.scalar(select(Comment.original)) == "路灯不亮<b>"


def test_a_form_from_another_site_is_refused(phone: TestClient, place: Small) -> None:
    page = phone.get(ROUND)
    sent = hidden(page.text) | {"consent": "1", "do": "next"}
    answer = phone.post(f"{ROUND}/consent", data=sent, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert draft_of_key(sent["key"]) is None


def test_the_place_of_a_link_is_filled_in(phone: TestClient, place: Small) -> None:
    page = phone.get(f"{ROUND}?g=1&b=1")
    page = follow(
        phone, phone.post(f"{ROUND}/consent", data=hidden(page.text) | {"consent": "1", "do": "next"})
    )
    page = follow(phone, phone.post(f"{ROUND}/who", data=hidden(page.text) | {"who": "1", "do": "next"}))
    assert f'value="b{place.building}" selected' in page.text


@pytest.fixture
def lunch(place: Small) -> None:
    """An open feedback round `fb` and an activity `lunch` two days ago."""
    with database.writing() as session:
        asked = publish_questionnaire(session, load_shipped("feedback-v1"))
        session.add(
            Round(
                code="fb",
                community_id=place.community,
                questionnaire_id=asked,
                name="评",
                opens_at=now() - timedelta(days=1),
            )
        )
        session.add(
            Activity(
                code="lunch",
                community_id=place.community,
                name="爱心午餐",
                area="elderly",
                starts_at=now() - timedelta(days=2),
            )
        )


def test_feedback_asks_for_the_activity_first(phone: TestClient, place: Small, lunch: None) -> None:
    listed = phone.get("/f/fb").text
    assert "爱心午餐" in listed and "/f/fb?a=lunch" in listed
    page = phone.get("/f/fb?a=lunch")
    given = hidden(page.text) | dict.fromkeys(("gain", "content", "worker", "arrange"), "5")
    answer = phone.post("/f/fb/gain", data=given | {"again": "1", "suggest": "", "do": "send"})
    assert "收到了" in answer.text
    (row,) = stored()
    with database.reading() as session:
        assert row.activity_id == session.scalar(select(Activity.id))


def test_a_feedback_sheet_comes_back_by_code_with_its_activity(
    knock: Callable[..., TestClient], phone: TestClient, lunch: None
) -> None:
    page = phone.get("/f/fb?a=lunch")
    stopped = phone.post("/f/fb/gain", data=hidden(page.text) | {"gain": "4", "do": "stop"})
    other = knock("10.0.0.2")
    page = follow(other, other.post("/f/resume", data={"code": code_on(stopped.text)}))
    page = follow(other, page)
    assert re.search(r'value="4" id="q-gain-\d" checked', page.text)


def test_where_the_record_cannot_be_written_everything_typed_stays(
    phone: TestClient, place: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = walk(phone, place, until="overall")

    def _busy(*_: object) -> None:
        raise Unavailable.say("record_busy")

    monkeypatch.setattr("pages.plain.sheet.save_draft", _busy)
    answer = phone.post(f"{ROUND}/overall", data=fields(page.text, WALK[-1][1], place) | {"do": "send"})
    assert answer.status_code == 503
    assert WALK[-1][1]["open"] in answer.text and "没有存上" in answer.text


def test_the_front_page_leads_to_what_is_open(phone: TestClient, place: Small) -> None:
    page = phone.get("/f").text
    assert 'href="/f/2026-autumn"' in page and "长辈版" in page


def test_no_page_tells_a_code_in_an_address(phone: TestClient, place: Small) -> None:
    page = walk(phone, place, until="top1")
    code = code_on(page.text).replace(" ", "")
    assert not re.search(rf'(href|action)="[^"]*{code}', page.text)


def test_the_look_leads_to_our_own_pages_only(phone: TestClient, place: Small) -> None:
    for to in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = phone.get("/f/look", params={"as": "elder", "to": to})
        assert answer.headers["location"] == "/f"


def test_drafts_live_as_long_as_their_cookie(phone: TestClient, place: Small) -> None:
    phone.get(ROUND)
    (cookie,) = [each for each in phone.cookies.jar if each.name.startswith("ls_sheet_")]
    assert cookie.has_nonstandard_attr("HttpOnly")
    left = (cookie.expires or 0) - now().timestamp()
    assert abs(left - settings().draft_days * 86_400) < 60
