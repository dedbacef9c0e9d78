"""What stands around every screen: the menu's pages, made once for a session, and the style sheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from core.access import Viewer
from core.words import say
from pages.parts.screens import SCREENS, Screen

Menu = dict[str, list[st.Page]]
_MENU = "menu.pages"


def menu(viewer: Viewer | None) -> Menu:
    """All screens by section, the staff's before the residents'; one not open to the viewer has an address
    but no menu line.

    Making them looks up each file; a session keeps them until its viewer may see other screens.
    """
    shown = tuple(screen.name for screen in SCREENS if screen.open_to(viewer) and screen.name != "thanks")
    kept: tuple[tuple[str, ...], Menu] | None = st.session_state.get(_MENU)
    if kept is None or kept[0] != shown:
        kept = st.session_state[_MENU] = shown, _made(shown)
    return kept[1]


def _made(shown: tuple[str, ...]) -> Menu:
    sections: Menu = {}
    for screen in sorted(SCREENS, key=lambda one: one.right is None):
        title = say(f"menu.section.{screen.section}")
        sections.setdefault(title, []).append(_page(screen, "visible" if screen.name in shown else "hidden"))
    return sections


def _page(screen: Screen, visibility: str) -> st.Page:
    return st.Page(
        screen.path,
        title=say(f"menu.screen.{screen.name}"),
        url_path=screen.name,
        default=screen is SCREENS[0],
        visibility=visibility,  # type: ignore[arg-type]
    )


@cache
def style() -> str:
    """The look of what stands above every screen."""
    return f"<style>{Path(__file__).with_name('menu.css').read_text(encoding='utf8')}</style>"
