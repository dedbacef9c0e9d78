"""The data of overview, demand map and gap page at few and at many responses: it must cost the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bench.bulk import CHUNK, Filler
from bench.ground import Cluster, Record, cluster, throwaway
from bench.report import Line, interleave, medians, most, ratio, report
from bench.sheets import stand
from core import database
from core.actions.comment_tally import recount
from core.actions.fold import fold_all
from core.analysis.estimates import estimate
from core.queries import overview, places, provision
from core.queries.survey import areas_of, needs_of, newest_round, survey_frames
from core.queries.tally import watermark

FLAT = most(1.25)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Responses in the small and the large record, how often each round asks each page's data, and whether
    a year of services stands beside the answers."""

    rounds: int = 5
    few: int = 10_000
    many: int = 1_000_000
    asks: int = 10
    services: bool = True


QUICK = Sizes(rounds=3, few=2_000, many=20_000, asks=3)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report: many ÷ few, for each page on each database."""
    with throwaway() as folder, cluster(folder) as server:
        steps: dict[str, Callable[[], float]] = {}
        for size, n in (("few", sizes.few), ("many", sizes.many)):
            for record in _records(folder, server, size):
                community_id = _filled(record, n, services=sizes.services)
                steps |= _steps(record, size, community_id, asks=sizes.asks)
        found = interleave(sizes.rounds, steps)
    return report(
        "flat", sizes, [_line(found, on, page) for on in ("sqlite", "postgresql") for page in PAGES]
    )


def _records(folder: Path, server: Cluster, size: str) -> list[Record]:
    return [Record("sqlite", folder / size), server.record(size, folder / f"{size}_on_postgres")]


def _filled(record: Record, n: int, *, services: bool) -> int:
    """The record with n responses in its needs round, folded; its community's id."""
    record.make()
    stood = stand(services=services)
    Filler(stood, chunk=min(n, CHUNK)).fill(n)
    fold_all()
    with database.writing() as session:
        recount(session)
    if record.name == "postgresql":
        with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # what the server's own housekeeping does in time
    return stood.community_id


def _line(found: dict[str, list[float]], on: str, page: str) -> Line:
    pair = found[f"{on} {page} many"], found[f"{on} {page} few"]
    beside = medians({"many": pair[0], "few": pair[1]}, "ms", times=1000)
    return ratio(f"flat_{page}", on, pair, bar=FLAT, beside=beside)


def _steps(record: Record, size: str, community_id: int, *, asks: int) -> dict[str, Callable[[], float]]:
    """Name → seconds a page's data took, asked `asks` times on an open connection."""

    def step(ask: Callable[[Session, int], None]) -> Callable[[], float]:
        def seconds() -> float:
            record.use()
            _asked(ask, community_id)  # the connection and what is compiled once
            started = time.perf_counter()
            for _ in range(asks):
                _asked(ask, community_id)
            return (time.perf_counter() - started) / asks

        return seconds

    return {f"{record.name} {page} {size}": step(ask) for page, ask in PAGES.items()}


def _asked(ask: Callable[[Session, int], None], community_id: int) -> None:
    with database.reading() as session:
        watermark(session)
        ask(session, community_id)


def _survey(session: Session, community_id: int) -> int:
    """What all three pages share: the newest needs round and its estimates; its id."""
    found = newest_round(session, community_id)
    assert found is not None
    frames = survey_frames(session, found)
    provision.population_source(session, community_id)
    estimate([*areas_of(found.definition), *needs_of(found.definition)], frames, share_bounds=True)
    return found.round_id


def _overview(session: Session, community_id: int) -> None:
    round_id = _survey(session, community_id)
    overview.responses_by_way(session, round_id)
    overview.comments_to_do(session, community_id)


def _demand(session: Session, community_id: int) -> None:
    round_id = _survey(session, community_id)
    places.grids(session, community_id)
    places.buildings(session, community_id)
    places.responses_by_building(session, round_id)


def _gap(session: Session, community_id: int) -> None:
    _survey(session, community_id)
    provision.other_provision(session, community_id)
    provision.households(session, community_id)


PAGES: dict[str, Callable[[Session, int], None]] = {"overview": _overview, "demand": _demand, "gap": _gap}
