"""Does the record agree with itself? Each rule returns what breaks it; no rule changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Table, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.questionnaires.answers import check
from core.questionnaires.load import SHIPPED, definition_hash, load, parse
from core.questionnaires.logic import strata
from core.questionnaires.schema import Definition
from core.words import say
from models.base import Base
from models.comment import Classification, Comment
from models.place import Building, Grid, Population
from models.questionnaire import Questionnaire, Round
from models.response import Response, Tombstone
from models.tables import metadata
from models.tally import FoldState, Tally
from models.taxonomy import READING_STATES
from models.topic import APPROVED, MERGED, TOPIC_STATES, CommentTopic, Topic

# Told one by one up to this many; then only how many more.
MOST_TOLD = 20
BATCH = 2_000


class Finding(NamedTuple):
    """One thing that is not as it must be: where, and what."""

    place: str
    finding: str


def figures(session: Session) -> dict[str, int]:
    """Rows of every table, comments by state, and the sums of the tally: equal after a restore elsewhere."""
    counts = {table.name: _count(session, table) for table in metadata.sorted_tables if table.name not in OWN}
    states = dict(session.execute(_by_state()).all())
    sums = session.execute(select(func.coalesce(func.sum(col(Tally.n)), 0))).scalar_one()
    watermark = session.scalar(select(func.max(col(FoldState.last_response_id))))
    return {
        **counts,
        **{f"comment.{state}": int(states.get(state, 0)) for state in READING_STATES},
        "tally.n": int(sums),
        "watermark": int(watermark or 0),
    }


# Sessions are of this installation: no backup takes them along.
OWN = ("staff_session",)


def _count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def _by_state() -> Any:
    return select(col(Comment.state), func.count()).group_by(col(Comment.state))


def findings(session: Session) -> list[Finding]:
    """What every rule but the tally's recount finds, in the rules' order."""
    rules: tuple[Callable[[Session], Iterator[Finding]], ...] = (
        orphans,
        comments_kept,
        readings_agree,
        places_agree,
        topics_agree,
        watermark_holds,
        questionnaires_unchanged,
        answers_valid,
    )
    return [finding for rule in rules for finding in rule(session)]


def orphans(session: Session) -> Iterator[Finding]:
    """A row never points to one that isn't there (checked although the database should refuse it)."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            parent = key.column.table.alias()
            missing = select(func.count()).select_from(
                table.outerjoin(parent, key.parent == parent.c[key.column.name])
            )
            lost = missing.where(key.parent.is_not(None), parent.c[key.column.name].is_(None))
            if n := session.execute(lost).scalar_one():
                told = say("cli.check.orphan", n=n, column=key.parent.name, parent=key.column.table.name)
                yield Finding(table.name, told)


def comments_kept(session: Session) -> Iterator[Finding]:
    """Comments in = classified + abstained + waiting + failed."""
    states = dict(session.execute(_by_state()).all())
    for state in sorted(set(states) - set(READING_STATES)):
        yield Finding("comment", say("cli.check.unknown_state", n=states[state], state=state))
    total, known = sum(states.values()), sum(states.get(state, 0) for state in READING_STATES)
    if total != known:
        yield Finding("comment", say("cli.check.conservation", total=total, sum=known))


def readings_agree(session: Session) -> Iterator[Finding]:
    """A comment is classified or abstained exactly when its classification is there and says so."""
    state, found = col(Comment.state), Classification
    wrong = or_(
        and_(state == "classified", or_(col(found.id).is_(None), col(found.abstained))),
        and_(state == "abstained", or_(col(found.id).is_(None), ~col(found.abstained))),
        and_(state.in_(("waiting", "failed")), col(Comment.classification_id).is_not(None)),
    )
    its_own = and_(col(found.id) == col(Comment.classification_id), col(found.comment_id) == col(Comment.id))
    query = select(func.count()).select_from(Comment).outerjoin(found, its_own).where(wrong)
    if n := session.execute(query).scalar_one():
        yield Finding("comment", say("cli.check.reading_mismatch", n=n))


def places_agree(session: Session) -> Iterator[Finding]:
    """A building lies in the grid beside it, a grid in the community of its row."""
    for table in (_table(Response), _table(Comment)):
        apart = or_(table.c.grid_id.is_(None), table.c.grid_id != col(Building.grid_id))
        query = select(func.count()).select_from(table).join(Building, table.c.building_id == Building.id)
        if n := session.execute(query.where(apart)).scalar_one():
            yield Finding(table.name, say("cli.check.building_grid", n=n))
    for table in (_table(Comment), _table(Population)):
        query = select(func.count()).select_from(table).join(Grid, table.c.grid_id == Grid.id)
        if n := session.execute(query.where(table.c.community_id != col(Grid.community_id))).scalar_one():
            yield Finding(table.name, say("cli.check.other_community", n=n))


