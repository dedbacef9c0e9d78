"""A learning curve is of hands held out, and rises on real comments."""

from __future__ import annotations

import pytest

from core.text.labelled import read_labelled
from core.text.leave_out import learning_curve
from core.text.lexicon import Lexicon
from tests.core.text.conftest import SmallData


@pytest.mark.parametrize("parts", [3])
def test_more_comments_read_better_and_the_last_point_has_learned_from_all(
    shared_data: SmallData, parts: int
) -> None:
    rows, steps = read_labelled(shared_data.labelled), []
    found = learning_curve(
        rows, Lexicon.load(shared_data.lexicon), [40, 10_000], parts=parts, advance=steps.append
    )
    # Six hands of sixty: two are held out of three groups, so 240 are left to learn from.
    assert [point.n for point in found] == [40, 240]
    assert steps == [1, 1]
    assert found[1].accuracy > found[0].accuracy
    assert all(0 < point.macro_f1 < 1 for point in found)
