"""From clean articles and translations to a fitted, calibrated model on disk.

Four parts with no story in common: `language` (vocabulary, n-grams, odds), `fit` (both stages of the classifier),
`calibrate` (thresholds) and `test`, which nothing here reads.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import scipy
import sklearn
from joblib import Parallel, delayed
from numpy.typing import NDArray

import detector
from detector.classifier import Calibration, Classifier, Stage
from detector.errors import CorpusError
from detector.extractors import EXTRACTORS
from detector.features import PRIOR
from detector.findings import ModelInfo
from detector.ingest.clutter import find_clutter
from detector.language_model import Vocabulary
from detector.model_store import save_model
from detector.pipeline import Detector
from detector.profile import is_of_one_word
from detector.resources import Resources
from detector.sealed_folder import MANIFEST
from detector.segment import segment
from detector.text import Document
from detector.training.calibrate import MISSES_AT, blank_calibration, calibrate
from detector.training.calibrate_notes import calibrate_notes
from detector.training.candidates import build_candidates
from detector.training.card import model_card
from detector.training.examples import (
    ArticleTable,
    Example,
    article_table,
    clean_examples,
    spin,
    token_table,
    withhold,
)
from detector.training.fit import fit_logistic, fit_network, fit_trees
from detector.training.fixed_phrases import build_fixed_phrases
from detector.training.grammar import GRAMMAR_PAIRS
from detector.training.ngrams import estimate
from detector.training.phrases import Entry, build_phrases, is_variety, read_entries, words_of
from detector.training.swaps import Spinner
from detector.training.texts import MIN_WORDS, Texts, read_sample, read_texts
from detector.training.vocabulary import train_vocabulary
from detector.training.words import build_words, read_regional

try:
    from detector.training.spinners import MYTHES, ON_TOP, WORDNET, Light, families
except ModuleNotFoundError as error:  # an installed copy: the wheel leaves them out
    raise CorpusError("no spinner families to train against here: train from a checkout, which holds them") from error

LEXICONS = Path(__file__).parents[2] / "data" / "lexicons"
HUMAN_WEIGHT = 6.0  # of a translation by people, which are few and come nearest to a false alarm: guess
NOTED = 1_000  # spun articles, and untouched ones, on which suggestions and passages are calibrated
TASKS = 2  # a worker process: each carries the tables along, which takes longer than most tasks
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is taken; what the shipped model was trained with."""

    bigrams: int = 3_000_000
    trigrams: int = 4_200_000
    token_rows: int = 1_400_000


SIZES = Sizes()


def train(
    corpora: Path | None, sample: Path | None, out: Path, seed: int = 1, workers: int = 1, own: Sequence[Path] = ()
) -> None:
    """Train on the folder `corpora`, or, for a demonstration, on the sample stories; write the model to `out`.

    `own` are a desk's own tables of swaps, each a spinner family.
    Raises CorpusError where the texts are missing, and where a demonstration would overwrite a model that can judge.
    """
    if corpora is None and _can_judge(out):
        raise CorpusError(
            f"{out} holds a model that can judge; expected another folder for a demonstration: give --out"
        )
    with _step("reading"):
        texts = read_texts(corpora, seed) if corpora else read_sample(sample or Path("data/sample"))
    ppdb = corpora / "lexicons" / "ppdb_lexical.tsv.zst" if corpora else None
    resources = build_resources(texts, ppdb, workers, seed)
    spinners = all_spinners(resources, own)
    fitted = fit_classifier(texts, resources, spinners, seed, workers)
    calibration = calibrate_classifier(texts, resources, fitted, spinners, seed, workers)
    about: dict[str, Any] = {
        "name": out.name if corpora else "demonstration",
        "version": time.strftime("%Y.%m.%d", time.gmtime()),
        "demonstration": corpora is None,
        "language": "en",
        "seed": seed,
        "unspin": detector.__version__,
        "extractors": [extractor.name for extractor in EXTRACTORS],
        "families": sorted(spinners),
        "articles": {part.name: len(getattr(texts, part.name)) for part in fields(texts) if part.name != "regional"},
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "licence": "Apache-2.0; MODEL_CARD.md names the sources of what was counted",
    }
    card = model_card(about, calibration, corpora)
    save_model(out, resources, replace(fitted, calibration=calibration), about, card)


def _can_judge(out: Path) -> bool:
    """Whether the folder holds a model that is no demonstration."""
    path = out / MANIFEST
    return path.is_file() and not json.loads(path.read_text(encoding="utf-8")).get("demonstration", False)


