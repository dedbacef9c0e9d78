"""满意度: ratings by area with interval and n, the index, ways apart, the survey, what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import database
from core.actions import round_cache
from core.actions.fold import fold_all
from core.actions.programmes import add_activity
from core.actions.rounds import NewRound, open_round, publish_questionnaire
from core.actions.submit import Submission, save_responses
from core.questionnaires.load import load_shipped
from models.base import now
from models.programme import Activity
from pages.parts import gate
from tests.pages.social_worker.conftest import told


@pytest.fixture
def feedback(community: Any) -> int:
    """An open feedback round."""
    with database.writing() as session:
        publish_questionnaire(session, load_shipped("feedback-v1"))
        opens = now() - timedelta(days=5)
        found = open_round(
            session, NewRound(community.community, "feedback-v1", "f", "活动后评价", opens, None)
        )
    round_cache.forget()
    return found


def rate(community: Any, feedback: int, area: str, *, counts: tuple[int, int], way: str = "self") -> None:
    """An activity of an area, rated 5 by some and 2 by others in everything."""
    with database.writing() as session:
        activity = add_activity(
            session,
            Activity(
                code=f"{area}-{way}", community_id=community.community, name=area, area=area, need=area,
                starts_at=now() - timedelta(days=2),
            ),
        )  # fmt: skip
    points = [5] * counts[0] + [2] * counts[1]
    save_responses(
        [
            Submission(
                feedback, dict.fromkeys(("gain", "content", "worker", "arrange"), p) | {"again": 1},
                f"{area}-{way}-{i}", mode="screen", collector=way, short=True, activity_id=activity,
            )
            for i, p in enumerate(points)
        ]
    )  # fmt: skip
    fold_all()


def test_areas_are_rated_apart_with_interval_and_base(
    community: Any, feedback: int, open_screen: Any
) -> None:
    rate(community, feedback, "elderly", counts=(42, 78))
    rate(community, feedback, "culture", counts=(80, 20))
    said = told(open_screen("satisfaction"))
    assert "<h1>老年人服务的“收获大吗”评价最低：120 人评，35% 满意</h1>" in said
    assert "评价 220 份" in said and "没有加权" in said
    # Wilson 42/120 of DOMAIN 4.7
    assert '<td class="n">35%</td><td class="n">27–44%</td>' in said


def test_the_index_tells_when_there_is_too_little_evidence(
    community: Any, feedback: int, open_screen: Any
) -> None:
    """One type of activity only: not the 70.0 of 60 fives and 40 twos, but the lower end of 80 %."""
    rate(community, feedback, "elderly", counts=(60, 40))
    said = told(open_screen("satisfaction"))
    assert "服务对象满意指数" in said and "证据不足，取下限" in said and "70.0" not in said


def test_ways_of_answering_stand_apart(community: Any, feedback: int, open_screen: Any) -> None:
    rate(community, feedback, "elderly", counts=(40, 40))
    rate(community, feedback, "elderly", counts=(40, 0), way="worker")
    said = told(open_screen("satisfaction"))
    assert "别人代填" in said and "自己在手机、电脑上填" in said
    assert '<td>别人代填</td><td class="n">40</td><td class="n">100%</td>' in said


def test_small_numbers_of_raters_are_words(community: Any, feedback: int, open_screen: Any) -> None:
    rate(community, feedback, "elderly", counts=(2, 1))
    said = told(open_screen("satisfaction"))
    assert "评的人还太少" in said and "不显示" in said
    assert ">3<" not in said and "3 人" not in said and "评价 3 份" not in said


def test_fewer_than_thirty_ratings_give_no_percentage(
    community: Any, feedback: int, open_screen: Any
) -> None:
    rate(community, feedback, "elderly", counts=(20, 9))
    said = told(open_screen("satisfaction"))
    assert "%</td>" not in said and "样本少" in said and '<td class="n">29</td>' in said


def test_the_survey_tells_satisfaction_on_the_whole_by_grid(community: Any, open_screen: Any) -> None:
    sheets = [community.answers(overall=4 if i < 24 else 2) for i in range(40)]
    save_responses([Submission(community.round, s, f"k{i}", short=True) for i, s in enumerate(sheets)])
    fold_all()
    said = told(open_screen("satisfaction"))
    assert "40 人回答，60% 满意" in said and "第1网格" in said
    assert "没有加权" in said  # nobody's number is known
    assert "还没有开始活动后评价" in said


def test_importance_stands_beside_satisfaction_and_8_is_no_rating(community: Any, open_screen: Any) -> None:
    rating = {f"imp_{i}": 5 for i in range(1, 11)} | {f"sat_{i}": 3 for i in range(1, 11)}
    full = community.answers(hh=1, yrs=4, tenure=1, status_consent=2, need_gen=["G1"], fee=1, part=[0],
                             slot=[1], channel=[1], barrier=[1], **rating)  # fmt: skip
    sheets = [full | ({"sat_5": 8} if i < 40 else {"sat_5": 1}) for i in range(80)]
    save_responses([Submission(community.round, s, f"k{i}") for i, s in enumerate(sheets)])
    fold_all()
    said = told(open_screen("satisfaction"))
    assert "差得最多：响应快慢" in said
    # The forty who never met it are no threes: the mean of the others is 1, and they are 40.
    assert '<td>响应快慢</td><td class="n">5.00</td><td class="n">1.00</td><td class="n">4.00</td>' in said
    assert '<td class="n">0%</td><td class="n">40</td><td>重点改进</td>' in said


def test_nothing_rated_yet_says_what_to_do(community: Any, feedback: int, open_screen: Any) -> None:
    said = told(open_screen("satisfaction"))
    assert "还没有评价" in said and "请大家扫现场的二维码" in said and "需求调查还没有人回答" in said


def test_who_may_not_sees_nothing(
    community: Any, feedback: int, open_screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(community, feedback, "elderly", counts=(42, 78))
    monkeypatch.setattr(gate, "current_token", lambda: None)
    assert "35%" not in told(open_screen("satisfaction"))
