"""GET /notice: what is done with what residents say, in plain words; ?v= shows an earlier version."""

from __future__ import annotations

from starlette.responses import Response

from core.notice import VERSION, notice
from core.settings import settings
from core.words import say
from pages.plain.visit import Visit


def show_notice(visit: Visit) -> Response:
    """The notice as the community of the link gives it. Raises NotFound for an unknown version."""
    now = settings()
    told = notice(
        visit.request.query_params.get("v", VERSION),
        community=visit.community.name,
        phone=visit.community.phone or say("door.notice.no_phone"),
        contact_days=now.contact_days,
        draft_days=now.draft_days,
    )
    return visit.answer("notice", notice=told, keeps={keep.id: keep for keep in told.keeps})
