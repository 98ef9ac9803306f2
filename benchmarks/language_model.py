"""What the choices of the language model cost, by what they do to detection: units, pruning, quantisation, context.

    python -m benchmarks.language_model --corpora DIR [--articles 20000]

Nothing is fitted to swaps, so that only the language model differs: an article's score is the mean, over its words that
have candidates, of how much better the best candidate fits the place, cut to the range of 0 to CUT bits. Every model is
counted on one part of the articles; the others, with no story in common, are scored untouched and spun.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from unittest import mock

import click
import numpy as np
import sentencepiece
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.classifier import wilson
from detector.folding import fold
from detector.ingest.clutter import find_clutter
from detector.language_model import BACKOFF_SHIFT, STEP, Bits, Ids, LanguageModel, NgramTable, Vocabulary
from detector.lexicon import Candidates
from detector.segment import segment, tokenize
from detector.text import BOUNDARY, UNKNOWN, Flag
from detector.training import ngrams
from detector.training.candidates import build_candidates
from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.evaluate.figures import auc
from detector.training.grammar import GRAMMAR_PAIRS
from detector.training.ngrams import build_table
from detector.training.phrases import Entry, read_entries, words_of
from detector.training.spinners import MYTHES, WORDNET, Pairs, Thesaurus
from detector.training.spinners.tables import read_rows
from detector.training.spinners.thesaurus import read_mythes
from detector.training.stories import split_parts, story_clusters
from detector.training.swaps import Spinner
from detector.training.tables import LEXICONS, MOST_BIGRAMS, MOST_TRIGRAMS
from detector.training.vocabulary import MOST_SENTENCES, RESERVED, train_pieces, train_vocabulary

PARTS = {"language": 0.75, "held_out": 0.25}
MIN_WORDS, MAX_WORDS = 150, 800  # of a held-out article
MOST_HELD_OUT = 1500  # articles
SHARE = 0.15  # of words swapped
CUT = 12.0  # bits: of 3 to 16 that were tried, higher ones find more; the variants stand in the same order by AUC
BATCH = 64  # articles read together
UNTOUCHED = "untouched"
PIECES = (16_000, 32_000)
BUDGETS = (2_000_000, 1_000_000, 500_000)  # n-grams, shared out among the orders as the shipped model's are
STEPS = (0.05, 0.1, 0.25, 0.5)  # bits
CONTEXTS = ("the words before (own)", "and the next word", "and the next two words")

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to make the model.

    Attributes:
        pieces: size of the sentencepiece vocabulary that is counted; 0 counts words.
        singletons: whether trigrams that came once are kept.
        most: n-grams kept at most; 0 for as many as the shipped model may keep.
        step: bits of a quantisation step, of which 255 are stored; 0 keeps floats.
    """

    name: str
    pieces: int = 0
    singletons: bool = False
    most: int = 0
    step: float = STEP


class Encoded(NamedTuple):
    """Articles as columns, joined.

    Attributes:
        ids: of words; in a joined group, words that the vocabulary lacks are numbered from its end on.
        lengths: tokens of each article.
        measured: words of the vocabulary that are neither names nor figures.
        spelling: log2 probability of all spellings that the vocabulary lacks, summed.
        strange: these words, in order.
    """

    ids: Ids
    lengths: NDArray[np.int64]
    measured: NDArray[np.bool_]
    spelling: float
    strange: list[str]


class Spelling(NamedTuple):
    """The pieces of every word, ragged: word w has [offsets[w], offsets[w + 1]) of `pieces`."""

    offsets: NDArray[np.int64]
    pieces: Ids
    n_pieces: int


class Outcome(NamedTuple):
    """What one variant gave.

    Attributes:
        scores: of each group, shape (len(CONTEXTS), n_articles); of pieces with the whole context only, one row.
        bits: of an untouched word, without and with the spelling of those that the vocabulary lacks.
    """

    n_ngrams: int
    megabytes: float
    bits: tuple[float, float]
    scores: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Material:
    """What all variants are made of and judged on."""

    vocabulary: Vocabulary
    candidates: Candidates
    spellings: dict[int, Spelling]
    language: Encoded
    groups: dict[str, Encoded]  # UNTOUCHED, and the same articles by each spinner family


