"""`python -m bench NAME --out FILE`: run one bench and write its report as JSON."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import orjson

NAMES = ("flat", "pages", "ingest", "crash", "door", "peers", "reading")


def main() -> None:
    """Run it."""
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("name", choices=NAMES)
    asked.add_argument("--rounds", type=int)
    asked.add_argument("--quick", action="store_true", help="small sizes: a look, not a measurement")
    asked.add_argument("--only", nargs="+", default=[], help="pages: these screens alone, by their address")
    asked.add_argument("--out", type=Path, required=True)
    given = asked.parse_args()
    logging.disable(logging.WARNING)
    bench = import_module(f"bench.{given.name}")
    sizes = bench.QUICK if given.quick else bench.Sizes()
    if given.rounds:
        sizes = replace(sizes, rounds=given.rounds)
    if given.only:
        sizes = replace(sizes, only=tuple(given.only))
    given.out.write_bytes(orjson.dumps(bench.run(sizes), option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
