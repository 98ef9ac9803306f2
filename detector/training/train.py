"""From clean articles and translations to a fitted, calibrated model on disk.

Four parts with no story in common: `language` (vocabulary, n-grams, odds), `fit` (both stages of the classifier),
`calibrate` (thresholds) and `test`, which nothing here reads.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import scipy
import sklearn
from joblib import Parallel, delayed
from numpy.typing import NDArray

import detector
from detector.classifier import CLASSES, Calibration, Classifier, Network
from detector.errors import CorpusError
from detector.extractors import EXTRACTORS
from detector.features import PRIOR, PROFILE
from detector.findings import ModelInfo
from detector.ingest.clutter import find_clutter
from detector.language_model import Vocabulary
from detector.model_store import save_model
from detector.pipeline import Detector
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.calibrate import blank_calibration, calibrate
from detector.training.candidates import build_candidates
from detector.training.card import write_card
from detector.training.corpus import CorpusArticle, read_corpus, split_parts, story_clusters
from detector.training.examples import Example, article_table, spin, token_table, withhold
from detector.training.fit import fit_network
from detector.training.grammar import GRAMMAR_PAIRS
from detector.training.ngrams import estimate
from detector.training.phrases import Entry, build_phrases, read_entries, words_of
from detector.training.spinners import MYTHES, WORDNET, Light, Spinner, families
from detector.training.vocabulary import train_vocabulary

LEXICONS = Path(__file__).parents[2] / "data" / "lexicons"
PARTS = {"language": 0.70, "fit": 0.12, "calibrate": 0.14, "test": 0.04}
MIN_WORDS, MAX_WORDS = 120, 3000  # of an article to fit or calibrate on: what is scored, without the longest
CHUNK = 250  # articles a task of a worker process
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is taken; what the shipped model was trained with."""

    bigrams: int = 3_000_000
    trigrams: int = 4_200_000
    token_articles: int = 4_500
    article_articles: int = 6_000
    calibration_articles: int = 12_000


@dataclass(frozen=True, slots=True)
class Texts:
    """The training texts by their use."""

    language: list[str]
    fit: list[str]
    calibrate: list[str]
    translated: list[str]
    human: list[str]  # translations by people, and English originals: clean


def train(corpora: Path | None, sample: Path | None, out: Path, seed: int = 1, workers: int = 1) -> None:
    """Train on the folder `corpora`, or, for a demonstration, on the sample stories; write the model to `out`."""
    with _step("reading"):
        texts = read_texts(corpora, seed) if corpora else read_sample(sample or Path("data/sample"))
    ppdb = corpora / "lexicons" / "ppdb_lexical.tsv.zst" if corpora else None
    resources = build_resources(texts.language, ppdb, Sizes(), workers)
    spinners = all_spinners(resources)
    classifier = fit_classifier(texts, resources, spinners, Sizes(), seed, workers)
    version = time.strftime("%Y.%m.%d", time.gmtime())
    name = out.name if corpora else "demonstration"
    calibration = _calibrate(texts, resources, classifier, spinners, Sizes(), seed, workers)
    classifier = Classifier(classifier.tokens, classifier.articles, calibration)
    about: dict[str, Any] = {
        "name": name,
        "version": version,
        "demonstration": corpora is None,
        "language": "en",
        "seed": seed,
        "extractors": [extractor.name for extractor in EXTRACTORS],
        "families": sorted(spinners),
        "articles": {part: len(getattr(texts, part)) for part in ("language", "fit", "calibrate", "translated", "human")},
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "unspin": detector.__version__,
        "licence": "Apache-2.0 for the code; see MODEL_CARD.md for the sources of the counts",
    }
    out.mkdir(parents=True, exist_ok=True)
    write_card(out / "MODEL_CARD.md", about, calibration)
    save_model(out, resources, classifier, about)


