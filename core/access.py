"""Who may see and do what: rights by role, as data. A grant ties a role to a scope."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Right(StrEnum):
    """One thing a member of staff may see or do."""

    OVERVIEW = "overview"
    DEMAND = "demand"
    COMMENTS = "comments"
    GAP = "gap"
    SATISFACTION = "satisfaction"
    SETUP = "setup"
    ACCOUNTS = "accounts"
    ROUNDS = "rounds"
    PUBLISH = "publish"
    ALERTS = "alerts"
    CONTACTS = "contacts"
    POSTERS = "posters"
    PLACING = "placing"
    ANSWERS = "answers"
    REVIEW = "review"
    REVIEWERS = "reviewers"
    CLASSIFIER = "classifier"
    ASSIST = "assist"


_FIGURES: Final = frozenset({Right.OVERVIEW, Right.DEMAND, Right.GAP, Right.SATISFACTION})

# Redacted comments are read by those who answer or serve residents; a purchaser sees figures, not words.
# How much each reviewer read, by name, is for who guides them.
PERMISSIONS: Final[dict[str, frozenset[Right]]] = {
    "resident": frozenset(),
    "committee": _FIGURES
    | {
        Right.COMMENTS,
        Right.ANSWERS,
        Right.ALERTS,
        Right.CONTACTS,
        Right.PUBLISH,
        Right.POSTERS,
        Right.PLACING,
        Right.ASSIST,
    },
    "social_worker": _FIGURES
    | {Right.COMMENTS, Right.ANSWERS, Right.ALERTS, Right.CONTACTS, Right.REVIEW, Right.ASSIST},
    "supervisor": _FIGURES
    | {
        Right.COMMENTS,
        Right.ALERTS,
        Right.CONTACTS,
        Right.REVIEW,
        Right.REVIEWERS,
        Right.CLASSIFIER,
        Right.ASSIST,
    },
    "provider": _FIGURES,
    "purchaser": _FIGURES,
    "assessor": _FIGURES,
    "admin": _FIGURES | {Right.SETUP, Right.ACCOUNTS, Right.ROUNDS, Right.POSTERS, Right.CLASSIFIER},
}


class Grant(NamedTuple):
    """One role within one scope; `scope_id` is None when the scope is `all`."""

    role: str
    scope: str
    scope_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff who is signed in."""

    account_id: int
    name: str
    display: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The viewer's roles, each once, in the order they were granted."""
        return tuple(dict.fromkeys(grant.role for grant in self.grants))

    def may(self, right: Right) -> bool:
        """Whether any of the viewer's roles has the right, somewhere."""
        return bool(self.granting(right))

    def granting(self, right: Right) -> tuple[Grant, ...]:
        """The grants that carry the right; their scopes say where it holds."""
        return tuple(grant for grant in self.grants if right in PERMISSIONS.get(grant.role, frozenset()))
