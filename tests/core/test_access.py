"""Rights by role are data: who may see and do what."""

from __future__ import annotations

import pytest

from core.access import PERMISSIONS, Grant, Right, Viewer
from models.taxonomy import ROLES

FIGURES = {Right.OVERVIEW, Right.DEMAND, Right.GAP, Right.SATISFACTION}


def _viewer(*roles: str) -> Viewer:
    return Viewer(1, "wang", "王", tuple(Grant(role, "community", n) for n, role in enumerate(roles)))


def test_every_role_of_the_field_has_its_rights_and_no_other_role_has_any() -> None:
    assert set(PERMISSIONS) == set(ROLES)


def test_a_resident_role_opens_no_staff_screen() -> None:
    assert not any(_viewer("resident").may(right) for right in Right)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"resident"}))
def test_all_staff_see_figures(role: str) -> None:
    assert {right for right in FIGURES if _viewer(role).may(right)} == FIGURES


@pytest.mark.parametrize("role", ["provider", "purchaser", "assessor", "admin"])
def test_who_neither_answers_nor_serves_residents_reads_no_comments(role: str) -> None:
    assert not _viewer(role).may(Right.COMMENTS)


def test_only_who_serves_residents_opens_what_they_left_to_be_called_at() -> None:
    may = {role for role in ROLES if _viewer(role).may(Right.CONTACTS)}
    assert may == {"committee", "social_worker", "supervisor"}


@pytest.mark.parametrize("right", [Right.SETUP, Right.ACCOUNTS, Right.ROUNDS])
def test_only_an_administrator_sets_up(right: Right) -> None:
    assert [role for role in ROLES if _viewer(role).may(right)] == ["admin"]


def test_only_the_supervisor_sees_what_each_reviewer_read() -> None:
    assert [role for role in ROLES if _viewer(role).may(Right.REVIEWERS)] == ["supervisor"]


def test_two_roles_give_both_rights_each_in_its_own_scope() -> None:
    both = _viewer("admin", "committee")
    assert both.may(Right.SETUP) and both.may(Right.COMMENTS)
    assert both.granting(Right.COMMENTS) == (Grant("committee", "community", 1),)
    assert both.roles == ("admin", "committee")


def test_an_unknown_role_in_the_record_gives_nothing() -> None:
    assert not any(_viewer("king").may(right) for right in Right)
