"""Names of the news and what word lists make of them, and the folding under which two spellings are one name.

A synonym list does not know that "United Nations" is a name, and a translator that works sentence by sentence spells
a foreign name afresh each time.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from detector.short_keys import remembered

# One name a line, one slot a word: the usual word, "=" before another usual spelling, "|" before a word that stands
# there only where the name was taken apart; "_" is a blank. Words that make a name of their own ("National Safety
# Council", "House of Delegates", "Statue of Freedom") are left out. Written from general knowledge of English.
_TABLE = """
United|Unified|Joined|Joined_together Nations
United_Nations|United_Countries|Unified_Countries|Joined_Countries
United|Unified|Joined|Joined_together|Assembled States
United|Unified|Joined|Joined_together|Assembled Kingdom
United|Unified|Joined|Joined_together Arab|Bedouin Emirates
UN=U.N. Security|Safety|Surety Council
UN=U.N. General|Common|Broad Assembly|Get_together
World|Globe|Planet Health|Wellbeing|Wellness|Well-being Organization=Organisation
World|Globe Trade|Commerce|Exchange Organization=Organisation
World|Globe Bank|Financial_institution
World|Globe Cup|Mug
World War|Battle|Conflict II=I=Two=One
World Economic|Monetary Forum
International|Worldwide|Universal|Global Monetary|Financial|Currency|Money_related Fund|Support
International|Worldwide|Universal Criminal|Felony Court
International|Worldwide|Universal Atomic|Nuclear Energy|Vitality Agency
International|Worldwide|Universal Olympic Committee|Advisory_group
European Central|Focal Bank|Financial_institution
European Commission|Fee
European Court of Human Rights|Freedoms
North|Northern Atlantic Treaty|Arrangement|Settlement Organization=Organisation
Human Rights|Freedoms Watch|Observe
Amnesty|Reprieve|Acquittal|Pardon International|Worldwide|Universal
Doctors|Specialists|Physicians|Medics Without=without Borders|Boundaries|Limits
Red|Ruddy Cross|Crossing
Red|Ruddy Crescent
White House|Home|Dwelling|Domicile
Supreme|Preeminent|Incomparable|Matchless Court
Supreme|Preeminent|Incomparable Leader|Pioneer
House|Home|Place of Representatives
House|Home of Commons
House|Home of Lords|Masters
Federal|Government Reserve
Federal_Reserve|Federal_Save|Central_Save|Government_Save Bank
State|Express Department
Department|Division of Homeland|Country Security|Safety
Homeland|Fatherland Security|Safety
Secretary of State|Condition|Express
Secretary of Defense=Defence|Guard|Barrier
Attorney|Lawyer General|Common
Chief|Boss Justice
Central|Focal Intelligence|Insights|Insight|Knowledge Agency
Federal|Government Bureau of Investigation|Examination
National Security|Safety|Surety Agency
National Rifle|Shotgun Association|Affiliation
Environmental|Natural|Ecological Protection|Assurance|Insurance Agency
Food|Nourishment|Meals and Drug|Medicate|Sedate Administration|Organization
Securities and Exchange|Trade Commission
Internal|Inner|Inside Revenue|Income Service
Centers|Facilities for Disease|Illness|Infection Control
Prime Minister|Priest|Clergyman|Serve|Pastor
Vice|Bad_habit|Bad_behavior President
Foreign|Remote Minister
Foreign|Remote Ministry
Defense=Defence|Resistance|Guard|Barrier Minister|Priest
Finance|Back|Money Minister|Priest
Interior|Inside|Insides Minister|Priest
Health|Wellbeing|Wellness Minister|Priest
Scotland Yard|Lawn
Capitol Hill|Slope
Wall_Street|Divider_Street|Divider_Road
Silicon Valley|Vale
Tiananmen Square|Plaza
Red|Ruddy Square
Berlin Wall|Divider
Great_Wall|Awesome_Wall|Great_Divider|Awesome_Divider of China
Great|Awesome Britain
New|Modern|Unused York
New|Modern|Unused Zealand
New|Unused Jersey
New|Modern|Unused Delhi
Ivory Coast|Coastline
Sierra Leone|Lion
West Bank|Financial_institution
Gaza Strip|Portion|Band
Middle|Mid-section East
Suez Canal|Channel
Panama Canal|Channel
English Channel|Canal
Gulf|Inlet of Mexico
Persian Gulf|Inlet
Strait|Waterway of Hormuz
Black Sea|Ocean
Dead|Lifeless Sea
Red|Ruddy Sea|Ocean
Baltic Sea|Ocean
Caspian Sea|Ocean
Mediterranean Sea|Ocean
South China Sea|Ocean
Atlantic Ocean|Sea
Pacific Ocean|Sea
Cold|Frigid|Chilly War
Islamic State|Express|Condition
Muslim Brotherhood|Fraternity
Communist Party|Celebration
Republican Party|Celebration|Get-together
Democratic|Popularity_based Party|Celebration|Get-together
Labour=Labor Party|Celebration
Conservative|Preservationist Party|Celebration
Tea Party|Celebration|Get-together
Air_Force|Discuss_Force|Discuss_Constrain|Air_Constrain
Royal|Regal|Illustrious Navy
Royal|Regal|Illustrious Family
Marine Corps|Corpse
Coast|Drift Guard
Revolutionary|Progressive Guard|Watch
Associated|Related Press|Squeeze
London Stock Exchange|Trade
York Stock Exchange|Trade
Nobel Prize|Price
Nobel Peace|Harmony Prize|Price
Pulitzer Prize|Price
Premier|Head League
Champions|Victors League
Super Bowl|Dish
Olympic Games|Recreations|Amusements
Commonwealth|Republic Games
Formula|Equation One
General|Common Motors|Engines
General|Common Electric
Black|Dark Friday
Black|Dark Lives Matter|Issue
Boy|Kid Scouts
Holy|Heavenly See
Vatican City|Metropolis
Mexico City|Metropolis
Planned|Arranged Parenthood
"""

# Spellings of one name that no rule folds together, the usual one first. News moved from one to the other over the
# years; one article keeps to one. Clubs and dishes keep their own ("Roma", "Napoli", "Sevilla"), so those cities are
# left out.
_SPELLINGS = (
    "Kyiv Kiev, Lviv Lvov, Odesa Odessa, Mykolaiv Nikolaev Nikolayev, Donbas Donbass, Munich München, Cologne Köln,"
    " Vienna Wien, Prague Praha, Warsaw Warszawa, Lisbon Lisboa, Belgrade Beograd, Bucharest Bucuresti,"
    " Copenhagen Kobenhavn, Florence Firenze, Hezbollah Hizbollah Hizbullah, Taliban Taleban,"
    " Gaddafi Qaddafi Gadhafi Kadhafi Kaddafi"
)

# Countries that sound alike and are two: no spelling of one stands for the other.
TWO_NAMES = frozenset({"guyana", "guiana"})

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})

# Letters that romanisations choose between, in order of replacement. Slavic: kh/h, shch/sch, tch/ch, y/i/j, -ye-/-e-,
# w/v, -off/-ov, and the Ukrainian and Russian (or Belarusian) form of -ov and -enko. Arabic and Persian: q/k, ou/oo/u,
# ei/ey/ay/ai, gh/g, dh/d, th/t, and Gaddafi. Greek: ph/f. Hindi: ee/i. Last, doubled letters fall together.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^[gkq]add?h?af", "kadaf"),
        (r"enka$", "enko"),
        (r"(?<=[a-z]{3}[^aeiouy])iv$", "ov"),
        (r"off$", "ov"),
        (r"eff$", "ev"),
        (r"sh?ch", "sh"),
        (r"tch", "ch"),
        (r"(?<!c)kh", "h"),
        (r"ph", "f"),
        (r"([gdt])h", r"\1"),
        (r"q|ck|c(?![ehiy])", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"ou|oo", "u"),
        (r"ee", "i"),
        (r"[ae][iyj]", "ai"),
        (r"[yj]|ij", "i"),
        (r"(?<![aeiou])ie", "e"),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS = re.compile(r"[aeiou]+")
_ALIKE = frozenset({"ae", "ea", "ei", "ie", "ou", "uo"})  # unwritten or unstressed vowels: Muhammad, Mohammed


@remembered(1 << 14)
def plain_letters(word: str) -> str:
    """The bare letters of `word`: case, accents, apostrophes and written-out umlauts, which news drops freely, are
    gone."""
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    letters = "".join(character for character in decomposed if character.isalpha())
    return letters.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@remembered(1 << 14)
def sound_of(word: str) -> str:
    """`word` with the letters folded that romanisations choose between.

    >>> sound_of("Zelensky") == sound_of("Zelenskyy")
    True
    """
    sound = plain_letters(word)[:40]
    for pattern, letters in _SOUNDS:
        sound = pattern.sub(letters, sound)
    return sound


@remembered(1 << 14)
def skeleton_of(word: str) -> str:
    """The sound of `word` with its vowels unnamed: what all spellings of a name share."""
    return _VOWELS.sub("a", sound_of(word).removesuffix("h"))


def vowels_alike(one: str, other: str) -> bool:
    """Whether two sounds of one skeleton differ in vowels that romanisations confuse, and end alike: "Maria" and
    "Mario" are two names."""
    one, other = one.removesuffix("h"), other.removesuffix("h")
    firsts = zip(map(_first_vowel, _VOWELS.findall(one)), map(_first_vowel, _VOWELS.findall(other)), strict=False)
    ends_alike = one[-1:] == other[-1:] or not {one[-1:], other[-1:]} & set("aeiou")
    return ends_alike and all(a == b or a + b in _ALIKE for a, b in firsts)


def _first_vowel(vowels: str) -> str:
    """The vowel of a run that is heard first; an i before or after another is a glide."""
    return (vowels.replace("i", "") or vowels)[0]


def listed_spellings() -> dict[str, str]:
    """The plain letters of each spelling that is listed, with the usual one."""
    rows = (row.split() for row in _SPELLINGS.split(","))
    return {plain_letters(form): row[0] for row in rows for form in row}


def taken_apart() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Names out of their usual form, by their first word: all their words, and the usual name."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in filter(None, _TABLE.splitlines()):
        for slots in itertools.product(*map(_slot, line.split())):
            usual = " ".join(right for _, right in slots)
            written = tuple(" ".join(word for word, _ in slots).replace("-", " - ").split())
            if " ".join(word for word, _ in slots) != usual:
                by_first.setdefault(written[0], []).append((written, usual))
    # The longest first, which is the one that is found.
    return {first: tuple(sorted(forms, key=lambda form: -len(form[0]))) for first, forms in by_first.items()}


def _slot(slot: str) -> list[tuple[str, str]]:
    """Words that stand in one place of a name, each with the usual word."""
    usual, *wrong = slot.replace("_", " ").split("|")
    spellings = usual.split("=")
    return [(word, word) for word in spellings] + [(word, spellings[0]) for word in wrong]
