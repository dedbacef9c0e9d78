"""Why the machine read a comment as it did, in one line: the words that spoke for its area."""

from __future__ import annotations

from core.actions import background
from core.queries.review import ReviewItem
from core.redaction import HIDDEN
from core.words import say
from models.taxonomy import AREA_LABELS

# Words worth less than this part of the weightiest one decided nothing.
MOST_WORDS, LEAST_PART = 3, 0.2


def line(item: ReviewItem) -> str:
    """因为：…; empty where nothing can be said: no reading yet, no classifier at hand, or another by now."""
    reader = background.reader_at_hand()
    if reader is None or not item.suggestions or item.state != "classified":
        return ""
    if reader.likeliest([item.text])[0][0] != item.suggestions[0]:
        return ""
    spoke = [each for each in reader.explain(item.text) if each.weight > 0 and each.word not in HIDDEN]
    words = dict.fromkeys(each.word for each in spoke if each.weight >= LEAST_PART * spoke[0].weight)
    if not words:
        return ""
    told = say("review.item.and").join(list(words)[:MOST_WORDS])
    return say("review.item.because", area=AREA_LABELS[item.suggestions[0]], words=told)