def build_resources(texts: Texts, ppdb: Path | None, workers: int, seed: int, sizes: Sizes = SIZES) -> Resources:
    """Count the tables of the language part."""
    entries = [entry for path in sorted(LEXICONS.glob("spinner_*.tsv")) for entry in read_entries(path)]
    if not entries:
        raise CorpusError(f"no spinner lexicons in {LEXICONS}: train from a checkout, where data/lexicons holds them")
    calques = read_entries(LEXICONS / "calques.tsv")
    regional = frozenset(read_regional(LEXICONS / "regional.txt"))
    wordnet = WORDNET if WORDNET.exists() else None
    with _step("choosing the vocabulary"):
        vocabulary = train_vocabulary(texts.language, words_of([*entries, *calques]))
    with _step("counting n-grams"):
        stream = np.concatenate(_chunked(_encode, texts.language, workers, vocabulary))
        language_model = estimate(stream, len(vocabulary), sizes.bigrams, sizes.trigrams)
    with _step("counting fixed phrases"):
        fixed = build_fixed_phrases(stream, vocabulary.words)
    with _step("counting meanings and registers"):
        streams = {name: np.concatenate(_chunked(_encode, own, 1, vocabulary)) for name, own in texts.regional.items()}
        words = build_words(vocabulary, stream, streams, regional, wordnet, seed)
    with _step("building candidates and phrases"):
        entries = [entry for entry in entries if not is_variety(entry, regional)]
        candidates = build_candidates(vocabulary.words, ppdb, wordnet, _directed(entries), without=regional)
        phrases = build_phrases(entries, vocabulary, stream)
        foreign = build_phrases(calques, vocabulary, stream)
    return Resources(vocabulary, language_model, candidates, phrases, foreign, fixed, words)


def _directed(entries: list[Entry]) -> list[tuple[str, str]]:
    """Pairs of a word as found and what may have stood there, from the lexicons and from grammar."""
    single = [(entry.spun, entry.original) for entry in entries if " " not in entry.spun and " " not in entry.original]
    return [*single, *GRAMMAR_PAIRS]


def _encode(texts: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.uint16]:
    return np.concatenate([document.ids for document in segmented(texts, vocabulary)]).astype(np.uint16)


def all_spinners(resources: Resources, own: Sequence[Path] = ()) -> dict[str, Spinner]:
    """Every family that spins an article alone, and those of the tables `own`; what is not installed is left out, and
    said so. Those ON_TOP come in through Mixed: an article with three of their swaps is no example of a spun one.
    """
    for path in (MYTHES, WORDNET):
        if not path.exists():
            print(f"no {path}: the family that draws on it is left out", file=sys.stderr)
    mythes, wordnet = (path if path.exists() else None for path in (MYTHES, WORDNET))
    found = families(LEXICONS, mythes, wordnet, own=own)
    return {
        **{name: spinner for name, spinner in found.items() if name not in ON_TOP},
        "light": Light(resources.candidates, resources.vocabulary.words, _Reader(resources), _Fit(resources)),
    }


@dataclass(frozen=True)
class _Reader:
    resources: Resources

    def __call__(self, text: str) -> Document:
        return segment(text, self.resources.vocabulary)


@dataclass(frozen=True)
class _Fit:
    resources: Resources

    def __call__(self, ids: NDArray[np.int32], at: NDArray[np.intp], words: NDArray[np.int32]) -> NDArray[np.float32]:
        model = self.resources.language_model
        own, after, after2 = model.slots(model.read(ids), at, words)
        return own + after + after2


def fit_classifier(
    texts: Texts, resources: Resources, spinners: Mapping[str, Spinner], seed: int, workers: int, sizes: Sizes = SIZES
) -> Classifier:
    """Fit the token stage and, on other articles, the article stage, both with half of the tables withheld."""
    known = withhold(resources, seed)
    for_tokens, for_articles = _halves([*texts.fit, *texts.fit_human], seed)
    people = set(texts.fit_human)
    with _step("spinning"):
        n_clean = len(for_tokens) // 3
        untouched = [*for_tokens[:n_clean], *(text for text in for_tokens[n_clean:] if text in people)]
        examples = _spin(for_tokens[n_clean:], spinners, seed, workers) + clean_examples(untouched)
        spun = _spin(for_articles * 2, spinners, seed + 1, workers)
    with _step("fitting the token stage"):
        tables = _chunked(token_table, examples, workers, known)
        rows = np.concatenate([table.rows for table in tables])
        swapped = np.concatenate([table.swapped for table in tables])
        some = np.sort(np.random.default_rng(seed).permutation(len(rows))[: sizes.token_rows])
        tokens = fit_network(tables[0].names, rows[some], swapped[some], hidden=(48, 16), prior=PRIOR, seed=seed)
    with _step("fitting the article stage"):
        groups = (
            spun,
            clean_examples(texts.fit_translated),
            clean_examples([text for text in for_articles if text not in people]),
            clean_examples([text for text in for_articles if text in people]),
        )
        pooled = [_joined(_chunked(article_table, group, workers, known, tokens)) for group in groups]
        swapped_rows, translated, clean, human = (table.rows for table in pooled)
        names = pooled[0].names
        wording = [i for i, name in enumerate(names) if not is_of_one_word(name)]
        rows, labels, weights = _stacked(swapped_rows, clean, human)
        spun_stage = fit_trees([names[i] for i in wording], rows[:, wording], labels, weights, seed=seed)
        rows, labels, weights = _stacked(translated, clean, human)
        translated_stage = fit_logistic(names, rows, labels, weights, seed=seed)
    articles: dict[str, Stage] = {"spun": spun_stage, "machine_translated": translated_stage}
    return Classifier(tokens, articles, blank_calibration())


