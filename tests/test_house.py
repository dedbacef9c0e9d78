"""The rules of the house that no linter knows: sizes, words, docs, dependencies."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.settings import ROOT, Settings
from core.words import sentences

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The field's fixed labels are data in Python; the redaction mask and patterns are part of a rule.
MAY_HOLD_CHINESE = {"models/taxonomy.py"}
CATCH_ALL = re.compile(r"except (Exception|BaseException)\b")


def _sources(*roots: str) -> Iterator[Path]:
    for root in roots:
        path = ROOT / root
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


CODE = [p for p in _sources("app.py", "pages", "core", "models") if "migrations" not in p.parts]
SCREENS = [
    p for p in CODE if p.is_relative_to(ROOT / "pages") and p.parent.name not in ("parts", "plain", "pages")
]


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf8").splitlines()) <= 400


@pytest.mark.parametrize("path", SCREENS, ids=_name)
def test_a_screen_has_at_most_120_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf8").splitlines()) <= 120


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_a_function_is_short_typed_and_if_public_documented(path: Path) -> None:
    for function in _functions(path):
        where = f"{_name(path)}:{function.lineno} {function.name}"
        assert function.end_lineno is not None
        assert function.end_lineno - function.lineno < 40, f"{where} is longer than 40 lines"
        assert function.returns is not None, f"{where} has no return type"
        if not function.name.startswith("_"):
            assert ast.get_docstring(function), f"{where} has no docstring"


def _strings(path: Path) -> Iterator[ast.Constant]:
    """String constants of a file, docstrings left out."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


@pytest.mark.parametrize("path", list(_sources("app.py", "pages")), ids=_name)
def test_no_chinese_sentence_is_typed_into_a_page(path: Path) -> None:
    found = [node.value for node in _strings(path) if CHINESE.search(node.value)]
    assert found == [], f"{_name(path)}: these belong in data/words"


def _said(path: Path) -> Iterator[str]:
    """Every literal key given to `say`, also to the errors' `say`."""
    for node in ast.walk(_tree(path)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        key = node.args[0].value
        if isinstance(node.func, ast.Name) and node.func.id == "say":
            yield key
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "say":
            base = node.func.value
            yield key if isinstance(base, ast.Name) and base.id == "words" else f"errors.{key}"


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_every_sentence_a_module_says_exists(path: Path) -> None:
    missing = [key for key in _said(path) if key not in sentences()]
    assert missing == []


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_a_catch_all_says_why_it_is_there(path: Path) -> None:
    for line in path.read_text(encoding="utf8").splitlines():
        if CATCH_ALL.search(line):
            assert "#" in line, f"{_name(path)}: {line.strip()}"


def test_only_the_front_door_and_pages_know_streamlit() -> None:
    for path in _sources("core", "models"):
        assert not re.search(r"^\s*(import|from) streamlit", path.read_text(encoding="utf8"), re.MULTILINE), (
            path
        )
    assert len((ROOT / "app.py").read_text(encoding="utf8").splitlines()) <= 60


def test_the_lock_has_a_hash_for_every_package_and_names_no_address() -> None:
    lock = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf8")
    assert "://" not in lock and "--index-url" not in lock
    for block in re.split(r"\n(?=\S)", lock.strip()):
        assert "--hash=sha256:" in block, block[:60]


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    roots = "|".join(("root", "work", "farm"))
    found = subprocess.run(
        ["git", "grep", "-nIE", f"/({roots})/", "--", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_setting_and_every_make_target(readme: str) -> None:
    told = (ROOT / readme).read_text(encoding="utf8")
    settings = [f"LINSHENG_{name.upper()}" for name in Settings.model_fields]
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf8"), re.MULTILINE)
    missing = [word for word in settings + [f"make {t}" for t in targets if t != "help"] if word not in told]
    assert missing == []