def topics_agree(session: Session) -> Iterator[Finding]:
    """Topics are of their comments' community; one with a title says who approved it; merged ones lead on."""
    joined = select(func.count()).select_from(CommentTopic).join(Topic).join(Comment)
    apart = joined.where(col(Topic.community_id) != col(Comment.community_id))
    if n := session.execute(apart).scalar_one():
        yield Finding("comment_topic", say("topics.check.community", n=n))
    into = aliased(Topic)
    leads = and_(
        col(into.area) == col(Topic.area),
        col(into.community_id) == col(Topic.community_id),
        col(into.state) != MERGED,
    )
    merged = col(Topic.state) == MERGED
    wrong = or_(
        col(Topic.state).not_in(TOPIC_STATES),
        and_(col(Topic.state) == APPROVED, or_(col(Topic.title) == "", col(Topic.titled_by).is_(None))),
        merged != col(Topic.merged_into_id).is_not(None),
        and_(merged, or_(col(into.id).is_(None), ~leads)),
    )
    query = select(func.count()).select_from(Topic).outerjoin(into, col(into.id) == col(Topic.merged_into_id))
    if n := session.execute(query.where(wrong)).scalar_one():
        yield Finding("topic", say("topics.check.mismatch", n=n))


def _table(model: type[Base]) -> Table:
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def watermark_holds(session: Session) -> Iterator[Finding]:
    """The fold has not run ahead of the responses, unless the last ones were withdrawn."""
    mark = session.scalar(select(func.max(col(FoldState.last_response_id)))) or 0
    last = session.scalar(select(func.max(col(Response.id)))) or 0
    withdrawn = session.scalar(select(func.count()).select_from(Tombstone)) or 0
    if mark > last and not withdrawn:
        yield Finding("fold_state", say("cli.check.watermark", stored=mark, last=last))


def questionnaires_unchanged(session: Session) -> Iterator[Finding]:
    """A published definition is what it was: by its digest, and beside the shipped file of its name."""
    for row in session.scalars(select(Questionnaire).order_by(col(Questionnaire.code))):
        if definition_hash(parse(row.definition)) != row.digest:
            yield Finding(row.code, say("cli.check.definition_digest"))
        path = SHIPPED / f"{row.code}.yaml"
        if path.is_file() and definition_hash(load(path)) != row.digest:
            yield Finding(row.code, say("cli.check.definition_changed"))


def answers_valid(session: Session) -> Iterator[Finding]:
    """Every response is still valid for its questionnaire, and its strata are those its answers give."""
    definitions = {
        round_id: parse(definition)
        for round_id, definition in session.execute(
            select(col(Round.id), col(Questionnaire.definition)).join(Questionnaire)
        )
    }
    table, faulty = _table(Response), 0
    query = select(table).order_by(table.c.id).execution_options(yield_per=BATCH)
    for row in session.execute(query).mappings():
        told = _fault(definitions[row["round_id"]], row)
        faulty += bool(told)
        if told and faulty <= MOST_TOLD:
            yield Finding("response", told)
    if faulty > MOST_TOLD:
        yield Finding("response", say("cli.check.answers_more", n=faulty - MOST_TOLD))


def _fault(definition: Definition, row: Mapping[Any, Any]) -> str:
    """What is wrong with one response; empty when nothing is. Its texts live as comments, not here."""
    answers = row["answers"]
    checked = check(definition, answers, short=row["short"])
    for problem in checked.problems:
        question = definition.by_code.get(problem.question)
        if question is None or question.kind != "text":
            sentence = problem.sentence()
            return say("cli.check.answers_wrong", id=row["id"], question=problem.question, sentence=sentence)
    if checked.answers != answers:
        return say("cli.check.answers_changed", id=row["id"])
    person = strata(definition, answers)
    told = (
        row["who"],
        row["grid_id"] or 0,
        row["building_id"] or 0,
        row["age_band"],
        row["sex"],
        row["groups"],
    )
    meant = (person.who, person.grid, person.building, person.age_band, person.sex, ";".join(person.groups))
    return "" if told == meant else say("cli.check.strata_wrong", id=row["id"])
