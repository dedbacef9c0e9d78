"""The process that is killed: saves from several threads, folds, and notes what was acknowledged."""

from __future__ import annotations

import os
import pickle
import random
import sys
import threading
import time
from pathlib import Path

from bench.sheets import Stood, submissions
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.errors import Unavailable

THREADS, SHEETS, BATCH = 4, 300, 100


def main(acknowledged: Path, stood: Stood, life: int) -> None:
    """Save and fold until killed. Each key is written to the file only after its save returned."""
    sheets = submissions(stood, THREADS * SHEETS, seed=life, prefix="life")
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    threads = [
        threading.Thread(target=_save, args=(sheets[k::THREADS], handle), daemon=True) for k in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    folding = threading.Thread(target=_fold, args=(life,), daemon=True)
    folding.start()
    while True:
        time.sleep(60)


def _save(sheets: list[Submission], handle: int) -> None:
    for sheet in sheets:
        code = _saved(sheet)
        # One short write of a file opened to append is whole or not there, and outlives the process.
        os.write(handle, f"{sheet.key} {code}\n".encode())


def _saved(sheet: Submission) -> str:
    """Like a resident's phone: when the record is gone, try again with the same key."""
    while True:
        try:
            return save_response(sheet).code
        except Unavailable:
            time.sleep(0.02)


def _fold(seed: int) -> None:
    pause = random.Random(seed)
    while True:
        try:
            fold(BATCH)
        except Unavailable:
            time.sleep(0.02)
        time.sleep(pause.random() * 0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes()), int(sys.argv[3]))
