"""Reads a QR code from its modules by the standard's own rules (ISO/IEC 18004).

So what was drawn is checked by something that did not draw it. Versions 1–10, levels M and Q, bytes only;
errors are not corrected: any shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

Rows = Sequence[Sequence[bool]]

# Blocks of a version: (how many, data codewords each), by the level's two bits in the format information.
BLOCKS: dict[int, list[list[tuple[int, int]]]] = {
    0b00: [
        [(1, 16)], [(1, 28)], [(1, 44)], [(2, 32)], [(2, 43)], [(4, 27)], [(4, 31)], [(2, 38), (2, 39)],
        [(3, 36), (2, 37)], [(4, 43), (1, 44)],
    ],
    0b11: [
        [(1, 13)], [(1, 22)], [(2, 17)], [(2, 24)], [(2, 15), (2, 16)], [(4, 19)], [(2, 14), (4, 15)],
        [(4, 18), (2, 19)], [(4, 16), (4, 17)], [(6, 19), (2, 20)],
    ],
}  # fmt: skip
ALIGNED: list[tuple[int, ...]] = [
    (), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34), (6, 22, 38), (6, 24, 42), (6, 26, 46), (6, 28, 50),
]  # fmt: skip
MASKS: list[Callable[[int, int], int]] = [
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
]


def read(rows: Rows) -> str:
    """The text in a QR code; `rows` are its modules without the white around it, True is dark."""
    size = len(rows)
    version = (size - 17) // 4
    level, mask = _format(rows)
    bits = [rows[i][j] ^ (MASKS[mask](i, j) == 0) for i, j in _path(size, version)]
    words = [int("".join("01"[bit] for bit in bits[k : k + 8]), 2) for k in range(0, len(bits) - 7, 8)]
    lengths = [length for n, length in BLOCKS[level][version - 1] for _ in range(n)]
    data = "".join(f"{word:08b}" for word in _uninterleaved(words, lengths))
    assert data[:4] == "0100", "not in bytes"
    count = 8 if version < 10 else 16
    n = int(data[4 : 4 + count], 2)
    text = data[4 + count : 4 + count + 8 * n]
    return bytes(int(text[k : k + 8], 2) for k in range(0, len(text), 8)).decode()


def level_of(rows: Rows) -> str:
    """The level of correction: M or Q."""
    return {0b00: "M", 0b11: "Q"}[_format(rows)[0]]


def _format(rows: Rows) -> tuple[int, int]:
    spots = [(8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [(i, 8) for i in (7, 5, 4, 3, 2, 1, 0)]
    told = int("".join("01"[rows[i][j]] for i, j in spots), 2) ^ 0b101010000010010
    return told >> 13, (told >> 10) & 0b111


def _path(size: int, version: int) -> Iterator[tuple[int, int]]:
    """The modules of data in their order: two columns at a time, up and down, from the right."""
    taken = _taken(size, version)
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for i in reversed(range(size)) if upwards else range(size):
            yield from ((i, j) for j in (right, right - 1) if (i, j) not in taken)
        upwards = not upwards


def _taken(size: int, version: int) -> set[tuple[int, int]]:
    """The modules that hold no data: finders, timing, alignment, format and version."""
    corners = [(range(9), range(9)), (range(9), range(size - 8, size)), (range(size - 8, size), range(9))]
    if version >= 7:
        corners += [(range(6), range(size - 11, size - 8)), (range(size - 11, size - 8), range(6))]
    found = {(i, j) for tall, wide in corners for i in tall for j in wide}
    found |= {(6, k) for k in range(size)} | {(k, 6) for k in range(size)}
    centres = ALIGNED[version - 1]
    last = centres[-1] if centres else 0
    for y in centres:
        for x in centres:
            if (y, x) not in ((6, 6), (6, last), (last, 6)):
                found |= {(y + i, x + j) for i in range(-2, 3) for j in range(-2, 3)}
    return found


def _uninterleaved(words: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """The data codewords block after block; the code has the first of each block, then the second of each."""
    blocks: list[list[int]] = [[] for _ in lengths]
    following = iter(words)
    for k in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if k < length:
                block.append(next(following))
    return [word for block in blocks for word in block]
