"""Web pages of any size round the articles of `made_articles`, as news sites make them, with no word of theirs.

What a site puts round a story grows with the page, the story does not. Half of what is added is scripts and the state
that they leave as JSON, the rest lists of links, teasers of other stories, readers' comments and icons. The shares are
a guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from itertools import cycle

import numpy as np

from benchmarks.speed import SAMPLE, made_articles

SECTIONS = (
    "News World Politics Business Markets Science Health Culture Books Travel Weather Sport Opinion Video".split()
)
READERS = ("Tideline", "R. Fennimore", "northbank_walker", "OldSignalman", "Prudence A.", "quarter_past")


def made_pages(n: int, kilobytes: int, seed: int = 0) -> list[str]:
    """Pages of about so many thousand characters, no two the same; those of one seed hold the same articles."""
    stories = [record.content.split("\n\n") for record in made_articles(n, seed)]
    headlines = [path.read_text(encoding="utf-8").strip().split("\n")[0] for path in sorted(SAMPLE.glob("clean/*.txt"))]
    return [_page(story, headlines, 1000 * kilobytes, seed + i) for i, story in enumerate(stories)]


def _page(story: list[str], headlines: list[str], characters: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    title, *paragraphs = map(escape, story)
    body = "".join(f'<p class="c-text c-text--{seed % 7}">{paragraph}</p>\n' for paragraph in paragraphs)
    article = (
        f'<article class="c-story"><header><h1 class="c-story__title">{title}</h1>\n<div class="c-byline">By <a '
        'href="/people/desk" rel="author">Night Desk</a> <time datetime="2026-03-04T05:06:07Z">4 March 2026</time>'
        f'</div></header>\n<figure><img src="/i/{seed}.jpg" alt=""><figcaption>The quay.</figcaption></figure>\n'
        f'<div class="c-story__body">\n{body}</div></article>\n'
    )
    places: dict[str, list[str]] = {"head": [], "before": [], "beside": [], "comments": [], "end": []}
    left = characters - len(_around(title, article, places))
    for place, part in _parts(headlines, rng):
        if left < len(part) / 2:
            break
        places[place].append(part)
        left -= len(part)
    return _around(title, article, places)


def _around(title: str, article: str, places: dict[str, list[str]]) -> str:
    head, before, beside, comments, end = ("".join(places[name]) for name in places)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title} | Tidewater Herald</title>\n'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Tidewater Herald">\n'
        f'<meta property="article:published_time" content="2026-03-04T05:06:07Z">\n{head}</head>\n<body>\n'
        f'<header class="c-head"><a href="/">Tidewater Herald</a>{before}</header>\n<main>{article}'
        f'<section class="comments" id="comments"><h2>Comments</h2>{comments}</section></main>\n'
        f'<aside class="c-aside"><h2>More stories</h2>{beside}</aside>\n'
        f"<footer><p>Tidewater Herald is printed by its readers.</p></footer>\n{end}</body></html>\n"
    )


def _parts(headlines: list[str], rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """What a site adds, part after part, and where it stands."""
    kinds = cycle(("links", "script", "teaser", "state", "teaser", "comment", "icon", "state"))
    for number, kind in enumerate(kinds):
        headline = escape(headlines[int(rng.integers(len(headlines)))])
        token = f"{int(rng.integers(2**48)):012x}"
        if kind == "links":
            links = "".join(
                f'<li class="c-nav__item"><a class="c-nav__link" href="/{name.lower()}/{token}" data-n="{number}">'
                f"{name}</a></li>"
                for name in SECTIONS
            )
            yield "before", f'<nav class="c-nav"><ul class="c-nav__list">{links}</ul></nav>\n'
        elif kind == "script":
            calls = "".join(f'q.push(["{name.lower()}","{token}",{number}]);' for name in SECTIONS[:8])
            yield (
                "head",
                f"<script>(function(w,q){{w.q=q;{calls}if(q.length<3&&w.n>2){{w.n=0}}}})(window,[]);</script>\n",
            )
        elif kind == "teaser":
            yield "beside", _teaser(headline, token)
        elif kind == "state":
            state = {
                "id": token,
                "title": headline,
                "path": f"/news/{token}",
                "sizes": list(range(number, number + 40)),
            }
            yield "end", f'<script type="application/json" id="s{number}">{json.dumps(state)}</script>\n'
        elif kind == "comment":
            reader = READERS[int(rng.integers(len(READERS)))]
            said = f"I read of it on the bus. {headline}? My street has waited for that for years."
            yield (
                "comments",
                (
                    f'<div class="comment" data-id="{token}"><span class="comment__name">{reader}</span>'
                    f'<p class="comment__text">{said}</p><button class="comment__reply">Reply</button></div>\n'
                ),
            )
        else:
            path = " ".join(f"L{int(x)} {int(y)}" for x, y in rng.integers(0, 24, (12, 2)))
            yield "before", f'<svg class="c-icon" viewBox="0 0 24 24"><path d="M0 0 {path}z"/></svg>\n'


def _teaser(headline: str, token: str) -> str:
    return (
        f'<div class="c-card"><a class="c-card__link" href="/news/{token}"><img class="c-card__image" loading="lazy" '
        f'src="/i/{token}.jpg" srcset="/i/{token}-400.jpg 400w, /i/{token}-800.jpg 800w" alt=""></a>'
        f'<div class="c-card__body"><span class="c-card__label">{SECTIONS[int(token, 16) % len(SECTIONS)]}</span>'
        f'<h3 class="c-card__title"><a href="/news/{token}">{headline}</a></h3></div></div>\n'
    )
