"""`python -m core.cli`: importing a command's module hangs it on the app."""

from __future__ import annotations

from core.cli import account as account
from core.cli import backup as backup
from core.cli import bench as bench
from core.cli import check_data as check_data
from core.cli import classify as classify
from core.cli import estimate as estimate
from core.cli import evaluate as evaluate
from core.cli import import_ as import_
from core.cli import init as init
from core.cli import reread as reread
from core.cli import train as train
from core.cli.app import app

if __name__ == "__main__":
    app(prog_name="python -m core.cli")
