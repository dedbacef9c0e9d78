"""The printing page: for staff who may, of their own community, once residents have an address to come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.accounts import create_account, sign_in
from core.settings import settings
from core.tickets import Slips
from models.place import Community
from pages.parts.gate import COOKIE
from tests.core.conftest import Small, make_small
from tests.core.output.test_qr import drawn
from tests.pages.plain.conftest import PASSWORD
from tests.qr_reader import level_of, read

BASE = "https://linsheng.example.cn"
SLIPS = "kind=slips&c=t&g=1&b=1&r=2026-autumn"


@pytest.fixture
def place(knock: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    monkeypatch.setenv("LINSHENG_PUBLIC_URL", BASE)
    settings.cache_clear()
    round_cache.forget()
    made = make_small()
    with database.writing() as session:
        community = session.get_one(Community, made.community)
        community.phone = "0531-12345678"
        for name, role, scope in (
            ("mine", "committee", [("committee", "community", made.community)]),
            ("elsewhere", "committee", [("committee", "community", made.community + 99)]),
            ("worker", "social_worker", [("social_worker", "all", None)]),
            ("chief", "admin", [("admin", "all", None)]),
        ):
            create_account(session, name=name, display=role, password=PASSWORD, roles=scope)
    yield made
    round_cache.forget()


@pytest.fixture
def desk(knock: Callable[..., TestClient], place: Small) -> Callable[..., TestClient]:
    """A browser at which somebody has signed in; nobody without a name."""

    def _desk(name: str = "") -> TestClient:
        browser = knock()
        if name:
            browser.cookies.set(COOKIE, sign_in(name, PASSWORD))
        return browser

    return _desk


def _codes(page: str) -> list[str]:
    """What each QR code on a page says."""
    return [read(drawn(picture)) for picture in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def test_nobody_prints_without_signing_in(desk: Callable[..., TestClient]) -> None:
    answer = desk().get("/poster?kind=community&c=t")
    assert answer.status_code == 303 and answer.headers["location"] == "/signin?next=posters"


@pytest.mark.parametrize("name", ["elsewhere", "worker"])
@pytest.mark.parametrize("query", ["kind=community&c=t", SLIPS, "kind=community", "kind=community&c=nowhere"])
def test_who_may_not_is_refused(desk: Callable[..., TestClient], name: str, query: str) -> None:
    answer = desk(name).get(f"/poster?{query}")
    assert answer.status_code == 403 and "<svg" not in answer.text and "不归您管" in answer.text


@pytest.mark.parametrize("name", ["mine", "chief"])
def test_a_poster_says_where_it_leads_whom_to_call_and_what_to_type(
    desk: Callable[..., TestClient], name: str
) -> None:
    page = desk(name).get("/poster?kind=building&c=t&g=1&b=1")
    assert page.status_code == 200
    assert _codes(page.text) == [f"{BASE}/f?c=t&g=1&b=1"]
    (picture,) = re.findall(r"<svg.*?</svg>", page.text, re.DOTALL)
    assert level_of(drawn(picture)) == "Q"
    for told in ("测试社区", "第1网格 1号楼", "0531-12345678", "linsheng.example.cn/f<"):
        assert told in page.text
    assert page.headers["cache-control"] == "no-store"


def test_where_there_are_several_communities_the_typed_address_names_ones_own(
    desk: Callable[..., TestClient],
) -> None:
    with database.writing() as session:
        session.add(Community(code="other", name="别处"))
        session.add(Community(code="letters", name="来信", source="导入"))
    page = desk("mine").get("/poster?kind=community&c=t").text
    assert "linsheng.example.cn/f?c=t<" in page


def test_slips_are_ten_a_page_each_with_its_own_ticket(desk: Callable[..., TestClient], place: Small) -> None:
    page = desk("mine").get(f"/poster?{SLIPS}&first=1&n=23").text
    first = place.building * 1000 + 1
    slips = Slips("2026-autumn", "1")
    assert _codes(page) == [
        f"{BASE}/f/2026-autumn?g=1&b=1&t={slips.ticket(serial)}" for serial in range(first, first + 23)
    ]
    assert re.findall(r"编号 (\d+)<", page) == [str(serial) for serial in range(first, first + 23)]
    sheets = page.split('<section class="sheet slips">')[1:]
    assert [sheet.count("<article") for sheet in sheets] == [10, 10, 3]


def test_a_slip_holds_nothing_of_anybody(desk: Callable[..., TestClient]) -> None:
    page = desk("mine").get(f"/poster?{SLIPS}&first=1&n=1").text
    (address,) = _codes(page)
    assert re.fullmatch(rf"{BASE}/f/2026-autumn\?g=1&b=1&t=\d+-[2-9A-Z]{{8}}", address)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=grid&c=t&g=9", 404),
        ("kind=building&c=t&g=1&b=9", 404),
        ("kind=activity&c=t&a=gone", 404),
        ("kind=what&c=t", 400),
        (f"{SLIPS}&n=0", 400),
        (f"{SLIPS}&n=201", 400),
        (f"{SLIPS}&n=x&first=-1", 400),
        (f"{SLIPS}&first=999999999999999999999", 400),
        ("kind=slips&c=t&g=1&b=1&r=gone", 404),
        ("kind=slips&c=t&g=%3Cscript%3E&r=2026-autumn", 404),
        ("kind=community&c=%00", 403),
    ],
)
def test_bad_input_is_a_sentence_and_prints_nothing(
    desk: Callable[..., TestClient], query: str, status: int
) -> None:
    answer = desk("mine").get(f"/poster?{query}")
    assert answer.status_code == status and "<svg" not in answer.text and "<script>" not in answer.text
    told = re.search(r'class="fail" role="alert">([^<]+)<', answer.text)
    assert told is not None and len(unescape(told[1])) > 8


@pytest.mark.parametrize("url", ["", "linsheng.example.cn"])
@pytest.mark.parametrize("query", ["kind=community&c=t", SLIPS])
def test_until_residents_have_an_address_nothing_is_printed(
    desk: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch, url: str, query: str
) -> None:
    browser = desk("mine")
    monkeypatch.setenv("LINSHENG_PUBLIC_URL", url)
    settings.cache_clear()
    answer = browser.get(f"/poster?{query}")
    assert answer.status_code == 503 and "LINSHENG_PUBLIC_URL" in answer.text and "<svg" not in answer.text


def test_names_are_text_and_never_markup(desk: Callable[..., TestClient], place: Small) -> None:
    with database.writing() as session:
        session.get_one(Community, place.community).name = "<b>社区</b>"
    page = desk("mine").get("/poster?kind=community&c=t").text
    assert "<b>社区" not in page and "&lt;b&gt;社区" in page
