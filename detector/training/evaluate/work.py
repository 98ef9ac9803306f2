"""Read what a model is judged by from the work folder of training.

corpus/{language,fit,calibrate,test}.jsonl.zst   clean articles by part
corpus/translations.jsonl.zst                    translations, each with its part
model/                                           the calibrated model
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.examples import Example
from detector.training.rows import read_articles
from detector.training.texts import HUMAN, MACHINE, MAX_WORDS, MIN_WORDS

CLEAN = "clean"  # the family of what nobody spun
Order = Callable[[list[CorpusArticle]], list[CorpusArticle]]


@dataclass(frozen=True, slots=True)
class Item:
    """A text to judge: what was done to it, and the article that it is, or was made of."""

    example: Example
    article: CorpusArticle

    @property
    def share(self) -> float:
        """Share of the words of the text that a spinner wrote."""
        written = sum(len(swap.spun.split()) for swap in self.example.swaps)
        return written / max(len(self.example.text.split()), 1)


@dataclass(frozen=True, slots=True)
class Work:
    """What the folder holds, of each part at most so many articles.

    Attributes:
        fit, test: clean articles.
        fit_people, test_people, test_machine: translations by people (with what English they are of), and by machines.
    """

    fit: list[CorpusArticle]
    test: list[CorpusArticle]
    fit_people: list[CorpusArticle]
    test_people: list[CorpusArticle]
    test_machine: list[CorpusArticle]


def clean_items(articles: Sequence[CorpusArticle]) -> list[Item]:
    """The articles as they are."""
    return [Item(Example(article.text, (), CLEAN), article) for article in articles]


def read_work(folder: Path, most: int, order: Order) -> Work:
    """Read the folder; of each part, in the order that `order` gives it, the first `most`.

    Raises CorpusError where a part of the clean articles is missing or a row is not of its schema.
    """
    corpus = folder / "corpus"
    fit, test = (order(_judgeable(read_corpus(corpus / f"{part}.jsonl.zst")))[:most] for part in ("fit", "test"))
    people: dict[str, list[CorpusArticle]] = {"fit": [], "test": []}
    machine: list[CorpusArticle] = []
    path = corpus / "translations.jsonl.zst"
    for part in ("fit", "test") if path.exists() else ():
        for article in _judgeable(read_articles(path, part=part)):
            if article.kind == MACHINE and part == "test":
                machine.append(article)
            elif article.kind in HUMAN and not article.suspect_post_edit:
                people[part].append(article)
    fit_people, test_people, test_machine = (order(own)[:most] for own in (people["fit"], people["test"], machine))
    return Work(fit, test, fit_people, test_people, test_machine)


def _judgeable(articles: Iterable[CorpusArticle]) -> list[CorpusArticle]:
    return [article for article in articles if MIN_WORDS <= len(article.text.split()) <= MAX_WORDS]
