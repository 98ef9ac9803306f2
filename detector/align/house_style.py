"""Spellings that editors vary by region and house style, folded: what differs in nothing else was not reworded.

The keys are for comparing alone. A rule may fold a word that it does not mean ("called"), as long as no other word of
English is spelled as the result.
"""

from __future__ import annotations

import re

from detector.short_keys import remembered

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = {"mon": "mon", "tue": "tues", "tues": "tues", "wed": "wednes", "thu": "thurs", "thur": "thurs",
         "thurs": "thurs", "fri": "fri"}  # fmt: skip
_FIGURES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

_SHORT = (  # what is written short, "=" before it the word in full
    "million=m mn mln, billion=bn bln, trillion=tn trn, mister=mr, doctor=dr, professor=prof, senator=sen,"
    " governor=gov, general=gen, representative=rep, lieutenant=lt, sergeant=sgt, colonel=col, captain=capt, saint=st,"
    " company=co, corporation=corp, incorporated=inc, limited=ltd, versus=vs v, ok=okay, percent=% pc pct, dollars=$,"
    " pounds=£, euros=€, and=&, kilometers=km, kilograms=kg, miles=mi"
)
_BRITISH = (  # British or older, and what American wires write, where no rule below says so
    "defence=defense defences=defenses offence=offense offences=offenses pretence=pretense licence=license"
    " licences=licenses practise=practice practised=practiced programme=program programmes=programs cheque=check"
    " cheques=checks tyre=tire tyres=tires grey=gray plough=plow sceptical=skeptical sceptic=skeptic manoeuvre=maneuver"
    " manoeuvres=maneuvers aluminium=aluminum ageing=aging judgement=judgment jewellery=jewelry kerb=curb storey=story"
    " storeys=stories draught=draft moustache=mustache mum=mom pyjamas=pajamas axe=ax adviser=advisor advisers=advisors"
    " towards=toward afterwards=afterward whilst=while amongst=among learnt=learned burnt=burned spelt=spelled"
    " enquiry=inquiry enquiries=inquiries skilful=skillful fulfil=fulfill enrol=enroll instalment=installment"
    " artefact=artifact artefacts=artifacts cosy=cozy mould=mold catalogue=catalog dialogue=dialog analogue=analog"
    " centre=center centres=centers centred=centered theatre=theater theatres=theaters metre=meter metres=meters"
    " kilometre=kilometer kilometres=kilometers litre=liter litres=liters fibre=fiber fibres=fibers calibre=caliber"
    " sombre=somber meagre=meager lustre=luster spectre=specter sabre=saber glamour=glamor"
)
_WORDS = {
    **{month[:3]: month for month in _MONTHS},
    "sept": "september",
    **{short: f"{long}day" for short, long in _DAYS.items()},
    **{word: str(i) for i, word in enumerate(_FIGURES)},
    **{word: str(10 * i) for i, word in enumerate(_TENS, 3)},
    **{word: f"{i}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(i, 'th') }" for i, word in enumerate(_ORDINALS, 1)},
    **{short: row.split("=")[0].strip() for row in _SHORT.split(",") for short in row.split("=")[1].split()},
    **dict(pair.split("=") for pair in _BRITISH.split()),
}
_RULES = tuple(
    (letters, re.compile(pattern), american)  # few words have the letters, which are sought ten times as fast
    for letters, pattern, american in (
        ("is", r"(?<=[a-z]{3})is(e[drs]?|ing|ations?)$", r"iz\1"),
        ("ys", r"(?<=[a-z]{2})ys(e[drs]?|ing)$", r"yz\1"),
        ("our", r"(?<=[a-z]{3})our(?=(s|ed|ing|ite|ites|able|ably|er|ers|hood|hoods|less|ful|al)?$)", "or"),
        ("ll", r"(?<=[a-z]{3})ll(?=(ed|ing|er|ers|or|ors)$)", "l"),
        ("ae", r"(?<=[a-z])ae(?=[a-z]{4})", "e"),
    )
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_FIGURE = re.compile(r"(\d[\d.]*)([a-z]*)")
_LOOSE = re.compile(r"[\s.\-']+")


@remembered(1 << 15)
def plain(word: str) -> str:
    """The spelling under which the variants of a lower-case word are one.

    >>> [plain(word) for word in ("organised", "centre", "u.s.", "oct", "1,200", "seven")]
    ['organized', 'center', 'us', 'october', '1200', '7']
    """
    bare = word[:64].rstrip(".") or word[:1]
    if bare in _WORDS:
        return _WORDS[bare]
    if bare[:1].isdigit():
        return _THOUSANDS.sub("", bare)
    bare = bare.replace(".", "") or bare
    for letters, pattern, american in _RULES:
        if letters in bare:
            bare = pattern.sub(american, bare)
    return bare


@remembered(1 << 15)
def printed(words: tuple[str, ...]) -> str:
    """A phrase of lower-case tokens without its blanks, hyphens and full stops, each word in its plain spelling.

    >>> printed(("per", "cent")), printed(("co", "-", "operate")), printed(("2.5m",)) == printed(("2.5", "million"))
    ('percent', 'cooperate', True)
    """
    joined = "".join(words if "-" in words else map(_whole, words))
    return plain(_LOOSE.sub("", joined)) or joined


def _whole(word: str) -> str:
    """The plain spelling of a word, and of the unit that stands against a figure; the point of a figure is kept."""
    key = plain(word)
    figure = _FIGURE.fullmatch(key)
    return key if figure is None else figure[1].replace(".", "·") + (plain(figure[2]) if figure[2] else "")
