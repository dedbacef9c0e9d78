"""The Streamlit script: who is here, the menu of their roles, then the screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from core.access import Viewer
from core.words import say
from pages.parts import gate
from pages.parts.screens import SCREENS, Screen


def page(screen: Screen, viewer: Viewer | None) -> st.Page:
    """The screen as Streamlit knows it: one that isn't open to the viewer has an address but no menu line."""
    return st.Page(
        screen.path,
        title=say(f"menu.screen.{screen.name}"),
        url_path=screen.name,
        default=screen is SCREENS[0],
        visibility="visible" if screen.open_to(viewer) and screen.name != "thanks" else "hidden",
    )


def menu(viewer: Viewer | None) -> dict[str, list[st.Page]]:
    """All screens by section, the staff's before the residents'."""
    sections: dict[str, list[st.Page]] = {}
    for screen in sorted(SCREENS, key=lambda one: one.right is None):
        title = say(f"menu.section.{screen.section}")
        sections.setdefault(title, []).append(page(screen, viewer))
    return sections


@cache
def style() -> str:
    """The look of what stands above every screen."""
    return Path(__file__).with_name("parts").joinpath("menu.css").read_text(encoding="utf8")


viewer = gate.arrive()
chosen = st.navigation(menu(viewer), position="sidebar" if viewer else "hidden", expanded=True)
staff_only = any(screen.right and screen.name == chosen.url_path for screen in SCREENS)
st.set_page_config(
    page_title=say("menu.title", screen=chosen.title), layout="wide" if staff_only else "centered"
)
st.html(f"<style>{style()}</style>")
if viewer is not None:
    gate.show_who(viewer)
chosen.run()
