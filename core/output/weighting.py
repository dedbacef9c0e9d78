"""What a reader must be told beside weighted figures: how they were weighted, and what is weak about it."""

from __future__ import annotations

from core.analysis.suppression import shown_count
from core.analysis.survey import Weighed
from core.output.numbers import decimal, number
from core.words import say


def weighting_notes(weighed: Weighed) -> list[str]:
    """Sentences, the method first; a figure without known population says that it is unweighted."""
    margins = "、".join(say(f"estimate.margin.{name}") for name in weighed.margins)
    figures = {
        "n": number(weighed.n), "n_eff": number(weighed.n_eff), "deff": decimal(weighed.deff),
    }  # fmt: skip
    if shown_count(weighed.n) is None or weighed.n == 0:
        return [say("estimate.method.few" if weighed.n else "estimate.method.nobody")]
    method = say(f"estimate.method.{weighed.method}", margins=margins, **figures)
    return [method, *(say(f"estimate.note.{code}") for code in weighed.notes)]
