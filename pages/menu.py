"""The Streamlit script: who is here, the menu of their roles, then the screen."""

from __future__ import annotations

import streamlit as st

from core.words import say
from pages.parts import gate, menu_parts
from pages.parts.screens import SCREENS

viewer = gate.arrive()
menu = menu_parts.menu(viewer)
chosen = st.navigation(menu, position="sidebar" if viewer else "hidden", expanded=True)
staff_only = any(screen.right and screen.name == chosen.url_path for screen in SCREENS)
st.set_page_config(
    page_title=say("menu.title", screen=chosen.title), layout="wide" if staff_only else "centered"
)
st.html(menu_parts.style())
if viewer is not None:
    gate.show_who(viewer)
chosen.run()
