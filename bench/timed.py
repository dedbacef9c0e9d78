"""`python -m bench.timed run SCRIPT …`: Streamlit as it is, with a stopwatch around each run of the script.

A browser sees more than the run: Streamlit hands its messages out every 10 ms. What is compared is the run,
from the moment a rerun is taken up to its end, the collection of garbage that Streamlit forces included.
"""

from __future__ import annotations

import os
import time
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web import cli

RUNS = "LINSHENG_BENCH_RUNS"


def watch(path: str) -> None:
    """Append the seconds of every run to a file, one a line: as a clock has them, and of the processor."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    run = ScriptRunner._run_script

    def timed(self: ScriptRunner, *given: Any, **named: Any) -> None:
        started, spent = time.perf_counter(), time.thread_time()
        try:
            run(self, *given, **named)
        finally:
            took = time.perf_counter() - started, time.thread_time() - spent
            os.write(handle, "{:.6f} {:.6f}\n".format(*took).encode())

    ScriptRunner._run_script = timed  # type: ignore[method-assign]


if __name__ == "__main__":
    watch(os.environ[RUNS])
    cli.main(prog_name="streamlit")
