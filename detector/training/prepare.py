"""From corpus files to training texts: checked, without copies and boilerplate, no story in two parts."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import CorpusError
from detector.ingest.language import language
from detector.training.boilerplate import Stripped, strip_boilerplate
from detector.training.corpus import BadRow, CorpusArticle, corpus_rows
from detector.training.feedback import Verdict, read_feedback, text_key
from detector.training.progress import show
from detector.training.stories import linked, near_copies, split_parts, stories
from detector.training.texts import HUMAN, MACHINE, PARTS, PER_SOURCE, TRANSLATION_PARTS, judgeable

LEAST_WORDS, MOST_WORDS = (
    40,
    20_000,
)  # of an article to count words on: shorter is a caption, longer a document; guesses
CLEAN, TRANSLATIONS = Path("corpora", "clean", "train"), Path("corpora", "translation", "train")
PAIRS = Path("lexicons", "ppdb_lexical.tsv.zst")


class CorpusFiles(NamedTuple):
    """What there is to train on; `pairs` are substitutes of PPDB."""

    clean: list[Path]
    translations: list[Path]
    pairs: Path | None


class Placed(NamedTuple):
    """A clean article of some part and the number of its story."""

    article: CorpusArticle
    story: int


class FileRead(NamedTuple):
    """A file and how many rows it holds, how many of them are no articles, and how many words the others have."""

    path: Path
    rows: int
    bad: int
    words: int


@dataclass(frozen=True)
class Prepared:
    """The training texts by part, and what was done to get them.

    Attributes:
        parts: clean articles by the names of PARTS, in random order.
        translations: translations, and English originals, each with its part.
        feedback: reviewers' verdicts.
        files, bad: what was read, and the rows that were passed over.
        rejected: how many articles were left out, by the reason.
        stripped: what boilerplate went.
    """

    parts: dict[str, list[Placed]]
    translations: list[tuple[CorpusArticle, str]]
    feedback: list[Verdict] = field(default_factory=list)
    files: list[FileRead] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    stripped: Stripped = field(default_factory=lambda: Stripped([], Counter(), Counter()))

    def texts(self, part: str) -> list[str]:
        """The clean texts of a part."""
        return [placed.article.text for placed in self.parts[part]]

    def translated(self, part: str, kinds: Collection[str]) -> list[str]:
        """The texts of some `kinds` among the translations of a part."""
        return [article.text for article, own in self.translations if own == part and article.kind in kinds]


def find_files(folders: Iterable[Path]) -> CorpusFiles:
    """Find the corpora of folders: each holds corpora/clean/train and its neighbours, or plain files of clean articles.

    Raises CorpusError where a folder holds neither, and where there are no translations in any.
    """
    clean: list[Path] = []
    translations: list[Path] = []
    pairs = None
    for folder in folders:
        laid_out = (folder / "corpora").is_dir()
        own = _json_lines(folder / CLEAN if laid_out else folder)
        also = _json_lines(folder / TRANSLATIONS) if laid_out else []
        if not own and not also:
            raise CorpusError(
                f"expected .jsonl, .jsonl.gz or .jsonl.zst files in {folder} or {folder / CLEAN}, found none"
            )
        clean += own
        translations += also
        pairs = folder / PAIRS if (folder / PAIRS).is_file() else pairs
    if not clean or not translations:
        missing = f"translations ({TRANSLATIONS})" if clean else f"clean articles ({CLEAN})"
        raise CorpusError(f"no {missing} in the folders given: name another folder as well, which has them")
    return CorpusFiles(clean, translations, pairs)


def _json_lines(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.jsonl*") if path.is_file())


def prepare(files: CorpusFiles, feedback: Sequence[Path] = (), seed: int = 1) -> Prepared:
    """Read, check, clean and part all texts; deterministic by the seed.

    What a reviewer judged, and all that tells the same story, is fitted on and nothing else.
    """
    verdicts, bad = read_feedback(feedback)
    read: list[FileRead] = []
    rejected: Counter[str] = Counter()
    articles = _unique(_read_all(files.clean, read, bad), rejected)
    show(f"{len(articles):,} articles read")
    stripped = strip_boilerplate(articles)
    articles = [article for article in stripped.articles if _is_fit(article, rejected)]
    placed = _placed(articles, [verdict.text for verdict in verdicts], seed, rejected)
    translations = _translations(_read_all(files.translations, read, bad), verdicts, seed, rejected)
    return Prepared(placed, translations, verdicts, read, bad, +rejected, stripped._replace(articles=[]))


def _read_all(paths: Iterable[Path], read: list[FileRead], bad: list[BadRow]) -> list[CorpusArticle]:
    """Read files, and note what they held; a file that is mostly no articles is a CorpusError."""
    articles: list[CorpusArticle] = []
    for path in paths:
        rows = list(corpus_rows(path))
        own = [replace(row, outlet=row.outlet or row.source) for row in rows if isinstance(row, CorpusArticle)]
        passed = [row for row in rows if isinstance(row, BadRow)]
        if len(passed) > len(own):
            raise CorpusError(
                f"{path}: expected articles, got {len(passed):,} bad rows of {len(rows):,};"
                f" the first is {passed[0].place}: {passed[0].message}"
            )
        read.append(FileRead(path, len(rows), len(passed), sum(len(article.text.split()) for article in own)))
        bad += passed
        articles += own
    return articles


def _unique(articles: Iterable[CorpusArticle], rejected: Counter[str]) -> list[CorpusArticle]:
    """The first article of each text."""
    first: dict[str, CorpusArticle] = {}
    for article in articles:
        if first.setdefault(text_key(article.text), article) is not article:
            rejected["a copy of another"] += 1
    return list(first.values())


def _is_fit(article: CorpusArticle, rejected: Counter[str]) -> bool:
    """Whether words are worth counting in an article; why not is noted."""
    n_words = len(article.text.split())
    if n_words < LEAST_WORDS:
        reason = f"under {LEAST_WORDS} words"
    elif n_words > MOST_WORDS:
        reason = f"over {MOST_WORDS:,} words"
    elif (code := language(article.text).code) != "en":
        reason = "of no language that can be told" if code == "und" else "not English"
    else:
        return True
    rejected[reason] += 1
    return False


def _placed(
    articles: Sequence[CorpusArticle], judged: Sequence[str], seed: int, rejected: Counter[str]
) -> dict[str, list[Placed]]:
    """Part articles by story, in random order; a story that reviewers `judged` a text of is for fitting, the others lie
    where they would without."""
    links = linked([*judged, *(article.text for article in articles)])
    labels = stories(links) - len(judged)  # below 0 where the story's first text was judged
    names = np.where(labels < 0, "fit", split_parts(labels, PARTS, seed))[len(judged) :]
    copies = near_copies(links)[len(judged) :]
    rejected["nearly the same as another"] += int(copies.sum())
    parts: dict[str, list[Placed]] = {name: [] for name in PARTS}
    taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for i in np.random.default_rng(seed).permutation(len(articles)).tolist():
        article, part = articles[i], str(names[i])
        if copies[i]:
            continue
        if part != "language":
            if not judgeable(article.text):
                rejected["of no length to fit or test on"] += 1
                continue
            if taken[part][article.source] >= PER_SOURCE.get(part, len(articles)):
                rejected["of a source that has enough"] += 1
                continue
        taken[part][article.source] += 1
        parts[part].append(Placed(article, int(labels[len(judged) + i])))
    return parts


def _translations(
    articles: Iterable[CorpusArticle], verdicts: Sequence[Verdict], seed: int, rejected: Counter[str]
) -> list[tuple[CorpusArticle, str]]:
    """Part translations by the document that was translated, without those of a story that was judged."""
    kept = []
    for article in _unique(articles, rejected):
        if article.kind not in (*HUMAN, MACHINE):
            rejected["a translation of no known kind"] += 1
        elif article.kind in HUMAN and article.suspect_post_edit:
            rejected["a translation by people that copies a machine's"] += 1
        elif not judgeable(article.text):
            rejected["of no length to fit or test on"] += 1
        else:
            kept.append(article)
    judged = _judged_stories(kept, [verdict.text for verdict in verdicts])
    rejected["a translation of a story that was judged"] += int(judged.sum())
    return [(article, part_of(article, seed)) for article, own in zip(kept, judged, strict=True) if not own]


def _judged_stories(articles: Sequence[CorpusArticle], judged: Sequence[str]) -> NDArray[np.bool_]:
    if not judged:
        return np.zeros(len(articles), bool)
    labels = stories(linked([*judged, *(article.text for article in articles)]))
    return labels[len(judged) :] < len(judged)


def part_of(article: CorpusArticle, seed: int) -> str:
    """The part of a translated document; all its translations go the same way."""
    document = f"{article.set} {article.doc_id}" if article.doc_id else f"{article.source} {article.id}"
    drawn = hashlib.sha256(f"{seed} {document}".encode()).digest()[0] / 256
    edges = np.cumsum(list(TRANSLATION_PARTS.values())[:-1])
    return list(TRANSLATION_PARTS)[int(np.searchsorted(edges, drawn, side="right"))]