@click.command()
@click.option("--corpora", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--articles", type=click.IntRange(min=400), default=20_000, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def language_model(corpora: Path, articles: int, workers: int, seed: int) -> None:
    """Measure every variant and print the three tables."""
    material = gather(corpora, articles, workers, seed)
    units = [
        Variant("words, spelled by pieces if unknown"),
        *(Variant(f"{material.spellings[n].n_pieces:,} pieces", pieces=n) for n in PIECES),
    ]
    sizes = [
        Variant("all n-grams, floats", singletons=True, step=0),
        Variant("trigrams counted twice, floats", step=0),
        *(Variant(f"{most / 1e6:.1f} million at most, floats", most=most, step=0) for most in BUDGETS),
        *(Variant(f"trigrams counted twice, {step:g} bits a step", step=step) for step in STEPS),
    ]
    outcomes = dict(zip([*units, *sizes], _parallel(try_variant, [*units, *sizes], workers, material), strict=True))
    _describe(material)
    print(f"(a) Words or pieces: the same estimator, steps of {STEP:g} bits; bits of a word with all its spelling")
    _table(material, [(variant.name, outcomes[variant], outcomes[variant].bits[1], -1) for variant in units], "bits")
    print(
        "(b) Pruning and quantisation, of words; perplexity with unknown words as one; MB of tables as they would ship."
    )
    print("    Codes end at 255 steps: at 0.05 bits, what is rarer than 2 ** -12.75 counts as that.")
    perplexities = [(variant.name, outcomes[variant], 2 ** outcomes[variant].bits[0], -1) for variant in sizes]
    _table(material, perplexities, "perplexity")
    print("(c) Context that the gain is read from, of words as in (a)")
    words = outcomes[units[0]]
    _table(material, [(name, words, 2 ** words.bits[0], k) for k, name in enumerate(CONTEXTS)], "perplexity")


def gather(corpora: Path, articles: int, workers: int, seed: int) -> Material:
    """Read and part the articles, spin the held-out ones, encode all, and build vocabulary and candidates."""
    language, held_out = _texts(corpora, articles, seed)
    entries = [entry for path in sorted(LEXICONS.glob("spinner_*.tsv")) for entry in read_entries(path)]
    vocabulary = train_vocabulary(language, words_of(entries))
    texts = {UNTOUCHED: held_out}
    for name, spinner in _families().items():
        rngs = (np.random.default_rng([seed, i]) for i in range(len(held_out)))
        texts[name] = [spinner.spin(text, SHARE, rng).text for text, rng in zip(held_out, rngs, strict=True)]
    encoded = {name: _encode_all(some, vocabulary, workers) for name, some in {"": language, **texts}.items()}
    encoded, words = _numbered(encoded, vocabulary)
    pieces = _parallel(_spelling, PIECES, workers, language, words)
    return Material(
        vocabulary,
        _candidates(corpora, vocabulary, entries),
        dict(zip(PIECES, pieces, strict=True)),
        encoded.pop(""),
        encoded,
    )


def _texts(corpora: Path, articles: int, seed: int) -> tuple[list[str], list[str]]:
    """Folded texts of the language part and of the held-out part of so many articles."""
    paths = sorted((corpora / "corpora" / "clean" / "train").glob("*.jsonl*"))
    everything: list[CorpusArticle] = [article for path in paths for article in read_corpus(path)]
    if not everything:
        raise click.ClickException(f"expected articles in {corpora}/corpora/clean/train, found none")
    chosen = np.random.default_rng(seed).permutation(len(everything))[:articles]
    texts = [fold(everything[i].text).text for i in chosen]
    part = split_parts(story_clusters(texts), PARTS, seed)
    language = [text for text, name in zip(texts, part, strict=True) if name == "language"]
    held_out = [text for text, name in zip(texts, part, strict=True) if name == "held_out"]
    return language, [text for text in held_out if MIN_WORDS <= len(text.split()) <= MAX_WORDS][:MOST_HELD_OUT]


def _families() -> dict[str, Spinner]:
    """Families that need no language model, and whose tables are not those of the candidates."""
    found: dict[str, Spinner] = {"pairs": Pairs(read_rows(LEXICONS / "spinner_pairs.tsv"))}
    if MYTHES.exists():
        return {"thesaurus": Thesaurus(read_mythes(MYTHES)), **found}
    print(f"no {MYTHES}: without the thesaurus family", file=sys.stderr)
    return found


def _candidates(corpora: Path, vocabulary: Vocabulary, entries: Sequence[Entry]) -> Candidates:
    ppdb = corpora / "lexicons" / "ppdb_lexical.tsv.zst"
    wordnet = WORDNET if WORDNET.exists() else None
    if ppdb.exists() or wordnet:
        return build_candidates(vocabulary.words, ppdb if ppdb.exists() else None, wordnet)
    print(f"neither {ppdb} nor {WORDNET}: candidates are the pairs that one family spins with", file=sys.stderr)
    single = [(entry.spun, entry.original) for entry in entries if " " not in entry.spun + entry.original]
    return build_candidates(vocabulary.words, None, None, [*single, *GRAMMAR_PAIRS])


def _encode_all(texts: Sequence[str], vocabulary: Vocabulary, workers: int) -> Encoded:
    chunks = [texts[i : i + 4 * BATCH] for i in range(0, len(texts), 4 * BATCH)]
    return _joined(_parallel(_encode, chunks, workers, vocabulary))


def _encode(texts: Sequence[str], vocabulary: Vocabulary) -> Encoded:
    documents = [segment(text, vocabulary, find_clutter(text).spans) for text in texts]
    ids = np.concatenate([document.ids for document in documents])
    flags = np.concatenate([document.flags for document in documents])
    return Encoded(
        ids=ids,
        lengths=np.array([len(document.ids) for document in documents]),
        measured=((flags & (Flag.WORD | Flag.NAME | Flag.NUMBER)) == Flag.WORD) & (ids != UNKNOWN),
        spelling=float(sum(document.spelling.sum() for document in documents)),
        strange=[d.quote(i, i).lower() for d in documents for i in np.flatnonzero(d.ids == UNKNOWN).tolist()],
    )


def _joined(parts: Sequence[Encoded]) -> Encoded:
    return Encoded(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.measured for part in parts]),
        sum(part.spelling for part in parts),
        [word for part in parts for word in part.strange],
    )


