"""How sheets come to be filled in at this browser: by residents alone, with a worker's help, or at a kiosk.

A worker's help rests on their sign-in and a cookie that only names the way; a kiosk on a signed cookie, for
nobody is signed in there.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core import database
from core.access import Right, Viewer
from core.actions.accounts import touch
from core.errors import Unavailable
from core.queries.rounds import RoundDoor
from core.queries.viewers import communities_for, signed_in
from core.security import key_for
from models.base import now
from pages.parts.gate import COOKIE

ASSIST, KIOSK = "ls_assist", "ls_kiosk"
HOURS: Final = 12
# Which mode and collector (models.taxonomy) each way of helping means.
WAYS: Final = {"worker": ("plain", "worker"), "phone": ("phone", "phone"), "paper": ("paper", "paper")}
_COOKIE: Final = re.compile(r"([0-9]{1,12})\.([0-9]{1,12})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Manner:
    """Mode and collector of new sheets, and where they hold: a kiosk's round, a worker's communities.

    `lapsed`: a worker was helping here, but is not signed in any more.
    """

    mode: str = "plain"
    collector: str = "self"
    round_id: int = 0
    communities: frozenset[int] = frozenset()
    account_id: int | None = None
    lapsed: bool = False

    @property
    def kiosk(self) -> bool:
        """Whether this is a kiosk."""
        return self.round_id > 0

    @property
    def assisted(self) -> bool:
        """Whether a worker is helping."""
        return self.account_id is not None

    @property
    def way(self) -> str:
        """The way of helping, a key of WAYS; empty for none."""
        found = (way for way, means in WAYS.items() if means == (self.mode, self.collector))
        return next(found, "")

    def at(self, door: RoundDoor) -> Manner:
        """How sheets of this round come about here: a manner that does not hold for it leaves them plain."""
        holds = door.round_id == self.round_id or door.community.community_id in self.communities
        return self if holds else PLAIN


PLAIN: Final = Manner()


def manner_of(cookies: Mapping[str, str]) -> Manner:
    """The manner the browser's cookies stand for. Raises Unavailable."""
    if round_id := kiosk_round(cookies.get(KIOSK, "")):
        return Manner("kiosk", "kiosk", round_id=round_id)
    means = WAYS.get(cookies.get(ASSIST, ""))
    if means is None:
        return PLAIN
    viewer, communities = helper(cookies)
    if viewer is None or not communities:
        return Manner(lapsed=True)
    return Manner(*means, communities=communities, account_id=viewer.account_id)


def helper(cookies: Mapping[str, str]) -> tuple[Viewer | None, frozenset[int]]:
    """Who is signed in, and the communities whose residents they may help. Raises Unavailable."""
    token = cookies.get(COOKIE)
    if not token:
        return None, frozenset()
    with database.reading() as session:
        found = signed_in(session, token, now())
        cards = communities_for(session, found.viewer, Right.ASSIST) if found else []
    if found is None:
        return None, frozenset()
    # A busy record must not keep anybody from going on; the next page notes it.
    with suppress(Unavailable):
        touch(token, found.seen_at, now())
    return found.viewer, frozenset(card.community_id for card in cards)


def kiosk_cookie(round_id: int) -> str:
    """What makes a browser a kiosk of a round, for HOURS."""
    until = round((now() + timedelta(hours=HOURS)).timestamp())
    return f"{round_id}.{until}.{_signature(round_id, until)}"


def kiosk_round(value: str) -> int:
    """The round of a kiosk's cookie; 0 for none, one that has run out, or one we never made."""
    found = _COOKIE.fullmatch(value)
    if found is None:
        return 0
    round_id, until = int(found[1]), int(found[2])
    genuine = hmac.compare_digest(found[3], _signature(round_id, until))
    return round_id if genuine and until > now().timestamp() else 0


def _signature(round_id: int, until: int) -> str:
    return hmac.digest(key_for("kiosk"), f"{round_id}|{until}".encode(), "sha256").hex()