def read_texts(corpora: Path, seed: int) -> Texts:
    """Read the corpora of `corpora` and part the clean articles by story."""
    clean = _read_all(corpora / "corpora" / "clean" / "train")
    labels = story_clusters([article.text for article in clean])
    parts = split_parts(labels, PARTS, seed)
    rng = np.random.default_rng(seed)

    def part(name: str, fits: Callable[[str], bool]) -> list[str]:
        chosen = [clean[i].text for i in rng.permutation(np.flatnonzero(parts == name))]
        return [text for text in chosen if fits(text)]

    translations = _read_all(corpora / "corpora" / "translation" / "train")
    return Texts(
        language=part("language", bool),
        fit=part("fit", _judgeable),
        calibrate=part("calibrate", _judgeable),
        translated=[a.text for a in translations if a.kind == "mt" and _judgeable(a.text)],
        human=[
            a.text
            for a in translations
            if a.kind in ("human_translation", "original_english") and not a.suspect_post_edit and _judgeable(a.text)
        ],
    )


def read_sample(folder: Path) -> Texts:
    """The sample stories: far too few to judge by, enough to show every step."""
    clean = [path.read_text(encoding="utf-8") for path in sorted((folder / "clean").glob("*.txt"))]
    translated = [path.read_text(encoding="utf-8") for path in sorted((folder / "translated").glob("*.txt"))]
    if not clean or not translated:
        raise CorpusError(f"expected clean/*.txt and translated/*.txt in {folder}, found none")
    return Texts(clean, clean, clean, translated, clean)


def _read_all(folder: Path) -> list[CorpusArticle]:
    paths = sorted(path for path in folder.glob("*.jsonl*") if path.is_file())
    if not paths:
        raise CorpusError(f"expected .jsonl, .jsonl.gz or .jsonl.zst files in {folder}, found none")
    return [article for path in paths for article in read_corpus(path)]


def _judgeable(text: str) -> bool:
    return MIN_WORDS <= len(text.split()) <= MAX_WORDS


def build_resources(texts: list[str], ppdb: Path | None, sizes: Sizes, workers: int) -> Resources:
    """Count the tables of the language part."""
    entries = [entry for path in sorted(LEXICONS.glob("spinner_*.tsv")) for entry in read_entries(path)]
    with _step("choosing the vocabulary"):
        vocabulary = train_vocabulary(texts, words_of(entries))
    with _step("counting n-grams"):
        stream = np.concatenate(_chunked(_encode, texts, workers, vocabulary))
        language_model = estimate(stream, len(vocabulary), sizes.bigrams, sizes.trigrams)
    with _step("building candidates and phrases"):
        candidates = build_candidates(
            vocabulary.words, ppdb, WORDNET if WORDNET.exists() else None, _directed(entries)
        )
        phrases = build_phrases(entries, vocabulary, stream)
    return Resources(vocabulary, language_model, candidates, phrases)


def _directed(entries: list[Entry]) -> list[tuple[str, str]]:
    """Pairs of a word as found and what may have stood there, from the lexicons and from grammar."""
    single = [(entry.spun, entry.original) for entry in entries if " " not in entry.spun and " " not in entry.original]
    return [*single, *GRAMMAR_PAIRS]


def _encode(texts: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.uint16]:
    return np.concatenate([segment(text, vocabulary, find_clutter(text).spans).ids for text in texts]).astype(np.uint16)


