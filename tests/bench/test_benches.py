"""Each bench at a tiny size: it runs to the end and its report has the lines the bars are about.

Whether the bars hold is for a quiet machine to say, never for a test.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bench import crash, flat, ingest, pages, reading
from bench.ground import postgres_binaries
from bench.served import Server, hello, one_line
from bench.sheets import stand, submissions
from bench.visitor import RunFailed, Visitor
from core import database
from core.actions.submit import save_response
from core.settings import settings
from core.words import sentences
from tests.serving import Served

needs_postgres = pytest.mark.skipif(postgres_binaries() is None, reason="PostgreSQL is not installed")


def lines_of(found: dict[str, object]) -> dict[tuple[str, str], dict[str, object]]:
    lines = found["lines"]
    assert isinstance(lines, list)
    assert all(f"bench.what.{line['what']}" in sentences() for line in lines)
    return {(line["what"], line["on"]): line for line in lines}


@needs_postgres
def test_flat_has_a_bar_for_each_page_on_both_databases(room: Path) -> None:
    found = lines_of(flat.run(flat.Sizes(rounds=1, few=40, many=80, asks=1, services=False)))
    expected = {(f"flat_{page}", on) for page in flat.PAGES for on in ("sqlite", "postgresql")}
    assert set(found) == expected
    assert {(line["bar"], line["rule"]) for line in found.values()} == {(1.25, "<=")}


@needs_postgres
def test_ingest_has_bars_on_sqlite_and_postgresql_beside_it(room: Path) -> None:
    sizes = ingest.Sizes(rounds=1, slices=2, saves=5, clients=4, each=3, folded=30)
    found = lines_of(ingest.run(sizes))
    bars = {what: line["bar"] for (what, on), line in found.items() if on == "sqlite"}
    assert bars == {"ingest_disk": 0.35, "ingest_crowd": 0.9, "ingest_driver": 0.5, "ingest_fold": 10.0}
    assert {line["bar"] for (_, on), line in found.items() if on == "postgresql"} == {None}
    assert set(found["ingest_disk", "sqlite"]["beside"]) == {"sqlite action, 1/s", "fdatasync, 1/s"}


def test_a_rounds_rate_is_of_all_its_slices_together() -> None:
    """10 at 2/s take 5 s, 10 at 6/s take 5/3 s: 20 in 20/3 s are 3/s."""
    sizes = ingest.Sizes(rounds=2, slices=2)
    order: list[str] = []
    rates = {
        "disk": iter([2.0, 6.0, 4.0, 4.0]),
        "action": iter([1.0, 1.0, 2.0, 2.0]),
        "fold": iter([9.0, 8.0]),
    }

    def step(name: str) -> Callable[[], float]:
        return lambda: order.append(name) or next(rates[name])  # type: ignore[func-returns-value]

    found = ingest._rounds(sizes, {name: step(name) for name in ("disk", "action")}, {"fold": step("fold")})
    assert found == {"disk": [3.0, 4.0], "action": [1.0, 2.0], "fold": [9.0, 8.0]}
    assert order == ["disk", "action", "disk", "action", "fold"] * 2


def test_reading_is_measured_beside_the_plain_way(room: Path) -> None:
    found = lines_of(reading.run(reading.Sizes(rounds=1, comments=200, single=5, starts=1, learn=400)))
    bars = {what: (line["rule"], line["bar"]) for (what, _), line in found.items()}
    assert bars == {
        "reading_rate": (">=", 5.0),
        "reading_per_second": (">=", 20_000),
        "reading_one": ("<=", 0.005),
        "reading_ready": ("<=", 3.0),
        "reading_memory": ("<=", 300.0),
    }
    assert all(line["median"] > 0 for line in found.values())


@needs_postgres
def test_crash_loses_nothing_and_leaves_nothing_half_written(room: Path) -> None:
    found = lines_of(crash.run(crash.Sizes(kills=2, recount_every=2, longest=0.1)))
    for on in ("sqlite", "postgresql"):
        assert found["crash_kills", on]["median"] == 2
        assert found["crash_kills", on]["beside"]["acknowledged"] > 0
        for what in ("crash_lost", "crash_half", "crash_tally"):
            assert (found[what, on]["bar"], found[what, on]["median"]) == (0, 0), (what, on)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM comment WHERE id = 1",
        "DELETE FROM audit_entry WHERE subject = 'response' AND subject_id = 1",
        "DELETE FROM response WHERE id = 1",
        "UPDATE response SET answers = '{}' WHERE id = 1",
    ],
)
def test_half_a_response_is_found(sqlite_record: Path, harm: str) -> None:
    for sheet in submissions(stand(), 3, seed=1):
        save_response(sheet)
    with database.reading() as session:
        assert crash.half_written(session) == 0
    with closing(
        sqlite3.connect(sqlite_record / "linsheng.db")
    ) as connection:  # a driver that checks nothing
        connection.execute(harm)
        connection.commit()
    with database.reading() as session:
        assert crash.half_written(session) == 1


def test_a_tally_that_is_off_by_one_is_found(sqlite_record: Path) -> None:
    from core.actions.fold import fold_all

    for sheet in submissions(stand(), 3, seed=1):
        save_response(sheet)
    fold_all()
    with database.writing() as session:
        assert crash.miscounted(session) == 0
        session.execute(text("UPDATE fold_state SET last_response_id = 2"))
        assert crash.miscounted(session) == 1


def test_waiting_clients_start_together_and_all_save(sqlite_record: Path) -> None:
    sheets = submissions(stand(), 12, seed=1)
    go = ingest._waiting([sheets[k::4] for k in range(4)])
    assert threading.active_count() >= 5
    go()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM response")) == 12


@pytest.mark.parametrize("yardstick", [hello, one_line])
def test_a_yardstick_is_a_stock_page_and_can_be_run_again(
    tmp_path: Path, yardstick: Callable[[Path], AbstractContextManager[Server]]
) -> None:
    with yardstick(tmp_path / "stock") as server, Visitor(server.port) as visitor:
        visitor.open()
        before = server.run_count()
        seen = visitor.rerun()
        (run,) = server.took(before, 1)
        assert 0 < run.cpu <= run.clock < 60 and 0 < seen < 60
        assert server.resident_kib() > 10_000
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, signal.SIG_DFL)


def test_a_visitor_opens_the_portals_screens_and_is_told_when_there_is_none(served: Served) -> None:
    with Visitor(int(served.url.rsplit(":", 1)[1])) as visitor:
        for name in ("", "needs", "overview"):
            visitor.open(name)
            assert 0 < visitor.rerun() < 60
        with pytest.raises(RunFailed):
            visitor.open("nowhere")


def test_bars_of_pages_are_stricter_for_forms() -> None:
    found = {name: [1.0, 2.0] for name in ("needs", "overview")} | {"hello": [4.0, 4.0]}
    form, page = (pages._line(found, {"ms seen": found}, name) for name in ("needs", "overview"))
    assert (form.what, form.bar, form.median, form.held) == ("page_form", 0.3, 0.375, False)
    assert (page.what, page.bar, page.median, page.held) == ("page", 0.6, 0.375, True)
    assert page.beside["hello, ms"] == page.beside["hello, ms seen"] == 4000
    assert set(pages.FORMS) <= set(pages.screens())


def test_a_few_pages_alone_can_be_measured_and_no_page_there_is_not() -> None:
    assert pages.wanted(("topics", "overview")) == ["overview", "topics"]
    assert pages.wanted(()) == pages.screens()
    with pytest.raises(ValueError, match="nowhere"):
        pages.wanted(("overview", "nowhere"))


def test_the_yardstick_is_shown_beside_a_page_of_one_line() -> None:
    line = pages._yardstick({"hello": [6.0, 6.0], "one line": [2.0, 3.0]})
    assert (line.what, line.median, line.bar) == ("page_yardstick", 2.5, None)
    assert f"bench.what.{line.what}" in sentences()


def test_settings_are_left_as_they_were(room: Path) -> None:
    assert settings().var == room
