"""What a QR code says: a whole address under the public one, refused until that is set and is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.addresses import found_by_phones, public_address, typed_address
from core.errors import NotSetUp
from core.settings import settings

SetUrl = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetUrl]:
    def _set(url: str) -> None:
        monkeypatch.setenv("LINSHENG_PUBLIC_URL", url)
        settings.cache_clear()

    yield _set
    settings.cache_clear()


def test_an_address_has_what_it_carries_in_order_and_nothing_empty(at: SetUrl) -> None:
    at("https://linsheng.example.cn/")
    assert public_address("/f") == "https://linsheng.example.cn/f"
    assert public_address("/f", {"c": "d", "g": "", "b": "北1"}) == (
        "https://linsheng.example.cn/f?c=d&b=%E5%8C%971"
    )


def test_a_portal_below_a_path_keeps_it(at: SetUrl) -> None:
    at("https://street.example.cn/linsheng")
    assert public_address("/f", {"c": "d"}) == "https://street.example.cn/linsheng/f?c=d"


def test_a_hand_types_no_https(at: SetUrl) -> None:
    at("https://linsheng.example.cn")
    assert typed_address("/f") == "linsheng.example.cn/f"
    at("http://10.0.0.5:8501")
    assert typed_address("/f") == "http://10.0.0.5:8501/f"


def test_without_a_public_address_it_is_refused_in_a_sentence(at: SetUrl) -> None:
    at("  ")
    with pytest.raises(NotSetUp, match=r"没有设置.*LINSHENG_PUBLIC_URL"):
        public_address("/f")


@pytest.mark.parametrize(
    "wrong",
    [
        "linsheng.example.cn",
        "ftp://a.cn",
        "https://",
        "https://a.cn/?x=1",
        "https://a.cn/#x",
        "javascript:alert(1)",
        "https://a b.cn",
        "https://wang@a.cn",
        "http://a.cn:99999",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(at: SetUrl, wrong: str) -> None:
    at(wrong)
    with pytest.raises(NotSetUp, match="写得不对"):
        public_address("/f")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://linsheng.example.cn", True),
        ("http://192.168.1.5:8501", True),
        ("http://localhost:8501", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:80", False),
        ("http://0.0.0.0", False),
    ],
)
def test_an_address_of_this_machine_alone_is_known_as_one(at: SetUrl, url: str, found: bool) -> None:
    at(url)
    assert found_by_phones() is found
