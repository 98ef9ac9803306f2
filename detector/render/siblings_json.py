"""The siblings of one article as a line of JSON, the schema `unspin.siblings/1`:

{schema, id, outlet, url, siblings: [{id, outlet, url, published, shared}],
 consensus: [{here: {start, end, text}, likely, agreeing, siding}]}

`start` and `end` count code points of the article's text, as in results. `shared` is the share of the article's words
outside of quotations that the sibling has; `likely` is what `agreeing` of the siblings have in that place, where
`siding` have what the article has.
"""

from __future__ import annotations

import json

from detector.as_given import quoted
from detector.text import Article
from detector.tracing.siblings import Siblings

SCHEMA = "unspin.siblings/1"


def siblings_line(article: Article, found: Siblings) -> str:
    """One line, without its end; ASCII, so that no text in it can act on a terminal."""
    line = {
        "schema": SCHEMA,
        "id": article.id,
        "outlet": article.outlet,
        "url": article.url,
        "siblings": [
            {
                "id": one.id,
                "outlet": one.outlet,
                "url": one.url,
                "published": one.published,
                "shared": round(one.shared, 6),
            }
            for one in found.siblings
        ],
        "consensus": [
            {
                "here": quoted(one.here, article)._asdict(),
                "likely": one.likely,
                "agreeing": one.agreeing,
                "siding": one.siding,
            }
            for one in found.consensus
        ],
    }
    return json.dumps(line, ensure_ascii=True)