def all_spinners(resources: Resources) -> dict[str, Spinner]:
    """Every family; those whose thesaurus is not installed are left out, and said so."""
    for path in (MYTHES, WORDNET):
        if not path.exists():
            print(f"no {path}: the family that draws on it is left out", file=sys.stderr)
    found = families(LEXICONS, MYTHES if MYTHES.exists() else None, WORDNET if WORDNET.exists() else None)
    return {**found, "light": Light(resources.candidates, resources.vocabulary.words, _Reader(resources), _Fit(resources))}


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
    texts: Texts, resources: Resources, spinners: Mapping[str, Spinner], sizes: Sizes, seed: int, workers: int
) -> Classifier:
    """Fit the token stage on one half of the fit part and the article stage, with tables half withheld, on the other."""
    known = withhold(resources, seed)
    n = min(sizes.token_articles, (len(texts.fit) + 1) // 2)
    for_tokens, for_articles = texts.fit[:n], texts.fit[n : n + sizes.article_articles] or texts.fit
    with _step("spinning"):
        n_clean = n // 4
        examples = _spin(for_tokens[n_clean:], spinners, seed, workers) + _clean(for_tokens[:n_clean])
        spun = _spin(for_articles * 2, spinners, seed + 1, workers)
    with _step("fitting the token stage"):
        tables = _chunked(_token_table, examples, workers, known)
        rows = np.concatenate([table.rows for table in tables])
        swapped = np.concatenate([table.swapped for table in tables])
        tokens = fit_network(tables[0].names, rows, swapped, hidden=(48, 16), prior=PRIOR, seed=seed)
    with _step("fitting the article stage"):
        groups = (_clean(for_articles), spun, _clean(texts.translated), _clean(texts.human))
        names, (clean, spun_rows, translated, human) = _article_rows(groups, known, tokens, workers)
        wording = [i for i, name in enumerate(names) if not name.startswith(PROFILE)]
        articles = {
            "spun": _fit_articles([names[i] for i in wording], spun_rows[:, wording], clean[:, wording], (16,), seed),
            "machine_translated": _fit_articles(names, translated, np.concatenate([clean, human]), (), seed),
        }
    return Classifier(tokens, articles, blank_calibration())


def _fit_articles(
    names: list[str], positive: NDArray[np.float32], negative: NDArray[np.float32], hidden: tuple[int, ...], seed: int
) -> Network:
    rows = np.concatenate([positive, negative])
    labels = np.arange(len(rows)) < len(positive)
    return fit_network(names, rows, labels, hidden=hidden, prior=0.5, seed=seed, epochs=60, penalty=1e-2)


def _calibrate(
    texts: Texts,
    resources: Resources,
    classifier: Classifier,
    spinners: Mapping[str, Spinner],
    sizes: Sizes,
    seed: int,
    workers: int,
) -> Calibration:
    """Calibrate with all the tables, on articles that no other step saw."""
    with _step("calibrating"):
        untouched = texts.calibrate[: sizes.calibration_articles]
        detector = Detector(ModelInfo("", "", ""), resources, classifier)
        documents = [d for some in _chunked(_segment, untouched, workers, resources.vocabulary) for d in some]
        spun = _clean_scores(detector, _spin(untouched[:2000], spinners, seed + 2, workers))
        translated = _clean_scores(detector, _clean(texts.translated[:4000]))
        kept = [document for document in documents if document.n_words >= MIN_WORDS]
        measured_on = f"{len(kept):,} articles of the clean corpora that nothing else was trained on (see MODEL_CARD.md)"
        return calibrate(detector, kept, [spun, translated], measured_on)


def _clean_scores(detector: Detector, examples: Sequence[Example]) -> NDArray[np.float64]:
    documents = [segment(e.text, detector.resources.vocabulary, find_clutter(e.text).spans) for e in examples]
    return np.stack([one.scores for one in detector.measure(documents)])


def _segment(texts: Sequence[str], vocabulary: Vocabulary) -> list[Document]:
    return [segment(text, vocabulary, find_clutter(text).spans) for text in texts]


def _clean(texts: Sequence[str]) -> list[Example]:
    return [Example(text, (), "clean") for text in texts]


def _spin(texts: Sequence[str], spinners: Mapping[str, Spinner], seed: int, workers: int) -> list[Example]:
    return [example for some in _chunked(spin, texts, workers, spinners, seed) for example in some]


def _token_table(examples: Sequence[Example], resources: Resources) -> Any:
    return token_table(examples, resources)


def _article_rows(
    groups: Sequence[Sequence[Example]], resources: Resources, tokens: Network, workers: int
) -> tuple[list[str], list[NDArray[np.float32]]]:
    tables = [_chunked(article_table, group, workers, resources, tokens) for group in groups]
    return tables[0][0].names, [np.concatenate([table.rows for table in some]) for some in tables]


def _chunked(function: Callable[..., R], items: Sequence[T], workers: int, *arguments: object) -> list[R]:
    """Apply `function(chunk, *arguments)` to chunks of `items` in worker processes, in order."""
    chunks = [items[i : i + CHUNK] for i in range(0, len(items), CHUNK)]
    return list(Parallel(n_jobs=workers)(delayed(function)(chunk, *arguments) for chunk in chunks))


@contextmanager
def _step(name: str) -> Any:
    started = time.perf_counter()
    print(f"{name} ...", file=sys.stderr, flush=True)
    yield
    print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


assert set(CLASSES) == {"spun", "machine_translated"}
