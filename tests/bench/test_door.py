"""The crowd of `bench door` and the senders of `bench peers` at a tiny size, against the plain pages alone.

Whether the bars hold is for a quiet machine to say, never for a test.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette

from bench import door, peer, peers
from bench.crowd import Gone, Pace, crowd, last_response, wrongly_stored
from bench.form import receipt_on, step_form
from bench.ground import free_port
from bench.screens import GO, KEY, Labels
from bench.sheets import Stood, stand, submissions
from bench.wire import Phone
from core import database
from core.actions import round_cache
from core.actions.demo import NEEDS
from core.questionnaires.load import load_shipped
from core.words import sentences
from pages.plain.routes import exception_handlers, middleware, routes


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: a browser driven by the same process keeps an event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


HURRY = Pace(within=0.05, think=(0.0, 0.01))


@pytest.fixture
def plain(sqlite_record: Path) -> Iterator[Any]:
    """The plain pages on a port of their own, with an open round: what the drivers know of a Portal."""
    round_cache.forget()
    stood: Stood = stand()
    app = Starlette(routes=routes(), middleware=middleware(), exception_handlers=exception_handlers())
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield SimpleNamespace(port=port, code="bench", stood=stood)
    server.should_exit = True
    thread.join()
    round_cache.forget()


def filled(plain: Any, n: int, pace: Pace) -> Gone:
    sheets = [sheet.answers for sheet in submissions(plain.stood, n, seed=3)]
    return run(crowd(plain.port, sheets, code=plain.code, pace=pace))


def test_a_crowd_fills_in_every_step_and_each_sheet_is_stored_once_though_sent_twice(plain: Any) -> None:
    gone = filled(plain, 6, HURRY)
    assert (gone.failures, len(gone.receipts)) == ([], 6)
    assert len(gone.steps) >= 6 * (door.STEPS.limit + 1), "five steps at least, the last sent twice"
    assert wrongly_stored(gone.receipts.values(), 0) == 0
    with database.reading() as session:
        assert session.execute(text("SELECT count(*), min(short) FROM response")).one() == (6, 1)
        assert session.scalar(text("SELECT count(*) FROM draft")) == 0


def test_what_is_missing_and_what_nobody_was_given_is_counted(plain: Any) -> None:
    gone = filled(plain, 2, Pace(0.0, (0.0, 0.0), full=True))
    after, codes = last_response(), list(gone.receipts.values())
    assert wrongly_stored(codes[:1], 0) == 1, "one that nobody was given"
    assert wrongly_stored([*codes, codes[0]], 0) == 1, "one that should be there twice"
    assert wrongly_stored(codes, after) == 2, "both came before"
    with database.reading() as session:
        assert session.scalar(text("SELECT max(short) FROM response")) == 0, "the full form"


def test_a_whole_sheet_in_one_form_is_stored_with_its_further_answers(plain: Any) -> None:
    (sheet,) = submissions(plain.stood, 1, seed=3)
    run(peers.send_ours(plain, load_shipped(NEEDS), sheet.answers, 0))
    with database.reading() as session:
        answers, short = session.execute(text("SELECT answers, short FROM response")).one()
    assert short == 0 and {"need_elder", "hh", "fee"} <= set(orjson.loads(answers))


def served_by(answers: list[bytes]) -> tuple[int, list[bytes], threading.Thread]:
    """A server that gives these answers, one a connection, and keeps what was asked; b"" hangs up."""
    import socket

    listening, asked = socket.create_server(("127.0.0.1", 0)), list[bytes]()

    def _serve() -> None:
        with listening:
            for answer in answers:
                line, (host, _) = listening.accept()
                with line:
                    asked.append(host.encode() + b" " + line.recv(65536))
                    line.sendall(answer)

    thread = threading.Thread(target=_serve)
    thread.start()
    return listening.getsockname()[1], asked, thread


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nset-cookie: a=1; Path=/\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


def test_a_phone_has_its_own_address_keeps_cookies_and_reads_pieces() -> None:
    port, asked, thread = served_by([OK, CHUNKED])
    phone = Phone(port, "127.0.0.7")

    async def _both() -> list[tuple[int, str]]:
        return [(await phone.get("/f"))[:2], (await phone.post("/f/x", [("k", "四 & v")]))[:2]]

    assert run(_both()) == [(200, "ok"), (200, "abcde")]
    thread.join()
    assert all(each.startswith(b"127.0.0.7 ") for each in asked)
    assert b"Cookie" not in asked[0] and b"\r\nCookie: a=1\r\n" in asked[1]
    assert asked[1].endswith(b"\r\n\r\nk=%E5%9B%9B+%26+v")


@pytest.mark.parametrize(("patient", "failures", "retries"), [(False, 1, 0), (True, 1, 2)])
def test_only_the_patient_try_again_when_the_server_is_gone(
    monkeypatch: pytest.MonkeyPatch, patient: bool, failures: int, retries: int
) -> None:
    monkeypatch.setattr("bench.crowd.RETRY_SECONDS", 0.01)
    broken = b"HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n"
    port, asked, thread = served_by([b"", broken, OK] if patient else [b""])
    gone = run(crowd(port, [{}], code="x", pace=Pace(0.0, (0.0, 0.0), patient=patient)))
    thread.join()
    assert (len(gone.failures), gone.retries, len(asked)) == (failures, retries, retries + 1)
    assert not patient or "no step, no receipt" in gone.failures[0]


PAGE = """<form id="sheet" method="post" action="/f/x/who">
<input type="hidden" name="key" value="aa"><input type="hidden" name="q" value="who,many,place,say,odd">
<input type="radio" name="who" value="1"><input type="radio" name="who" value="3" checked>
<input type="checkbox" id="guardian" name="guardian" value="1">
<input type="checkbox" name="many" value="E1"><input type="checkbox" name="many" value="E2">
<input type="radio" name="odd" value="5"><button name="do" value="next">"""


def test_a_form_is_answered_as_it_offers() -> None:
    form = step_form(PAGE)
    assert form is not None and (form.action, form.key, form.last, form.more) == (
        "/f/x/who",
        "aa",
        False,
        False,
    )
    sheet = {"who": 3, "guardian": 1, "many": ["E2", "K9"], "place": {"grid": 4, "building": 7}, "say": "好"}
    assert form.answers(sheet) == [
        ("who", "3"),
        ("many", "E2"),
        ("place", "b7"),
        ("say", "好"),
        ("odd", "5"),
        ("guardian", "1"),
    ]
    assert form.answers({"place": {"grid": 4, "building": 0}}) == [
        ("who", "1"),
        ("place", "g4"),
        ("odd", "5"),
    ]
    assert step_form("<p>thanks") is None
    assert receipt_on('<section class="card receipt"><p class="code">AB CD</p>') == "AB CD"


def test_a_screen_is_tapped_by_the_words_of_the_answers() -> None:
    labels = Labels(load_shipped(NEEDS))
    assert labels.of("consent", ["好", "不"], None) == ["好"], "what is not offered: the first"
    consent = load_shipped(NEEDS).by_code["consent"].choices
    words = [choice.label for choice in consent]
    assert labels.of("consent", words, consent[1].code) == [words[1]]
    found = KEY.search("$$ID-0a1b-1f2e3d-need_elder")
    assert found is not None and found[1] == "need_elder" and GO.search("12-go") and not GO.search("12-back")


def test_the_peer_is_asked_the_same_questions() -> None:
    asked = peer.spec_of(SimpleNamespace(stood=SimpleNamespace(buildings={("1", "2"): 9})))  # type: ignore[arg-type]
    by_code = {each.code: each for each in asked}
    definition = load_shipped(NEEDS)
    wanted = sum(question.draw or len(question.rows) or 1 for question in definition.questions)
    assert len(by_code) == len(asked) == wanted
    assert by_code["consent"].spec["required"] and by_code["grid"].spec["choices"] == ["b9"]
    several = by_code["need_elder"]
    assert several.spec["type"] == "select-multiple" and several.codes[0] == "E1"
    there = [f"v{i}" for i in range(len(several.codes))]
    assert several.sent([several.codes[2], several.codes[0]], there) == ["v2", "v0"]
    assert by_code["grid"].sent({"grid": 1, "building": 9}, []) == ["b9"]
    assert (by_code["open"].sent("话", [""]), by_code["open"].sent(None, [""])) == (["话"], [])


def test_the_worst_of_several_decides_and_every_figure_has_its_words() -> None:
    line = door.spread("door_usable", "/f", [1.0, 3.1, 2.0], bar=door.USABLE)
    assert (line.median, line.low, line.high, line.held) == (2.0, 1.0, 3.1, False)
    gone = Gone(steps=[float(n) for n in range(100)])
    assert (gone.quantile(0.95), gone.quantile(1.0), Gone().quantile(0.5)) == (95.0, 99.0, float("inf"))
    told = [f"{name}_{what}" for name in ("crowd", "screens", "restart") for what in ("failed", "wrong")]
    told += ["crowd_p95", "crowd_steps", "screens_p95", "peers_rate", "door_usable", "door_share"]
    told += ["door_first_bytes", "door_first_requests", "door_full_bytes"]
    assert all(f"bench.what.{what}" in sentences() for what in told)
