"""听题录音: which questions have been read aloud, and keeping, changing or deleting a recording."""

from __future__ import annotations

import pandas as pd

from core import database
from core.access import Right
from core.actions.recordings import recordings
from core.actions.round_cache import round_facts
from core.queries.setup import rounds_of
from core.questionnaires.schema import Definition
from core.words import say
from pages.parts import deeds, gate, recording_forms, show

seat = gate.require(Right.ROUNDS)
with database.reading() as session:
    rounds = rounds_of(session, seat.community.community_id)
asked: dict[str, Definition] = {}
for one in rounds:
    definition = round_facts(one.round_id).definition
    asked.setdefault(definition.code, definition)
screen = say("menu.screen.recordings")
if not asked:
    show.top(seat.community, screen, say("admin.recordings.no_questionnaire"))
else:
    show.top(seat.community, screen, say("admin.recordings.title"), how=say("admin.recordings.how"))
    deeds.told()
    chosen = recording_forms.choose(list(asked.values()))
    kept, names = recordings(chosen.code), recording_forms.names(chosen)
    recording_forms.change(seat, chosen, kept)
    n = len(kept.keys() & names.keys())
    known = say("admin.recordings.finding", n=n, all=len(names))
    show.section(say("admin.recordings.title_list"), known if n else say("admin.recordings.finding_none"))
    heads = [say(f"admin.recordings.column_{name}") for name in ("question", "recording", "size")]
    lines = [(name, *recording_forms.state(kept.get(code))) for code, name in names.items()]
    show.table(pd.DataFrame(lines, columns=heads), numeric=[heads[2]])
