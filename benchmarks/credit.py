"""How much of a text counts as altered under an agency's credit: copies that customers may print, and altered ones.

    python -m benchmarks.credit CORPORA [--articles 150] [--seed 1]

CORPORA holds *.jsonl.zst of clean articles; each stands for an agency's own text, and is laid beside copies of itself.
Cut: the last third is gone, and every sixth sentence before it. House style: spellings, short forms, figures and
quotation marks as another paper prints them. Light edit: the cut copy in house style, a day told as "yesterday", and a
line that names the outlet. Swapped: that share of the words but for names and the commonest, half of all at most.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
import numpy as np

from benchmarks.archive import articles_in, rate_of, swap
from benchmarks.planted_facts import CHANGES, plant, planted
from detector.align import compare, load_linker
from detector.comparison import Source
from detector.model_store import default_model_path, load_model
from detector.segment import segment
from detector.tracing.credit import Altered, altered_in

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?][\"”\s])\s*(?=[A-Z\"“])")
OTHER_STYLE = tuple(  # what a British paper makes of American wire copy; not the table that the alignment folds by
    (re.compile(pattern), british)
    for pattern, british in (
        (r"(?<=[a-z]{3})iz(?=(?:e|es|ed|ing|ation|ations)\b)", "is"),
        (r"\b([Cc])enter\b", r"\1entre"),
        (r"\b(col|lab|fav|harb|neighb|rum|hon)or(?=s?\b)", r"\1our"),
        (r"\b(defen|offen)se\b", r"\1ce"),
        (r"\b(travel|cancel|label|model|fuel)(?=(?:ed|ing|er)\b)", r"\1l"),
        (r"\btoward\b", "towards"),
        (r" percent\b", " per cent"),
        (r"(?<=\d) million\b", "m"),
        (r"(?<=\d) billion\b", "bn"),
        (r"\b(Mr|Mrs|Dr|Sen|Gov|Gen)\.", r"\1"),
        (r"\bU\.S\.", "US"),
        (r"\bU\.N\.", "UN"),
        (r"\bthree\b", "3"),
        (r"\bseven\b", "7"),
        (r"(?<![\w.,$])10(?![\d.,%])\b", "ten"),
        (r"\b(Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.", r"\1"),
        ("[“”]", '"'),
        ("’", "'"),
        (" ?— ?", " - "),
    )
)
QUANTILES = (0.5, 0.95, 1)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.25)  # of the words that may be swapped

Edit = Callable[[str], str]


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--articles", type=click.IntRange(min=10), default=150, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(corpora: Path, articles: int, seed: int) -> None:
    """Print for each way of copying what counts as altered, and how often it is told."""
    rng = random.Random(seed)
    texts = [one.text for one in rng.sample(articles_in(corpora), articles)]
    resources, linker = load_model(default_model_path()).resources, load_linker()

    def altered(suspect: str, reference: str) -> Altered:
        ours, theirs = (segment(text, resources.vocabulary) for text in (suspect, reference))
        comparison = compare(ours, theirs, resources, linker)
        return altered_in(ours, [Source("", reference, None, None, None, None, 1.0, comparison)])

    def facts_changed(text: str) -> str:
        document = segment(text, resources.vocabulary)
        return planted(text, plant(document, [*CHANGES][:2], np.random.default_rng(seed)))[0]

    words = sorted({word for text in texts for word in _WORD.findall(text) if word.islower()})
    edits: dict[str, Edit] = {
        "verbatim": str,
        "cut": _cut,
        "house style": _in_other_style,
        "light edit": _lightly_edited,
        **{f"{share:.0%} swapped": partial(swap, share=share, words=words, rng=rng) for share in SHARES},
        "cut, 5% swapped": lambda text: swap(_cut(text), 0.05, words, rng),
        "two facts changed": facts_changed,
        "two sentences put in": lambda text: f"{text} {' '.join(_sentences(rng.choice(texts))[:2])}",
    }
    for name, edit in edits.items():
        _print(name, [altered(edit(text), text) for text in texts])


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def _cut(text: str) -> str:
    sentences = _sentences(text)
    return " ".join(one for i, one in enumerate(sentences[: max(len(sentences) * 2 // 3, 1)]) if i % 6 != 4)


def _in_other_style(text: str) -> str:
    for pattern, british in OTHER_STYLE:
        text = pattern.sub(british, text)
    return text


def _lightly_edited(text: str) -> str:
    dated = re.sub(r"\bon (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", "yesterday", text, count=1)
    return f"{_in_other_style(_cut(dated))}\nFollow the Coast News for more on this story."


def _print(name: str, found: Sequence[Altered]) -> None:
    told = rate_of(sum(one.is_told for one in found), len(found))
    columns = zip(Altered._fields, zip(*found, strict=True), strict=True)
    said = ", ".join(f"{field} {' '.join(f'{np.quantile(own, q):.3g}' for q in QUANTILES)}" for field, own in columns)
    print(f"{name:>20}: told {told}; {said}", flush=True)


if __name__ == "__main__":
    main()
