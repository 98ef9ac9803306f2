"""Made-up wire copy for the tests: stories that share nothing but the agency's manner, and a way of spinning them."""

from __future__ import annotations

from random import Random
from typing import Any

from detector.archive import Reference

SYLLABLES = "ka ro mi ve lin dar osk tal ner bu si fen gor ha wen pre lo sta vik um".split()


def made_word(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


def story_text(number: int) -> str:
    """Twelve sentences on people, places and figures of its own; the same for the same number."""
    rng = Random(number)
    words = [made_word(rng) for _ in range(60)]
    names = [made_word(rng).capitalize() for _ in range(8)]
    lines = []
    for _ in range(12):
        body = " ".join(rng.choice(words) for _ in range(9))
        lines.append(f"The {body} said {rng.choice(names)} of {rng.choice(names)} with {rng.randint(2, 9999)} people.")
    return "\n".join(" ".join(lines[at : at + 4]) for at in range(0, 12, 4))


def reference(number: int, **about: Any) -> Reference:
    """Story `number`, published on a day of its own in 2025, by one of three outlets."""
    fields = {
        "id": f"story-{number}",
        "text": story_text(number),
        "title": f"Story {number}",
        "outlet": ("Meridian", "Northern Wire", "Coast News")[number % 3],
        "published": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T06:00:00Z",
    }
    return Reference(**{**fields, **about})


def swapped(text: str, share: float, seed: int = 7) -> str:
    """Swap words in small letters for made-up ones with chance `share`."""
    rng = Random(seed)
    lines = (line.split(" ") for line in text.split("\n"))
    return "\n".join(
        " ".join(made_word(rng) if word.islower() and rng.random() < share else word for word in line) for line in lines
    )