def _numbered(groups: dict[str, Encoded], vocabulary: Vocabulary) -> tuple[dict[str, Encoded], list[str]]:
    """Number the words that the vocabulary lacks, and give all words by their number."""
    place: dict[str, int] = {}
    numbered = {}
    for name, group in groups.items():
        ids = group.ids.copy()
        ids[ids == UNKNOWN] = [place.setdefault(word, len(vocabulary) + len(place)) for word in group.strange]
        numbered[name] = group._replace(ids=ids)
    return numbered, [*vocabulary.words, *place]


def _spelling(n_pieces: int, texts: Sequence[str], words: Sequence[str]) -> Spelling:
    """Train pieces on the words of `texts`, figures left out, and spell `words` with them; RESERVED stay whole."""
    lines = (line for text in texts for line in text.lower().split("\n") if line.strip())
    sentences = (" ".join(word for word in tokenize(line) if not word[0].isdigit()) for line in lines)
    model = train_pieces((sentence for _, sentence in zip(range(MOST_SENTENCES), sentences, strict=False)), n_pieces)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    n_whole = len(RESERVED)
    spelled = [[i] for i in range(n_whole)]
    spelled += [[n_whole + piece for piece in pieces] for pieces in processor.encode(list(words[n_whole:]))]
    offsets = np.concatenate([[0], np.cumsum([len(pieces) for pieces in spelled])])
    return Spelling(offsets, np.concatenate(spelled).astype(np.int32), n_whole + len(processor))


