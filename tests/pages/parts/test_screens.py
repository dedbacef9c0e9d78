"""The table of screens: who begins where."""

from __future__ import annotations

import pytest

from core.access import Grant, Viewer
from core.words import sentences
from models.taxonomy import ROLES
from pages.parts.screens import SCREENS, first_screen
from tests.serving import ROOT


def _viewer(*roles: str) -> Viewer:
    return Viewer(1, "wang", "王", tuple(Grant(role, "all") for role in roles))


def test_every_screen_has_a_file_a_name_and_an_address_of_its_own() -> None:
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    for screen in SCREENS:
        assert (ROOT / "pages" / screen.path).is_file(), screen.path
        assert f"menu.screen.{screen.name}" in sentences()
        assert f"menu.section.{screen.section}" in sentences()


def test_every_file_of_a_room_is_in_the_table() -> None:
    rooms = {screen.path.split("/")[0] for screen in SCREENS}
    found = {f"{room}/{path.name}" for room in rooms for path in (ROOT / "pages" / room).glob("*.py")}
    assert found <= {screen.path for screen in SCREENS}


@pytest.mark.parametrize(
    ("roles", "wanted", "first"),
    [
        (["committee"], "", "overview"),
        (["social_worker"], "", "gap"),
        (["supervisor"], "", "gap"),
        (["provider"], "", "gap"),
        (["purchaser"], "", "overview"),
        (["assessor"], "", "overview"),
        (["admin"], "", "places"),
        (["committee", "admin"], "", "overview"),
        (["committee"], "comments", "comments"),
        (["purchaser"], "comments", "overview"),
        (["committee"], "home", "overview"),
        (["resident"], "", ""),
        ([], "", ""),
    ],
)
def test_a_role_begins_at_its_first_screen(roles: list[str], wanted: str, first: str) -> None:
    assert first_screen(_viewer(*roles), wanted) == first


def test_residents_see_no_staff_screen_and_staff_see_theirs() -> None:
    assert {screen.section for screen in SCREENS if screen.open_to(None)} == {"resident"}
    for role in set(ROLES) - {"resident"}:
        assert any(screen.right and screen.open_to(_viewer(role)) for screen in SCREENS)
