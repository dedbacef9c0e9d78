"""The front door: Streamlit's screens and the plain pages in one process, on one port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool

from core import database
from core.actions import background
from core.errors import LinshengError
from core.security import require_real_secret
from pages.parts import trouble
from pages.plain.prompt import answer_at_once
from pages.plain.routes import exception_handlers, middleware, routes


def make_ready() -> None:
    """Check the secret and migrate a new database; what is missing ends the process with a sentence."""
    try:
        require_real_secret()
        database.upgrade()
    except LinshengError as error:
        raise SystemExit(str(error)) from None


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """The workers run as long as the portal does; they load what is slow, so no page waits for it."""
    answer_at_once()
    background.start()
    try:
        yield
    finally:
        await run_in_threadpool(background.stop)


make_ready()
app = st.App(
    Path(__file__).with_name("pages") / "menu.py",
    lifespan=lifespan,
    routes=routes(),
    middleware=middleware(),
    exception_handlers=exception_handlers(),
    on_script_error=trouble.show,
)
