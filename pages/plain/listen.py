"""听题: the recordings of a step's questions, their sound at /audio, and the script that reads aloud.

A recording is an `<audio>` of the browser's own, loaded when it is tapped. Where there is none, a script
offers the browser's speech, if the browser has a voice for the page's language; else nothing shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from core.actions.recordings import recordings
from core.questionnaires.schema import Section
from core.questionnaires.steps import step_keys

# A page names the version in the address of a sound, so that one never changes.
YEAR, DAY = 365 * 86_400, 86_400


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a question can be listened to, and in which dialect if that was said."""

    path: str
    dialect: str


def heard(questionnaire: str, section: Section) -> dict[str, Heard]:
    """The recordings of a step, by question (by row, of a matrix)."""
    found = recordings(questionnaire, step_keys(section))
    return {
        code: Heard(f"/audio/{questionnaire}/{code}?v={one.version}", one.dialect)
        for code, one in found.items()
    }


def audio(request: Request) -> Response:
    """GET /audio/<questionnaire>/<question>: the sound, in parts too, as telephones ask for it."""
    question = request.path_params["question"]
    found = recordings(request.path_params["questionnaire"], {question}).get(question)
    if found is None:
        return PlainTextResponse("", status_code=404)
    tag = f'"{found.version}"'
    seconds = YEAR if request.query_params.get("v") == found.version else DAY
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={seconds}"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(found.path, media_type=found.media_type, headers=headers)
