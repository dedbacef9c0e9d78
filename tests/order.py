"""In which order two workers take the tests, so that they end together and share what is dear to set up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

# Whoever needs one of these waits for a portal or a browser. The plain door's go to the second worker, all
# others to the first: each has a portal and a browser of its own then, and both wait at the same time.
SERVED = {"served", "portal", "chromium"}
PLAIN = (
    "browser/test_checks",
    "browser/test_plain_board",
    "browser/test_receipt",
    "browser/test_say",
    "browser/test_stories",
)
# Files that work the longest, the longest first; a file that is not named here only comes a little later.
LONG = (
    "core/text/test_train.py",
    "core/actions/test_demo",
    "pages/test_every_page.py",
    "bench/",
    "core/actions/test_retrain.py",
    "core/actions/test_reread.py",
    "core/text/test_store.py",
    "core/analysis/",
    "test_app.py",
    "core/test_database.py",
)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0].partition("tests/")[2]


def _rank(file: str) -> int:
    return next((rank for rank, start in enumerate(LONG) if file.startswith(start)), len(LONG))


def for_workers(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The items as `--dist worksteal` should hand them out: the first worker gets the first share, and so on.

    The first share begins with what is served, the second with the plain door, what is long, and what needs
    PostgreSQL; what is quick comes last in each, for a worker without work takes from the end of another's
    share.
    """
    served, plain, long, database, quick = [], [], [], [], []
    with_postgres = {_file(item) for item in items if "postgres" in item.nodeid}
    for item in items:
        file = _file(item)
        if SERVED.intersection(getattr(item, "fixturenames", ())):
            (plain if file.startswith(PLAIN) else served).append(item)
        elif _rank(file) < len(LONG):
            long.append(item)
        elif file in with_postgres:
            database.append(item)
        else:
            quick.append(item)
    long.sort(key=lambda item: _rank(_file(item)))
    room = max(0, len(items) // max(1, workers) - len(served))
    return [*served, *quick[:room], *plain, *long, *database, *quick[room:]]
