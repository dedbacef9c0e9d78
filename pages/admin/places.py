"""本地配置: grids, buildings and population, from pasted tables."""

from __future__ import annotations

from core import database
from core.access import Right
from core.queries.setup import places_standing, population_standing
from core.words import say
from pages.parts import deeds, gate, places_form, population_form, show

seat = gate.require(Right.SETUP)

with database.reading() as session:
    places = places_standing(session, seat.community.community_id)
    people = population_standing(session, seat.community.community_id)

finding = places_form.in_words(places)
show.top(seat.community, say("menu.screen.places"), finding, how=population_form.in_words(people))
deeds.told()
places_form.draw(seat)
population_form.draw(seat, with_places=places.grids > 0)
