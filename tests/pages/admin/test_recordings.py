"""The recordings screen: what is recorded, keeping another one, deleting it, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from core import database
from core.actions.recordings import recordings, save_recording
from core.words import say
from models.place import Community
from tests.pages.admin.conftest import told

SOUND = b"OggS" + bytes(2_500)


def _press(screen: Any, label: str) -> Any:
    return next(one for one in screen.button if one.label == say(f"admin.recordings.{label}")).click().run()


def test_a_recording_is_uploaded_named_and_listed(community: Any, open_screen: Any) -> None:
    screen = open_screen("recordings")
    assert say("admin.recordings.finding_none") in told(screen)
    _press(screen, "save")
    assert say("admin.recordings.file_missing") in told(screen)
    screen.selectbox[1].select("who").run()
    screen.file_uploader[0].upload("阿公.exe", SOUND, "application/x-msdownload").run()
    screen.text_input[0].set_value("吴语").run()
    _press(screen, "save")
    (kept,) = recordings("needs-v1").values()
    assert (kept.question, kept.dialect, kept.path.read_bytes()) == ("who", "吴语", SOUND)
    page = told(screen)
    assert (
        say("admin.recordings.has", dialect="吴语") in page and say("admin.recordings.size", kb="2") in page
    )


def test_what_is_no_sound_is_refused_in_a_sentence(community: Any, open_screen: Any) -> None:
    screen = open_screen("recordings")
    screen.file_uploader[0].upload("a.mp3", b"GIF89a", "audio/mpeg").run()
    _press(screen, "save")
    assert say("admin.recordings.no_sound") in told(screen) and recordings("needs-v1") == {}


def test_deleting_asks_whether_one_is_sure(community: Any, open_screen: Any) -> None:
    save_recording("needs-v1", "consent", SOUND)
    screen = _press(open_screen("recordings"), "delete")
    assert say("admin.recordings.delete_unsure") in told(screen) and recordings("needs-v1")
    screen.checkbox[0].check().run()
    screen = _press(screen, "delete")
    assert recordings("needs-v1") == {} and say("admin.recordings.finding_none") in told(screen)


def test_without_a_round_there_is_nothing_to_record(community: Any, open_screen: Any) -> None:
    with database.writing() as session:
        session.add(Community(code="new", name="新社区"))
    screen = open_screen("recordings", "root", **{"gate.community": community.community + 1})
    assert say("admin.recordings.no_questionnaire") in told(screen)


@pytest.mark.parametrize("who", ["worker"])
def test_only_those_who_set_up_rounds_may(community: Any, open_screen: Any, who: str) -> None:
    screen = open_screen("recordings", who)
    assert not screen.button and not screen.selectbox