def _expand(spelling: Spelling, ids: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """The pieces of a stream of words, and where each word starts in it; one more start for the end."""
    first = spelling.offsets[ids]
    counts = spelling.offsets[ids + 1] - first
    starts = np.concatenate([[0], np.cumsum(counts)])
    return spelling.pieces[np.arange(starts[-1]) + np.repeat(first - starts[:-1], counts)], starts


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTable(NgramTable):
    """A table whose figures, one a flat slot, stand beside it at any precision."""

    values: Bits
    weights: Bits

    def log2(self, slots: NDArray[np.intp]) -> Bits:
        return self.values[slots]

    def backoff(self, slots: NDArray[np.intp]) -> Bits:
        return self.weights[slots]


def _exact_table(
    keys: NDArray[np.uint64],
    probability: NDArray[np.float64],
    backoff: NDArray[np.float64] | None = None,
    *,
    step: float,
) -> ExactTable:
    """What `build_table` builds, in steps of `step` bits; 0 keeps floats."""
    table = build_table(keys, probability, backoff)
    rows, slots = table.find(keys)
    values = np.zeros(table.slots.size, np.float32)
    weights = np.zeros(table.slots.size, np.float32)
    values[slots] = -_stepped(-np.log2(probability[rows]), step)
    if backoff is not None:
        weights[slots] = BACKOFF_SHIFT - _stepped(BACKOFF_SHIFT - np.log2(backoff[rows]), step)
    return ExactTable(table.slots, table.backoffs, values=values, weights=weights)


def _stepped(bits: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    return np.clip(np.rint(bits / step), 0, 255) * step if step else bits


def _keep_all(counts: NDArray[np.int64], *_: object, **__: object) -> NDArray[np.bool_]:
    """Stands in for the pruning of `estimate`."""
    return np.ones(len(counts), bool)


def try_variant(variant: Variant, material: Material) -> Outcome:
    """Count the model and score every group with it."""
    spelling = material.spellings.get(variant.pieces)
    model = _estimate(variant, material)
    score: Callable[[Encoded], NDArray[np.float64]]
    if spelling is None:
        score = partial(_scores, gains=partial(_word_gains, model, material.candidates, len(material.vocabulary)))
    else:
        score = partial(_scores, gains=partial(_piece_gains, model, material.candidates, spelling))
    tables = (model.bigrams, model.trigrams)
    bytes_a_figure = 1 if variant.step else 4
    figures = 2 * model.bigrams.slots.size + model.trigrams.slots.size  # a bigram has a backoff weight too
    return Outcome(
        n_ngrams=sum(int(np.count_nonzero(table.slots)) for table in tables),
        megabytes=(3 * sum(table.slots.size for table in tables) + bytes_a_figure * figures) / 1e6,
        bits=_bits(model, material, spelling),
        scores={name: score(group) for name, group in material.groups.items()},
    )


def _estimate(variant: Variant, material: Material) -> LanguageModel:
    if variant.pieces:
        spelling = material.spellings[variant.pieces]
        stream, n_units = _expand(spelling, material.language.ids)[0], spelling.n_pieces
    else:
        stream, n_units = _known(material.language.ids, len(material.vocabulary)), len(material.vocabulary)
    share = MOST_BIGRAMS / (MOST_BIGRAMS + MOST_TRIGRAMS)
    most = (
        (int(share * variant.most), int((1 - share) * variant.most)) if variant.most else (MOST_BIGRAMS, MOST_TRIGRAMS)
    )
    pruning = _keep_all if variant.singletons else ngrams._strongest
    table = partial(_exact_table, step=variant.step)
    with mock.patch.multiple(ngrams, _strongest=pruning, build_table=table):  # all else is what training runs
        return ngrams.estimate(stream.astype(np.uint16), n_units, *most)


def _known(ids: Ids, n_words: int) -> Ids:
    """Ids as the vocabulary has them."""
    return np.where(ids < n_words, ids, UNKNOWN).astype(np.int32)


def _bits(model: LanguageModel, material: Material, spelling: Spelling | None) -> tuple[float, float]:
    """Surprisal of a token of the untouched articles; boundaries that follow a boundary are no tokens."""
    group = material.groups[UNTOUCHED]
    ids = group.ids
    n_tokens = len(ids) - np.count_nonzero((ids[1:] == BOUNDARY) & (ids[:-1] == BOUNDARY)) - 1
    stream = _known(ids, len(material.vocabulary)) if spelling is None else _expand(spelling, ids)[0]
    reading = model.read(stream)
    counted = (stream != BOUNDARY) | (reading.left != BOUNDARY)
    bits = -float(reading.trigram[counted].sum(dtype=np.float64))
    return bits / n_tokens, (bits - (group.spelling if spelling is None else 0.0)) / n_tokens


Gains = Callable[[Ids, NDArray[np.intp]], tuple[NDArray[np.intp], NDArray[np.float64]]]


def _scores(group: Encoded, gains: Gains) -> NDArray[np.float64]:
    """Score each article of a group; `gains(ids, places)` gives rows of `places` and the gains of their candidates."""
    edges = np.concatenate([[0], np.cumsum(group.lengths)])
    parts = []
    for first in range(0, len(group.lengths), BATCH):
        own = edges[first : first + BATCH + 1]
        ids, measured = group.ids[own[0] : own[-1]], group.measured[own[0] : own[-1]]
        places = np.flatnonzero(measured)
        rows, gain = gains(ids, places)
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        best = np.clip(np.maximum.reduceat(gain, starts, axis=1), 0, CUT)
        article = np.searchsorted(own - own[0], places[rows[starts]], side="right") - 1
        n = np.maximum(np.bincount(article, minlength=len(own) - 1), 1)
        parts.append(np.stack([np.bincount(article, one, len(own) - 1) / n for one in best]))
    return np.concatenate(parts, axis=1)


def _word_gains(
    model: LanguageModel, candidates: Candidates, n_words: int, ids: Ids, places: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Gains from growing context, shape (len(CONTEXTS), n_candidates)."""
    ids = _known(ids, n_words)
    reading = model.read(ids)
    rows, words, _ = candidates.neighbours(ids[places])
    own, after, after2 = model.slots(reading, places[rows], words)
    here = model.slots(reading, places, ids[places])
    steps = [one - there[rows] for one, there in zip((own, after, after2), here, strict=True)]
    return rows, np.cumsum(steps, axis=0, dtype=np.float64)


def _piece_gains(
    model: LanguageModel, candidates: Candidates, spelling: Spelling, ids: Ids, places: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Gains over the pieces of the word and the two pieces that follow, shape (1, n_candidates)."""
    pieces, starts = _expand(spelling, ids)
    reading = model.read(pieces)
    rows, words, _ = candidates.neighbours(ids[places])

    def fit(at: NDArray[np.intp], put: Ids) -> NDArray[np.float64]:
        first, lengths = spelling.offsets[put], np.diff(spelling.offsets)[put]
        last, width = len(pieces) - 1, int(lengths.max(initial=1))
        table = np.zeros((len(at), width + 4), np.int32)
        table[:, 0], table[:, 1] = reading.left2[starts[at]], reading.left[starts[at]]
        for k in range(width):
            here = lengths > k
            table[here, 2 + k] = spelling.pieces[first[here] + k]
        each, end = np.arange(len(at)), starts[at + 1]
        table[each, 2 + lengths] = pieces[np.minimum(end, last)]
        table[each, 3 + lengths] = pieces[np.minimum(end + 1, last)]
        return model.phrases(table, lengths).sum(axis=1)

    return rows, (fit(places[rows], words) - fit(places, ids[places])[rows])[None, :]


def _describe(material: Material) -> None:
    n_held_out = len(material.groups[UNTOUCHED].lengths)
    language = material.language
    print(
        f"Counted on {len(language.lengths):,} articles, {len(language.ids) / 1e6:.1f} million tokens,"
        f" {len(material.vocabulary):,} words; judged on n = {n_held_out:,} others, untouched and with"
        f" {SHARE:.0%} of words swapped by each family."
    )
    print("AUC, and the share found where 1% of the untouched ones is flagged, with 95% intervals (of the share: given")
    print("that threshold). The rows are of the same articles, so they differ by less than the intervals say.\n")


def _table(material: Material, rows: Iterable[tuple[str, Outcome, float, int]], figure: str) -> None:
    """Print rows of a name, an outcome, its figure and which context its scores are read from (-1: all)."""
    families = [name for name in material.groups if name != UNTOUCHED]
    print(
        f"  {'':40}{'n-grams':>11}{'MB':>7}{figure:>12}"
        + "".join(f"   {name + ': AUC, found':32}" for name in families)
    )
    for name, outcome, value, context in rows:
        scores = {group: own[context] for group, own in outcome.scores.items()}
        found = "".join(f"   {_detection(scores[family], scores[UNTOUCHED]):32}" for family in families)
        print(f"  {name:40}{outcome.n_ngrams:>11,}{outcome.megabytes:>7.1f}{value:>12.2f}{found}")
    print(flush=True)


def _detection(spun: NDArray[np.float64], untouched: NDArray[np.float64]) -> str:
    cut = np.sort(untouched)[::-1][len(untouched) // 100]
    share, _, (low, high) = wilson(int((spun > cut).sum()), len(spun))
    area, half = auc(spun, untouched), _auc_half_width(spun, untouched)
    return f"{area:.3f} ±{half:.3f}  {100 * share:4.1f}% ({100 * low:.1f} to {100 * high:.1f})"


def _auc_half_width(spun: NDArray[np.float64], untouched: NDArray[np.float64]) -> float:
    """Half of the 95% interval, by the variance of each article's placement (DeLong et al. 1988)."""
    above = np.searchsorted(np.sort(untouched), spun) / len(untouched)
    below = np.searchsorted(np.sort(spun), untouched) / len(spun)
    return float(1.96 * np.sqrt(above.var() / len(spun) + below.var() / len(untouched)))


def _parallel(function: Callable[..., R], items: Iterable[T], workers: int, *arguments: Any) -> list[R]:
    """Apply `function(item, *arguments)` in worker processes, in order."""
    return list(Parallel(n_jobs=workers)(delayed(function)(item, *arguments) for item in items))


if __name__ == "__main__":
    language_model()
