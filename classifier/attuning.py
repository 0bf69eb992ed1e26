"""Teach the embedding our questions: tune the encoder's upper layers on the corpus, once, where PyTorch is installed.

    python -m classifier.attuning        # about half an hour on two cores; writes corpus/attuned.npz and embeddings.npz

What it makes is committed; neither training nor use needs PyTorch. The weights are tuned as the engine will hold them,
in blocks of four bits (straight through the rounding: Bengio, Léonard, Courville 2013), so nothing is lost when they
are written. Answers for the weighing of both tiers come from encoders that saw nothing of a text's writer: one for each
group of writers, thrown away afterwards.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classifier.attuned import Attuned, attuned_for, own_weights
from classifier.dataset import Example, read_corpus
from classifier.document import read
from classifier.embedding import DIMENSIONS, own_version, prepare
from classifier.embedding_cache import digest, load_corpus_embeddings
from classifier.engine_file import BLOCK, EngineFile, packed
from classifier.engine_tokens import PAD, Tokens
from classifier.errors import EmbeddingError
from classifier.model import HEADS, answer
from classifier.second_tier_training import margins_of
from classifier.workshop import embed_corpus

#: Layers tuned, of twelve: what the lower ones say of each text is worked out once.
UPPER = 4
#: Groups of writers left out in turn.
GROUPS = 3
EPOCHS, BATCH, RATE, HEAD_RATE, WARM, DROPOUT, DECAY = 4, 32, 2e-4, 2e-3, 0.06, 0.1, 0.01
#: Tokens of a text; one in a hundred is longer.
LONGEST = 192
#: Rows have unit length; the questions are asked of them this much larger.
LOUDER = 20.0
#: Matrices of a layer as the engine names them.
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")
_NORMS = ("aln", "oln")


@dataclass(frozen=True, kw_only=True)
class _Lessons:
    """The corpus as the encoder sees it."""

    tokens: Sequence[Sequence[int]]
    truths: np.ndarray
    asked: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(cls, examples: Sequence[Example], texts: Sequence[str], tokens: Tokens) -> _Lessons:
        writers = sorted({example.writer for example in examples})
        return cls(
            tokens=[tokens.of(text)[:LONGEST] for text in texts],
            truths=np.array([[answer(head, one.gold) for head in HEADS] for one in examples], dtype=np.float32),
            asked=np.array([[one.answers(head) for head in HEADS] for one in examples], dtype=np.float32),
            groups=np.array([writers.index(one.writer) % GROUPS for one in examples]),
        )


class _Encoder:
    """The engine's encoder in PyTorch: the lower layers as they are, the upper ones and the questions to be learnt."""

    def __init__(self, torch: Any, engine: EngineFile) -> None:
        width, layers, self._parts, inner, _words, _positions = engine.shape
        self._torch, self._epsilon, self._first = torch, engine.epsilon, layers - UPPER
        self._words = torch.from_numpy(engine.matrix("emb.word", width)).half()
        places = torch.from_numpy(engine.numbers("emb.pos").reshape(-1, width).copy())
        self._places = places + torch.from_numpy(engine.numbers("emb.type")[:width].copy())
        self._start = [torch.from_numpy(engine.numbers(f"emb.ln.{part}").copy()) for part in "wb"]
        self._layers: list[dict[str, Any]] = []
        for layer in range(layers):
            tensors = {}
            for name in _MATRICES:
                wide = inner if name == "fo" else width
                tensors[f"{name}.w"] = torch.from_numpy(engine.matrix(f"l{layer}.{name}.w", wide).copy())
                tensors[f"{name}.b"] = torch.from_numpy(engine.numbers(f"l{layer}.{name}.b").copy())
            for name in _NORMS:
                for part in "wb":
                    tensors[f"{name}.{part}"] = torch.from_numpy(engine.numbers(f"l{layer}.{name}.{part}").copy())
            if layer >= self._first:
                for tensor in tensors.values():
                    tensor.requires_grad_(requires_grad=True)
            self._layers.append(tensors)
        self.questions = torch.zeros(len(HEADS), width, requires_grad=True)
        self.offsets = torch.zeros(len(HEADS), requires_grad=True)
        torch.nn.init.normal_(self.questions, std=0.02)

    @property
    def upper(self) -> list[dict[str, Any]]:
        return self._layers[self._first :]

    def tensors(self) -> dict[str, bytes]:
        """What was tuned, as it lies in the engine's file."""
        found = {}
        for number, layer in enumerate(self.upper, self._first):
            for name, tensor in layer.items():
                values = tensor.detach().numpy()
                matrix = name.partition(".")[0] in _MATRICES and name.endswith(".w")
                found[f"l{number}.{name}"] = packed(values) if matrix else values.astype(np.float32).tobytes()
        return found

    def lower(self, tokens: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """What the lower layers say of each token, texts × tokens × width, and which tokens there are."""
        torch, functional = self._torch, self._torch.nn.functional
        longest = max(map(len, tokens))
        numbers = torch.full((len(tokens), longest), PAD)
        for row, one in enumerate(tokens):
            numbers[row, : len(one)] = torch.tensor(one)
        there = torch.tensor([[place < len(one) for place in range(longest)] for one in tokens])
        with torch.no_grad():
            state = self._words[numbers].float() + self._places[:longest]
            state = functional.layer_norm(state, state.shape[-1:], *self._start, self._epsilon)
            for layer in self._layers[: self._first]:
                state = self._through(layer, state, there, dropout=0.0, rounded=False)
        return state, there

    def rows(self, state: Any, there: Any, *, dropout: float = 0.0) -> Any:
        """Embeddings from what the lower layers said, of unit length."""
        for layer in self.upper:
            state = self._through(layer, state, there, dropout=dropout, rounded=True)
        kept = there.unsqueeze(-1).float()
        return self._torch.nn.functional.normalize((state.float() * kept).sum(1) / kept.sum(1), dim=1)

    def answers(self, rows: Any, *, dropout: float = 0.0) -> Any:
        """Log odds of every head, as the questions learnt beside the encoder have it."""
        functional = self._torch.nn.functional
        return functional.linear(functional.dropout(rows * LOUDER, dropout), self.questions, self.offsets)

    def _through(self, layer: dict[str, Any], state: Any, there: Any, *, dropout: float, rounded: bool) -> Any:
        torch, functional = self._torch, self._torch.nn.functional
        texts, length, width = state.shape

        def linear(name: str, value: Any) -> Any:
            weights = layer[f"{name}.w"]
            # Forward as the engine will hold them, backward as if they were not rounded.
            kept = weights + (_rounded(torch, weights) - weights).detach() if rounded else weights
            return functional.linear(value, kept, layer[f"{name}.b"])

        def parts(name: str) -> Any:
            return linear(name, state).view(texts, length, self._parts, width // self._parts).transpose(1, 2)

        def added(name: str, value: Any) -> Any:
            total = state + functional.dropout(value, dropout)
            return functional.layer_norm(total.float(), (width,), layer[f"{name}.w"], layer[f"{name}.b"], self._epsilon)

        query, key, value = parts("q"), parts("k"), parts("v")
        absent = torch.zeros(texts, 1, 1, length).masked_fill(~there[:, None, None, :], -1e9).to(query.dtype)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=absent)
        state = added("aln", linear("ao", seen.transpose(1, 2).reshape(texts, length, width)))
        return added("oln", linear("fo", functional.gelu(linear("fi", state))))


def _rounded(torch: Any, weights: Any) -> Any:
    """As `packed` writes and the engine reads them."""
    with torch.no_grad():
        blocks = weights.reshape(-1, BLOCK)
        largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
        scale = (largest / -8).half().float()
        inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
        return (((blocks * inverse + 8.5).floor().clamp(0, 15) - 8) * scale).reshape(weights.shape)


def _lower_states(encoder: _Encoder, lessons: _Lessons) -> list[np.ndarray]:
    """What the lower layers say of each text, tokens × width: 0.5 GB for ten thousand texts."""
    found: list[np.ndarray] = [np.zeros(0)] * len(lessons.tokens)
    order = sorted(range(len(lessons.tokens)), key=lambda place: len(lessons.tokens[place]))
    for start in range(0, len(order), 2 * BATCH):
        places = order[start : start + 2 * BATCH]
        state, _there = encoder.lower([lessons.tokens[place] for place in places])
        for row, place in zip(state, places, strict=True):
            found[place] = row[: len(lessons.tokens[place])].half().numpy()
    return found


@dataclass(frozen=True, kw_only=True)
class _Course:
    """The lower layers' states, to be learnt from again and again."""

    torch: Any
    engine: EngineFile
    lessons: _Lessons
    states: Sequence[np.ndarray]

    def _together(self, places: Sequence[int]) -> tuple[Any, Any]:
        longest = max(len(self.states[place]) for place in places)
        state = np.zeros((len(places), longest, DIMENSIONS), dtype=np.float32)
        there = np.zeros((len(places), longest), dtype=bool)
        for row, place in enumerate(places):
            length = len(self.states[place])
            state[row, :length], there[row, :length] = self.states[place], True
        return self.torch.from_numpy(state), self.torch.from_numpy(there)

    def _batches(self, inside: np.ndarray, draw: np.random.RandomState) -> Iterator[Sequence[int]]:
        """Texts of like length together; every text once."""
        mixed = draw.permutation(inside)
        lots = [
            sorted(mixed[start : start + 20 * BATCH], key=lambda place: len(self.states[place]))
            for start in range(0, len(mixed), 20 * BATCH)
        ]
        batches = [lot[start : start + BATCH] for lot in lots for start in range(0, len(lot), BATCH)]
        yield from (batches[number] for number in draw.permutation(len(batches)))

    def taught(self, without: int | None) -> _Encoder:
        """An encoder taught on all writers but one group."""
        torch, lessons = self.torch, self.lessons
        torch.manual_seed(1)
        draw = np.random.RandomState(3)
        encoder = _Encoder(torch, self.engine)
        inside = np.flatnonzero(lessons.groups != (-1 if without is None else without))
        share = (lessons.truths * lessons.asked)[inside].sum(0) / lessons.asked[inside].sum(0)
        share = np.clip(share, 1e-4, 1 - 1e-4)  # a question that nobody here answers with yes
        encoder.offsets.data = torch.from_numpy(np.log(share / (1 - share)))
        tuned = [tensor for layer in encoder.upper for tensor in layer.values()]
        learner = torch.optim.AdamW(
            [{"params": tuned, "lr": RATE}, {"params": [encoder.questions, encoder.offsets], "lr": HEAD_RATE}],
            weight_decay=DECAY,
        )
        steps = EPOCHS * (-(-len(inside) // BATCH))
        pace = torch.optim.lr_scheduler.LambdaLR(
            learner, lambda step: min(1.0, (step + 1) / (WARM * steps)) * max(0.02, 1 - step / steps)
        )
        for _epoch in range(EPOCHS):
            for places in self._batches(inside, draw):
                state, there = self._together(places)
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    said = encoder.answers(encoder.rows(state, there, dropout=DROPOUT), dropout=DROPOUT)
                wrong = torch.nn.functional.binary_cross_entropy_with_logits(
                    said.float(), torch.from_numpy(lessons.truths[places]), reduction="none"
                )
                (wrong * torch.from_numpy(lessons.asked[places])).sum(1).mean().backward()
                torch.nn.utils.clip_grad_norm_(tuned, 1.0)
                learner.step()
                learner.zero_grad()
                pace.step()
        return encoder

    def rows(self, encoder: _Encoder, places: Sequence[int]) -> np.ndarray:
        """Embeddings of texts, in order."""
        found = []
        with self.torch.no_grad():
            for start in range(0, len(places), 2 * BATCH):
                found.append(encoder.rows(*self._together(places[start : start + 2 * BATCH])).numpy())
        return np.concatenate(found)


def attune(torch: Any) -> None:
    """Tune, embed the corpus with what came of it, and write both files. Says how far it is."""
    version = own_version()
    if version is None:
        raise EmbeddingError
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", flush=True)  # noqa: T201  # a tool of the workshop

    engine = EngineFile.read(own_weights())
    examples = read_corpus()
    texts = [prepare(read(example.posting.body).text) for example in examples]
    lessons = _Lessons.of(examples, texts, Tokens(engine))
    course = _Course(
        torch=torch, engine=engine, lessons=lessons, states=_lower_states(_Encoder(torch, engine), lessons)
    )
    say("lower layers")
    margins = np.zeros((len(examples), len(HEADS)))
    for group in range(GROUPS):
        rows = course.rows(course.taught(group), range(len(examples)))
        margins[lessons.groups == group] = margins_of(examples, rows, lessons.groups != group)
        say(f"without group {group + 1} of {GROUPS}")
    Attuned(made_by=version, tensors=course.taught(None).tensors()).save()
    say("with all")
    attuned_for.cache_clear()
    embed_corpus()
    made = load_corpus_embeddings()
    if made is not None:
        replace(made, held_out={digest(text): row for text, row in zip(texts, margins, strict=True)}).save()
    say("corpus embedded")


def main() -> None:
    try:
        torch: Any = importlib.import_module("torch")
    except ModuleNotFoundError:
        sys.exit("attuning.py needs PyTorch: pip install torch")
    attune(torch)


if __name__ == "__main__":
    main()
