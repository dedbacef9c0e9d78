"""When a screen breaks: what its reader is told, and what the log may hold."""

from __future__ import annotations

import logging
import traceback

from core.errors import LinshengError
from core.words import say
from pages.parts import here

log = logging.getLogger(__name__)


def note(error: Exception, where: str) -> None:
    """Log the error's type and the lines of code it came through; its text may quote what somebody wrote."""
    came = traceback.extract_tb(error.__traceback__)
    lines = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in came)
    log.error("%s at %s\n%s", type(error).__name__, where, lines)


def show(error: Exception) -> bool:
    """In place of Streamlit's own words: our sentence, or that the page broke. True: it has been told."""
    if isinstance(error, LinshengError):
        here.fail(str(error))
    else:
        note(error, "screen")
        here.fail(say("signin.refused.broken"))
    return True


def _without_text(record: logging.LogRecord) -> bool:
    return record.exc_info is None


# Streamlit would log the whole error beside our line.
logging.getLogger("streamlit.error_util").addFilter(_without_text)
