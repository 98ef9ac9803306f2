"""News agencies by all of their spellings: an archive calls one "AP", a dateline "The Associated Press".

A short form counts in its own capitals alone, and as a word by itself: "ap Rhys" names no agency. Where a name holds
another ("Australian Associated Press"), the longer is meant.
"""

from __future__ import annotations

import re

# The name shown, its short forms, then its names in full, which any capitals will do for.
_TABLE: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("AP", ("AP",), ("associated press", "ap news", "apnews.com")),
    ("Reuters", (), ("reuters", "thomson reuters", "reuters.com")),
    ("AFP", ("AFP",), ("agence france-presse", "agence france presse", "afp.com")),
    ("PTI", ("PTI",), ("press trust of india", "ptinews.com")),
    ("ANI", ("ANI",), ("asian news international", "aninews.in")),
    ("IANS", ("IANS",), ("indo-asian news service", "indo asian news service", "ians.in")),
    ("UNI", ("UNI",), ("united news of india",)),
    ("UPI", ("UPI",), ("united press international", "upi.com")),
    ("TASS", ("TASS",), ("itar-tass", "tass news agency", "tass.com")),
    ("Xinhua", (), ("xinhua", "xinhua news agency", "xinhuanet", "xinhuanet.com", "news.cn")),
    ("dpa", ("dpa", "DPA"), ("deutsche presse-agentur", "dpa international")),
    ("EFE", ("EFE",), ("agencia efe", "efe news", "efe.com")),
    ("ANSA", ("ANSA",), ("agenzia ansa", "ansa news", "ansa.it")),
    ("Kyodo", (), ("kyodo", "kyodo news")),
    ("Bloomberg", (), ("bloomberg", "bloomberg news", "bloomberg.com")),
    ("PA Media", ("PA",), ("pa media", "press association")),
    ("AAP", ("AAP",), ("australian associated press",)),
    ("APP", ("APP",), ("associated press of pakistan",)),
    ("CP", ("CP",), ("canadian press",)),
    ("Yonhap", (), ("yonhap", "yonhap news agency")),
    ("Anadolu", ("AA",), ("anadolu", "anadolu agency")),
    ("Bernama", (), ("bernama",)),
    ("Antara", (), ("antara", "antara news")),
    ("Interfax", (), ("interfax",)),
    ("RIA Novosti", (), ("ria novosti",)),
    ("Dow Jones", (), ("dow jones", "dow jones newswires")),
    ("KUNA", ("KUNA",), ("kuwait news agency",)),
    ("NAN", ("NAN",), ("news agency of nigeria",)),
)
_BY_SHORT = {short: name for name, shorts, _ in _TABLE for short in shorts}
_BY_FULL = {full: name for name, _, fulls in _TABLE for full in fulls}
_WHOLE = {short.casefold(): name for short, name in _BY_SHORT.items()} | _BY_FULL


def _longest_first(spellings: dict[str, str]) -> str:
    return "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))


_NAMED = re.compile(rf"(?<!\w)(?:(?i:{_longest_first(_BY_FULL)})|{_longest_first(_BY_SHORT)})(?!\w)")


def agencies_in(text: str) -> frozenset[str]:
    """The agencies that a credit names, each by the name shown.

    >>> sorted(agencies_in("Copyright 2026 The Associated Press, REUTERS")), agencies_in("an ap, a pa")
    (['AP', 'Reuters'], frozenset())
    """
    found = (match.group() for match in _NAMED.finditer(text))
    return frozenset(_BY_SHORT.get(spelling) or _BY_FULL[spelling.casefold()] for spelling in found)


def agency_of(outlet: str | None) -> str | None:
    """The agency that an outlet is, or is a desk of; None where it names none, or several.

    >>> agency_of("afp"), agency_of("Reuters India"), agency_of("Coast News")
    ('AFP', 'Reuters', None)
    """
    bare = " ".join((outlet or "").split()).removeprefix("The ").removeprefix("the ")
    if bare.casefold() in _WHOLE:
        return _WHOLE[bare.casefold()]
    named = agencies_in(bare)
    return next(iter(named)) if len(named) == 1 else None
