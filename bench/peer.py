"""The peer: django-survey-and-report in an environment of its own, asked the questions of the portal."""

from __future__ import annotations

import html
import re
import subprocess
import time
import urllib.error
import urllib.request
import venv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.form import Fields
from bench.ground import free_port
from bench.portal import Portal
from bench.wire import Phone
from core.actions.demo import NEEDS
from core.questionnaires.load import load_shipped
from core.questionnaires.schema import Choice, Definition, Question
from core.settings import ROOT

PEER = ("django-survey-and-report", "waitress")
START_SECONDS, INSTALL_SECONDS = 60.0, 600.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ASKED = re.compile(r'name="question_(\d+)"(?: value="([^"]*)")?')
KINDS = {"multiple": "select-multiple", "rank": "select-multiple", "text": "text", "number": "integer"}
THANKS = "Your answers have been saved"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the peer: the code its answer has here, the codes of its choices, what it is there."""

    code: str
    codes: tuple[str, ...]
    spec: dict[str, Any]

    def sent(self, given: Any, offered: Sequence[str]) -> list[str]:
        """The stored answer as the peer's form sends it; `offered`: its values of the choices, in order."""
        if given is None:
            return []
        if isinstance(given, Mapping):
            return [f"b{given['building']}"] if given.get("building") else []
        if not self.codes:
            return [str(given)]
        values = dict(zip(self.codes, offered, strict=True))
        return [values[str(each)] for each in (given if isinstance(given, list) else [given])]


def install(home: Path) -> Path | None:
    """The python of an environment of its own with the peer in it; None where it can't be had."""
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEER]
    with (home.parent.parent / "peer.log").open("wb") as log:
        try:
            done = subprocess.run(words, stdout=log, stderr=log, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
    return python if done.returncode == 0 else None


def spec_of(portal: Portal) -> list[Asked]:
    """The questions of the full form in the peer's kinds; of a matrix as many rows as a person is asked."""
    houses = [f"b{id_}" for id_ in portal.stood.buildings.values()]
    definition = load_shipped(NEEDS)
    return [
        asked
        for section in definition.sections
        for question in section.questions
        for asked in _asked(question, section.title, houses, _choices(definition, question))
    ]


def _choices(definition: Definition, question: Question) -> list[Choice]:
    """The question's own choices, or all of those it takes from other questions' answers."""
    piped = [each for code in question.piped_from for each in definition.by_code[code].choices]
    return list({each.code: each for each in (*piped, *question.choices)}.values())


def _asked(question: Question, section: str, houses: Sequence[str], own: Sequence[Choice]) -> Iterator[Asked]:
    rows = question.rows[: question.draw or None]
    kind = "select" if question.kind == "place" else KINDS.get(question.kind, "radio")
    choices = list(houses) if question.kind == "place" else [_choice(each) for each in own]
    needed = question.kind == "consent" and question.required
    for code, text in [(row.code, row.label) for row in rows] or [(question.code, question.text)]:
        spec = {"section": section, "text": text, "required": needed, "type": kind, "choices": choices}
        yield Asked(code, tuple(str(choice.code) for choice in own), spec)


def _choice(choice: Choice) -> str:
    """The peer makes a choice's value of its words; the code keeps them apart."""
    return f"{choice.code} {choice.label}".replace("|", " ")


@contextmanager
def peer(python: Path, folder: Path, asked: Sequence[Asked], *, tuned: bool = False) -> Iterator[int]:
    """The peer's server on loopback until the block ends: its port. `tuned`: see peer_site."""
    folder.mkdir()
    spec, port = folder / "peer.json", free_port()
    spec.write_bytes(orjson.dumps([each.spec for each in asked]))
    words = [str(python), str(ROOT / "bench" / "peer_site.py"), str(folder), str(port), str(spec)]
    words += ["tuned"] if tuned else []
    with (folder / "peer_site.log").open("wb") as log:
        child = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(port, child, folder / "peer_site.log")
        yield port
    finally:
        child.terminate()
        child.wait(30)


def _wait(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/survey/1/", timeout=10):
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")[-2000:]) from None
            time.sleep(0.1)


async def send_theirs(port: int, asked: Sequence[Asked], sheet: Mapping[str, Any]) -> None:
    """One sheet to the peer: its page, then the form."""
    phone = Phone(port, "127.0.0.1")
    page = (await phone.get("/survey/1/")).page
    token, offered = TOKEN.search(page), defaultdict[int, list[str]](list)
    for number, value in ASKED.findall(page):
        offered[int(number)].append(html.unescape(value))
    if token is None or len(offered) != len(asked):
        raise RuntimeError(f"the peer asks {len(offered)} questions, not {len(asked)}")
    fields: Fields = [("csrfmiddlewaretoken", html.unescape(token[1]))]
    for (number, there), each in zip(sorted(offered.items()), asked, strict=True):
        fields += [(f"question_{number}", value) for value in each.sent(sheet.get(each.code), there)]
    answer = await phone.post("/survey/1/", fields)
    if THANKS not in html.unescape(answer.page):
        raise RuntimeError(f"the peer did not store it: {answer.status}")
