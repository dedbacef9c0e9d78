"""English for the plain door: every sentence a resident can meet is there, with the same fields."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from core.notice import words as notice_words
from core.settings import ROOT
from core.words import ENGLISH, LANGUAGE, day, label, say, sentences, speaking
from models.base import now
from models.taxonomy import ANSWER_STATES, AREA_LABELS, COLLECTORS, MODES, VERDICTS

# Staff's own pages of the door are in Chinese.
STAFF = re.compile(r"door\.(assist|kiosk\.(title|what|set_up|lead|signed_out|start|on|end|stay)$)")
FOLDER = ROOT / "pages" / "plain"
STAFF_PAGES = {"signin", "signed_in", "signout", "poster", "slips", "posters", "assist", "kiosk_start"}
SAID = re.compile(r"""(\.?)\bsay\(\s*"([\w.]+)\"""")
# What only whoever sets the portal up can meet.
SET_UP = {"errors.empty_database"}


def _resident_files() -> list[Path]:
    found = [*FOLDER.glob("*.py"), *(FOLDER / "templates").glob("*.html")]
    return [path for path in found if path.stem.split("_")[0] not in {"poster", "signout", "assist"}
            and path.stem not in STAFF_PAGES]  # fmt: skip


def _fields(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


def test_every_sentence_of_the_door_is_there() -> None:
    chinese, english = sentences(), sentences(ENGLISH)
    missing = [
        key for key in chinese if key.startswith("door.") and key not in english and not STAFF.match(key)
    ]
    assert missing == []


@pytest.mark.parametrize("path", _resident_files(), ids=lambda p: p.name)
def test_every_sentence_a_resident_page_names_is_there(path: Path) -> None:
    found = SAID.findall(path.read_text(encoding="utf8"))
    named = {f"errors.{key}" if dot else key for dot, key in found if not key.endswith(".")} - SET_UP
    missing = [key for key in named if key not in sentences(ENGLISH) and not STAFF.match(key)]
    assert missing == []


@pytest.mark.parametrize("room", ["questionnaire.problem.", "resident.danger.", "resident.thanks.next_"])
def test_every_sentence_chosen_by_a_code_is_there(room: str) -> None:
    keys = [key for key in sentences() if key.startswith(room) and not key.endswith("next_title")]
    assert keys and [key for key in keys if key not in sentences(ENGLISH)] == []


def test_no_english_sentence_is_left_over_and_all_take_the_same_fields() -> None:
    chinese, english = sentences(), sentences(ENGLISH)
    own = ("q.", "area.", "area_what.", "answer_state.", "verdict.", "mode.", "collector.", "notice.")
    told = {key: text for key, text in english.items() if not key.startswith(own)}
    assert [key for key in told if key not in chinese] == []
    assert [key for key in told if _fields(told[key]) != _fields(chinese[key])] == []


@pytest.mark.parametrize(
    ("room", "codes"),
    [
        ("area", AREA_LABELS),
        ("answer_state", ANSWER_STATES),
        ("verdict", VERDICTS),
        ("area_what", AREA_LABELS),
        ("mode", MODES),
        ("collector", COLLECTORS),
    ],
)
def test_every_name_of_the_field_is_there(room: str, codes: dict[str, str]) -> None:
    assert [code for code in codes if f"{room}.{code}" not in sentences(ENGLISH)] == []


def test_a_language_is_spoken_inside_its_context_only() -> None:
    with speaking(ENGLISH):
        assert say("door.step.next") == "Next"
        assert label("area.elderly", AREA_LABELS["elderly"]) == "older people"
        assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", day(now()))
        # A sentence only staff meet is said in Chinese.
        assert say("menu.staff") == sentences()["menu.staff"]
    assert say("door.step.next") == "下一步"
    assert label("area.elderly", AREA_LABELS["elderly"]) == AREA_LABELS["elderly"]


def test_an_unknown_language_is_chinese() -> None:
    with speaking("tlh"):
        assert say("door.step.next") == sentences(LANGUAGE)["door.step.next"]


def test_the_notice_is_there_in_whole_with_the_same_figures() -> None:
    chinese, english = dict(notice_words()), sentences(ENGLISH)
    assert [key for key in chinese if key not in english] == []
    assert [key for key in chinese if _fields(english[key]) != _fields(chinese[key])] == []
    assert [key for key in english if key.startswith("notice.") and key not in chinese] == []
