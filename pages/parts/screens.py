"""All screens as data: file below pages/, section of the menu, and the right it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.access import Right, Viewer


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen; its address is its file's stem. Without a right it is for residents, that is everybody."""

    path: str
    section: str
    right: Right | None = None

    @property
    def name(self) -> str:
        """The last part of the address, and the key under menu.screen."""
        return self.path.rpartition("/")[2].removesuffix(".py")

    def open_to(self, viewer: Viewer | None) -> bool:
        """Whether the viewer (None: a resident) may see it."""
        return self.right is None or (viewer is not None and viewer.may(self.right))


def _residents(*names: str) -> tuple[Screen, ...]:
    return tuple(Screen(f"resident/{name}.py", "resident") for name in names)


# The first screen of the table is the portal's home.
SCREENS: Final = (
    *_residents("home", "needs", "sentence", "feedback", "board", "receipt", "thanks"),
    Screen("committee/overview.py", "committee", Right.OVERVIEW),
    Screen("committee/demand_map.py", "committee", Right.DEMAND),
    Screen("committee/alerts.py", "committee", Right.ALERTS),
    Screen("committee/comments.py", "committee", Right.COMMENTS),
    Screen("committee/answers.py", "committee", Right.ANSWERS),
    Screen("committee/unplaced.py", "committee", Right.PLACING),
    Screen("committee/findings.py", "committee", Right.OVERVIEW),
    Screen("committee/publish.py", "committee", Right.PUBLISH),
    Screen("social_worker/gap.py", "social_worker", Right.GAP),
    Screen("social_worker/satisfaction.py", "social_worker", Right.SATISFACTION),
    Screen("social_worker/topics.py", "social_worker", Right.COMMENTS),
    Screen("social_worker/review.py", "social_worker", Right.REVIEW),
    Screen("social_worker/classifier.py", "social_worker", Right.CLASSIFIER),
    Screen("social_worker/accuracy.py", "social_worker", Right.CLASSIFIER),
    Screen("admin/places.py", "admin", Right.SETUP),
    Screen("admin/rounds.py", "admin", Right.ROUNDS),
    Screen("admin/recordings.py", "admin", Right.ROUNDS),
    Screen("admin/duty.py", "admin", Right.SETUP),
    Screen("admin/posters.py", "admin", Right.POSTERS),
    Screen("admin/accounts.py", "admin", Right.ACCOUNTS),
)

# Plain pages on which staff fill in for residents: what the sign-in is told → address.
HELPING: Final = {"assist": "f/assist", "kiosk": "f/kiosk"}
# Where a role begins; a person with several roles begins where the first of them does.
_FIRST: Final = {
    "social_worker": "gap",
    "supervisor": "gap",
    "provider": "gap",
    "admin": "places",
}


def first_screen(viewer: Viewer, wanted: str = "") -> str:
    """The address to open after signing in, without its slash: the wanted one if the viewer may see it."""
    if wanted in HELPING and viewer.may(Right.ASSIST):
        return HELPING[wanted]
    names = [screen.name for screen in SCREENS if screen.right and screen.open_to(viewer)]
    if wanted in names:
        return wanted
    of_role = _FIRST.get(viewer.roles[0], "") if viewer.roles else ""
    return of_role if of_role in names else next(iter(names), "")
