"""Drafts of 800 words as requests: clean ones, spun ones, and such as an archive has the source of."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.archive import swap
from benchmarks.service.exchange import request_bytes
from benchmarks.speed import made_articles
from detector.archive import open_archive
from detector.text import Record

WORDS = 800
DRAFTS = 64  # different ones, taken in turn
LOOKED_AT = 20_000  # articles of an archive, for some of the right length
SHARE = 0.3  # of the words of a stolen draft that others stand for, as in benchmarks/growth.py


def as_requests(texts: Sequence[str]) -> list[bytes]:
    """POST /v1/check of each."""
    headers = (("Content-Type", "application/json"),)
    bodies = (json.dumps({"text": text}).encode() for text in texts)
    return [request_bytes("POST", "/v1/check", body, headers) for body in bodies]


def made_drafts(kind: str) -> list[str]:
    """Of sentences of the sample, by the folder of that kind."""
    return [record.content for record in made_articles(DRAFTS, words=WORDS, kind=kind)]


def stolen_drafts(archive: Path, seed: int = 1) -> list[str]:
    """Articles of an archive, of about that many words, with a share of the words put out."""
    rng = random.Random(seed)
    with open_archive(archive) as opened:
        numbers = opened.texts.indexed()
        texts = [
            opened.texts.get(number).reference.text for number in rng.sample(numbers, min(LOOKED_AT, len(numbers)))
        ]
    fitting = [text for text in texts if 0.9 * WORDS <= len(text.split()) <= 1.1 * WORDS]
    words = sorted({word for text in texts[:3000] for word in re.findall(r"[^\W\d_]+", text) if word.islower()})
    chosen = rng.sample(fitting, min(DRAFTS, len(fitting)))
    return [swap(text, SHARE, words, rng) for text in chosen]


def as_records(texts: Sequence[str]) -> list[Record]:
    """The same for Detector.score."""
    return [Record(str(i), text) for i, text in enumerate(texts)]
