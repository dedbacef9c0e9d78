"""Waiting callers share a commit; a bad item fails alone; nobody gets another's result."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.actions.group_commit import MOST, GroupCommit


def test_a_lone_caller_is_written_at_once_and_alone() -> None:
    batches: list[list[int]] = []
    commits = GroupCommit[int, int, int](
        int, lambda items: batches.append(list(items)) or [i * 10 for i in items]
    )  # type: ignore[func-returns-value]
    assert commits.save(4) == 40
    assert batches == [[4]]


def test_a_lone_callers_error_is_his_own_and_holds_up_nobody() -> None:
    def write(items: Sequence[int]) -> Sequence[int]:
        if 13 in items:
            raise ValueError("thirteen")
        return items

    commits = GroupCommit[int, int, int](int, write)
    with pytest.raises(ValueError, match="thirteen"):
        commits.save(13)
    assert commits.save(14) == 14


def test_who_queued_up_behind_a_lone_caller_that_failed_is_written() -> None:
    is_writing, go_on = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> Sequence[int]:
        is_writing.set()
        go_on.wait(10)
        if 13 in items:
            raise ValueError("thirteen")
        return items

    commits = GroupCommit[int, int, int](int, write)
    with ThreadPoolExecutor(8) as pool:
        lone = pool.submit(commits.save, 13)
        is_writing.wait(10)
        others = [pool.submit(commits.save, i) for i in range(5)]
        while len(commits._queue) < 5:
            pass
        go_on.set()
        assert [each.result(10) for each in others] == [0, 1, 2, 3, 4]
        with pytest.raises(ValueError, match="thirteen"):
            lone.result(10)


def test_callers_that_wait_behind_a_commit_share_the_next_one() -> None:
    batches: list[int] = []
    first_is_writing, go_on = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> list[int]:
        batches.append(len(items))
        first_is_writing.set()
        go_on.wait(10)
        return [i * 10 for i in items]

    commits = GroupCommit[int, int, int](int, write)
    with ThreadPoolExecutor(40) as pool:
        first = pool.submit(commits.save, 0)
        first_is_writing.wait(10)
        waiting = [pool.submit(commits.save, i) for i in range(1, 31)]
        while len(commits._queue) < 30:
            pass
        go_on.set()
        assert [first.result(10), *(each.result(10) for each in waiting)] == [i * 10 for i in range(31)]
    assert batches == [1, 30]


def test_no_commit_takes_more_than_its_share() -> None:
    batches: list[int] = []

    def write(items: Sequence[int]) -> Sequence[int]:
        batches.append(len(items))
        return items

    commits = GroupCommit[int, int, int](int, write)
    with ThreadPoolExecutor(64) as pool:
        assert sorted(pool.map(commits.save, range(2000))) == list(range(2000))
    assert sum(batches) == 2000
    assert max(batches) <= MOST


def test_a_bad_item_fails_alone_and_the_others_are_written() -> None:
    written: list[int] = []

    def write(items: Sequence[int]) -> Sequence[int]:
        if 13 in items:
            raise ValueError("thirteen")
        written.extend(items)
        return items

    commits = GroupCommit[int, int, int](int, write)
    with ThreadPoolExecutor(20) as pool:
        results = {i: pool.submit(commits.save, i) for i in range(20)}
        with pytest.raises(ValueError, match="thirteen"):
            results[13].result(10)
        assert all(results[i].result(10) == i for i in range(20) if i != 13)
    assert sorted(written) == [i for i in range(20) if i != 13]


def test_what_cannot_be_prepared_fails_alone_and_is_never_written() -> None:
    batches: list[list[int]] = []
    first_is_writing, go_on = threading.Event(), threading.Event()

    def prepare(brought: str) -> int:
        return int(brought)

    def write(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        first_is_writing.set()
        go_on.wait(10)
        return items

    commits = GroupCommit[str, int, int](prepare, write)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(commits.save, "1")
        first_is_writing.wait(10)
        brought = ["2", "no number", "3"]
        others = [pool.submit(commits.save, each) for each in brought]
        while len(commits._queue) < 3:
            pass
        go_on.set()
        assert (first.result(10), others[0].result(10), others[2].result(10)) == (1, 2, 3)
        with pytest.raises(ValueError, match="no number"):
            others[1].result(10)
    assert [sorted(batch) for batch in batches] == [[1], [2, 3]]
    with pytest.raises(ValueError, match="none"):
        commits.save("none")
