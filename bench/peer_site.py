"""The peer's own site, run by the python it was installed into: `peer_site.py FOLDER PORT SPEC [tuned]`.

Without debugging, templates kept, behind waitress. The database as Django comes: SQLite, each answer
committed for itself; `tuned`: in WAL mode with a full flush, as the portal's, a request one transaction.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path


class Site:
    """The addresses there are; the peer can be imported only when the settings stand."""

    urlpatterns: tuple[Any, ...] = ()


MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
PROCESSORS = (
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.template.context_processors.static",
    "django.contrib.messages.context_processors.messages",
)
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
THREADS = 4


def configure(folder: Path, *, tuned: bool) -> None:
    """The settings of the site."""
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": list(PROCESSORS)},
    }
    database: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "peer.sqlite3")}
    if tuned:
        options = {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": PRAGMAS}
        database |= {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": None, "OPTIONS": options}
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only-for-a-measurement",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=Site,
        STATIC_URL="/static/",
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")),
            "django.contrib.staticfiles",
            "survey",
        ],
        MIDDLEWARE=list(MIDDLEWARE),
        TEMPLATES=[templates],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        CHOICES_SEPARATOR="|",
        DEFAULT_SURVEY_PUBLISHING_DURATION=7,
    )
    django.setup()
    Site.urlpatterns = (path("survey/", include("survey.urls")),)


def fill(spec: list[dict[str, Any]]) -> None:
    """Put the questions into it: one survey on one page, a category for each section."""
    from survey.models import Category, Question, Survey

    survey = Survey.objects.create(
        name="bench", description="", need_logged_user=False, display_method=Survey.ALL_IN_ONE_PAGE
    )
    for order, asked in enumerate(spec):
        category, _ = Category.objects.get_or_create(survey=survey, name=asked["section"])
        Question.objects.create(
            survey=survey,
            category=category,
            order=order,
            text=asked["text"],
            required=asked["required"],
            type=asked["type"],
            choices="|".join(asked["choices"]) or None,
        )


if __name__ == "__main__":
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    configure(home, tuned=sys.argv[4:] == ["tuned"])
    call_command("migrate", verbosity=0)
    fill(json.loads(Path(sys.argv[3]).read_text(encoding="utf8")))
    from waitress import serve

    serve(get_wsgi_application(), host="127.0.0.1", port=port, threads=THREADS)
