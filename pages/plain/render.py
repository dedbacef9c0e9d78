"""Plain pages from Jinja templates: everything is escaped, every sentence comes from data/words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from core.settings import settings
from core.words import clock, day, label, say, spoken

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"say": say, "spoken": spoken, "label": label, "day": day, "clock": clock}
    return made


def page(template: str, *, status: int = 200, **fields: object) -> HTMLResponse:
    """The page of `templates/<template>.html`; never kept by a cache, for it may be about one person."""
    text = _environment().get_template(f"{template}.html").render(demo=settings().demo, **fields)
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


def refusal(sentence: str, *, status: int) -> HTMLResponse:
    """A page that says in one sentence what was not done, and what to do."""
    return page("message", status=status, title=say("signin.refused.title"), sentence=sentence)