def _halves(texts: list[str], seed: int) -> tuple[list[str], list[str]]:
    """Shuffle, and give two fifths to the token stage: it has hundreds of rows an article."""
    mixed = [texts[i] for i in np.random.default_rng(seed).permutation(len(texts))]
    cut = len(mixed) * 2 // 5
    return mixed[:cut], mixed[cut:]


def _stacked(
    positive: NDArray[np.float32], clean: NDArray[np.float32], human: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
    """Rows, labels and weights; what people translated weighs HUMAN_WEIGHT, being rare and the nearest to a false
    alarm."""
    rows = np.concatenate([positive, clean, human])
    weights = np.repeat([1.0, 1.0, HUMAN_WEIGHT], [len(positive), len(clean), len(human)])
    return rows, np.arange(len(rows)) < len(positive), weights


def _joined(tables: Sequence[ArticleTable]) -> ArticleTable:
    return ArticleTable(tables[0].names, np.concatenate([table.rows for table in tables]))


def calibrate_classifier(
    texts: Texts, resources: Resources, classifier: Classifier, spinners: Mapping[str, Spinner], seed: int, workers: int
) -> Calibration:
    """Calibrate with all the tables, on articles that no other step saw."""
    with _step("calibrating"):
        detector = Detector(ModelInfo("", "", ""), resources, classifier)
        kinds = (texts.calibrate, texts.calibrate_human)
        documents = [_chunked(segmented, kind, workers, resources.vocabulary) for kind in kinds]
        kept = [[d for some in kind for d in some if d.n_words >= MIN_WORDS] for kind in documents]
        groups = np.repeat(np.arange(len(kept), dtype=np.int8), [len(kind) for kind in kept])
        every = [*texts.calibrate, *texts.calibrate_human]
        spun = _spin(every[:: max(1, len(every) // 2000)], spinners, seed + 2, workers, MISSES_AT, 0.0)
        own = ([example.text for example in spun], texts.calibrate_translated)
        artifacts = [
            [d for some in _chunked(segmented, kind, workers, resources.vocabulary) for d in some] for kind in own
        ]
        measured_on = f"{len(groups):,} untouched articles that training did not see"
        calibration = calibrate(detector, [*kept[0], *kept[1]], groups, artifacts, measured_on)
    with _step("calibrating suggestions and passages"):
        few = Detector(detector.info, withhold(resources, seed), replace(classifier, calibration=calibration))
        examples = [
            *_spin(every[: 2 * NOTED : 2], spinners, seed + 3, workers),
            *clean_examples(every[1 : 2 * NOTED : 2]),
        ]
        return calibrate_notes(few, examples, segmented([example.text for example in examples], resources.vocabulary))


def segmented(texts: Sequence[str], vocabulary: Vocabulary) -> list[Document]:
    """The texts cut into tokens, their clutter masked, as they are when they are scored."""
    return [segment(text, vocabulary, find_clutter(text).spans) for text in texts]


def _spin(
    texts: Sequence[str], spinners: Mapping[str, Spinner], seed: int, workers: int, *how: object
) -> list[Example]:
    """`spin` in worker processes."""
    return [example for some in _chunked(spin, texts, workers, spinners, seed, *how) for example in some]


def _chunked(function: Callable[..., R], items: Sequence[T], workers: int, *arguments: object) -> list[R]:
    """Apply `function(chunk, *arguments)` to chunks of `items` in worker processes, in order."""
    size = max(1, -(-len(items) // (TASKS * workers)))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    return list(Parallel(n_jobs=workers)(delayed(function)(chunk, *arguments) for chunk in chunks))


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.perf_counter()
    print(f"{name} ...", file=sys.stderr, flush=True)
    yield
    print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
