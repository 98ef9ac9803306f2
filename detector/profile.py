"""How a text is written, whatever it is about: columns of a document by which translated English is told.

Translators, and machines before all, are known by function words, not by topics (Mosteller and Wallace 1963; Volansky
et al. 2015, "On the features of translationese"): which they choose, and how well the language model foresees each in
its place. Quotation marks, dashes and brackets are dropped, runs of names and of figures count once, and a sentence
ends at a full stop only, so that neither typography nor layout is a clue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.keys import distinct
from detector.language_model import Vocabulary
from detector.measures import Batch
from detector.text import BOUNDARY, UNKNOWN, Flag

Values = NDArray[np.float64]
Columns = dict[str, Values]
Mask = NDArray[np.bool_]

PROFILE = "profile_"  # how the columns' names begin
FUNCTION_WORDS = tuple(
    "the a an this that these those such another other others each every either neither both all any some no none many"
    " much more most few fewer less least several enough own same one ones i me my mine myself we us our ourselves you"
    " your he him his himself she her herself it its itself they them their themselves who whom whose which what"
    " someone somebody something anyone anybody anything everyone everybody everything nobody nothing"
    # where, when and how
    " of to in for on with at by from as about into over under between through against without within out up down off"
    " per after before during until since while because although though if unless whether than like near behind beyond"
    " above below among toward towards upon onto along across around despite throughout via due according regarding"
    " concerning amid alongside instead apart besides except rather and or but nor so yet then therefore thus however"
    " moreover furthermore nevertheless nonetheless meanwhile otherwise also too only just even still already again"
    " ever never always often sometimes usually once twice soon later earlier now today yesterday tomorrow here there"
    " where when why how not very quite really almost nearly approximately roughly especially particularly particular"
    " mainly mostly currently recently finally actually indeed perhaps maybe well back away ago further far long first"
    " last next"
    # verbs that carry little, and verbs of saying
    " be is are was were been being am have has had having do does did doing done will would can could may might must"
    " should shall going get gets got getting make makes made making take takes took taken taking give gives gave given"
    " go goes went gone come comes came let become became need needs want wants wanted know think say says said saying"
    " tell tells told telling added adding asked explained stated noted call called report reported announced"
    # contractions, the commonest nouns and adjectives, and punctuation
    " 's don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't"
    " i'm i've i'd i'll we're we've we'll you're you've you'll they're they've they'll he'd cannot new people time year"
    " years day days way thing things lot number part case fact order addition result example different able possible"
    " important , ; : ! ?".split()
)
ENDINGS = {"ing": 5, "ed": 4, "ly": 4, "tion": 6, "ment": 6, "ness": 6, "ity": 5, "ance": 6, "ence": 6, "s": 4}
OTHER, NAME, NUMBER = (len(FUNCTION_WORDS) + len(ENDINGS) + i for i in range(3))  # kinds of words without an ending
KINDS = (*FUNCTION_WORDS, *(f"ending_{ending}" for ending in ENDINGS), "ending_none", "any_name", "any_number")
MARK, STOP = len(KINDS), len(KINDS) + 1  # kinds that are no column: what is dropped, and what ends a sentence

_BITS = (
    "the 2.8 of 2.2 to 2.8 a 4.0 that 4.6 it 5.1 was 5.6 said 3.6 at 5.9 be 2.8 he 5.1 are 5.4 by 5.0 have 5.2 this"
    " 6.7 has 6.0 will 6.7 but 5.9 an 6.6 his 6.6 i 5.8 who 5.3 they 6.0 were 6.5 which 5.7 had 6.9 been 2.9 also"
    " 6.9 we 5.7 year 3.2 there 7.0 about 5.6 people 6.8 more 6.8 after 7.4 their 6.8 its 5.9 one 7.6 would 6.4 new"
    " 6.9 when 8.0 time 5.3 all 7.9 she 7.3 than 3.2 up 4.4 first 7.2 out 5.0 so 8.3 her 8.4 other 7.0 can 7.2 no"
    " 6.8 according 7.2 years 3.7 last 8.1 you 6.7 over 7.1 some 7.8 says 7.1 now 8.1 into 6.2 could 7.7 them 6.8"
    " only 8.5 , 3.1 in 4.4 and 4.6 is 5.1 for 4.7 on 4.8 's 3.2 with 4.7 as 5.3 from 5.3 not 4.5 : 6.6 or 7.4 if"
    " 7.1"
).split()
TYPICAL_BITS = dict(zip(_BITS[::2], map(float, _BITS[1::2]), strict=True))  # mean surprisal in untouched news
FUNCTION_CUTS, CONTENT_CUTS = (1.0, 2.5, 5.0, 8.0), (5.0, 8.0, 11.0, 14.0)  # bits of surprisal that are counted
RANKS = (500, 2000, 5000, 20000)  # of the vocabulary, which stands in order of frequency
LONG_WORD = 10  # letters
BLOCK = 50  # words, in which different ones are counted: their share falls with the length of a text
MIN_SENTENCE, SHORT_SENTENCE, LONG_SENTENCE = 3, 10, 35  # words
MAX_SENTENCE = 60.0  # words: a longer mean is a text without full stops


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What each word of a vocabulary is: a place in KINDS, and a place in TYPICAL_BITS or their number."""

    kind: NDArray[np.int16]
    typical: NDArray[np.int16]
    bits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens of a batch as this module sees them, each column of shape (n_tokens,)."""

    n_documents: int
    document: NDArray[np.intp]
    kind: NDArray[np.int16]
    word: Mask
    function: Mask
    content: Mask
    opens: Mask  # the first token of a document, and every boundary after a full stop

    def some(self, of: Mask) -> _Some:
        """Those tokens of which `of` holds."""
        at = np.flatnonzero(of)
        document = self.document.take(at)
        return _Some(at, document, np.bincount(document, minlength=self.n_documents))


class _Some(NamedTuple):
    """Some tokens, each with its document, and how many each document has of them."""

    at: NDArray[np.intp]
    document: NDArray[np.intp]
    counts: NDArray[np.intp]

    def mean(self, values: NDArray[np.generic]) -> Values:
        """Mean of `values`, a column of all tokens, one a document; 0 where there are none."""
        sums = np.bincount(self.document, values.take(self.at).astype(np.float64), len(self.counts))
        return sums / np.maximum(self.counts, 1)


def is_of_one_word(name: str) -> bool:
    """Whether a column tells of one function word, and not of the style as a whole."""
    return name.removeprefix(PROFILE).removeprefix("excess_") in FUNCTION_WORDS


def profile_columns(batch: Batch, vocabulary: Vocabulary) -> Columns:
    """Named columns, each of shape (n_documents,); finite for every text, the empty one included."""
    kinds = _kinds(vocabulary)
    tokens = _tokens(batch, kinds)
    columns = {
        **_rates(tokens),
        **_foreseen(tokens, batch, kinds),
        **_surprise(tokens, batch),
        **_variety(tokens, batch),
        **_sentences(tokens, batch),
    }
    return {PROFILE + name: column for name, column in columns.items()}


@lru_cache(maxsize=4)
def _kinds(vocabulary: Vocabulary) -> _Kinds:
    lengths = np.fromiter(map(len, vocabulary.words), np.intp, len(vocabulary))
    ends = np.cumsum(lengths)
    letters = np.frombuffer("".join((*vocabulary.words, " ")).encode("utf-32-le", "surrogatepass"), np.uint32)
    first = letters[ends - lengths]
    from_behind = [letters[ends - k] for k in range(1, max(map(len, ENDINGS)) + 1)]  # letters of every word
    kind = np.full(len(vocabulary), OTHER, np.int16)
    for i, (ending, least) in reversed(list(enumerate(ENDINGS.items(), len(FUNCTION_WORDS)))):
        ends_so = lengths >= least
        for letters_there, letter in zip(from_behind, reversed(ending), strict=False):
            ends_so &= letters_there == ord(letter)
        kind[ends_so] = i
    kind[np.isin(first, [i for i in distinct(first).tolist() if not chr(i).isalnum()])] = MARK
    kind[(first == ord("<")) & (lengths > 1)] = NUMBER
    for i, word in enumerate(FUNCTION_WORDS):
        kind[vocabulary.id_of.get(word, UNKNOWN)] = i
    kind[[vocabulary.id_of.get(word, UNKNOWN) for word in (".", "...")]] = STOP
    kind[[BOUNDARY, UNKNOWN]] = MARK, OTHER
    typical = np.full(len(vocabulary), len(TYPICAL_BITS), np.int16)
    bits = np.zeros(len(vocabulary), np.float32)
    for i, (word, usual) in enumerate(TYPICAL_BITS.items()):
        typical[vocabulary.id_of.get(word, UNKNOWN)] = i
        bits[vocabulary.id_of.get(word, UNKNOWN)] = usual
    typical[UNKNOWN] = len(TYPICAL_BITS)
    return _Kinds(kind, typical, bits)


def _tokens(batch: Batch, kinds: _Kinds) -> _Tokens:
    kind = kinds.kind.take(batch.ids)
    free = (kind >= len(FUNCTION_WORDS)) & (kind < MARK)
    word, number, name = ((batch.flags & flag) > 0 for flag in (Flag.WORD, Flag.NUMBER, Flag.NAME))
    kind[free & ~word & ~number & (batch.ids == UNKNOWN)] = MARK
    kind[free & number] = NUMBER
    kind[free & name] = NAME
    document = np.repeat(np.arange(len(batch.documents)), np.diff(batch.offsets))
    return _Tokens(
        n_documents=len(batch.documents),
        document=document,
        kind=kind,
        word=word,
        function=word & (kind < len(FUNCTION_WORDS)),
        content=free & word & (kind <= OTHER),
        opens=_opens(batch, kind),
    )


_ENDS = np.zeros(STOP + 1, bool)  # kinds that end a sentence
_ENDS[[FUNCTION_WORDS.index("!"), FUNCTION_WORDS.index("?"), STOP]] = True


def _opens(batch: Batch, kind: NDArray[np.int16]) -> Mask:
    """Boundaries that follow a full stop, whatever quotes stand between, and the first of each document."""
    boundary = batch.ids == BOUNDARY
    read = np.flatnonzero((kind != MARK) | boundary)
    stopped = np.zeros(len(kind), bool)
    stopped[read[1:]] = _ENDS.take(kind[read[:-1]])
    opens = boundary & stopped
    opens[batch.offsets[:-1]] = True
    return opens


def _rates(tokens: _Tokens) -> Columns:
    """Root of the share of each of KINDS among the tokens: the root keeps the noise of rare and common words alike."""
    read = np.flatnonzero((tokens.kind < MARK) | tokens.opens)
    kind = np.where(tokens.opens[read], MARK, tokens.kind[read])
    again = np.zeros(len(read), bool)
    again[1:] = (kind[1:] == kind[:-1]) & ((kind[1:] == NAME) | (kind[1:] == NUMBER))
    kind, document = kind[~again], tokens.document[read[~again]]
    shares = _table(document, kind, np.ones(len(kind)), tokens.n_documents, len(KINDS) + 1)
    shares = np.sqrt(shares / shares.sum(axis=1, keepdims=True))
    return dict(zip(KINDS, shares.T[:-1], strict=True))


def _foreseen(tokens: _Tokens, batch: Batch, kinds: _Kinds) -> Columns:
    """Of each word of TYPICAL_BITS: how much more than usual it surprised the language model, summed over the text.

    Divided by the root of the length, so that it has about the same spread in every text.
    """
    typical = kinds.typical.take(batch.ids)
    at = np.flatnonzero(typical < len(TYPICAL_BITS))
    excess = (-batch.reading.trigram[at] - kinds.bits[batch.ids[at]]).astype(np.float64)
    sums = _table(tokens.document[at], typical[at], excess, tokens.n_documents, len(TYPICAL_BITS))
    sums /= np.sqrt(np.maximum(_count(tokens.word, tokens), 1))[:, None]
    return {f"excess_{word}": column for word, column in zip(TYPICAL_BITS, sums.T, strict=True)}


def _surprise(tokens: _Tokens, batch: Batch) -> Columns:
    """Surprisal of function words and of content words, by itself and by what stands before."""
    reading = batch.reading
    surprisal = -reading.trigram.astype(np.float64)
    columns: Columns = {}
    for name, of, other, cuts in (
        ("function", tokens.function, tokens.content, FUNCTION_CUTS),
        ("content", tokens.content, tokens.function, CONTENT_CUTS),
    ):
        some, other_name = tokens.some(of), "content" if name == "function" else "function"
        columns[f"{name}_surprisal"] = mean = some.mean(surprisal)
        columns[f"{name}_spread"] = np.sqrt(np.maximum(some.mean(surprisal**2) - mean**2, 0))
        columns[f"{name}_fit"] = some.mean(reading.trigram - batch.rarity)
        columns[f"{name}_third"] = some.mean(reading.trigram - reading.bigram)
        columns[f"{name}_seen"] = some.mean(reading.seen)
        columns[f"{name}_after_{name}"] = tokens.some(of & _before(of)).mean(surprisal)
        columns[f"{name}_after_{other_name}"] = tokens.some(of & _before(other)).mean(surprisal)
        for cut in cuts:
            columns[f"{name}_above_{cut:g}"] = some.mean(surprisal > cut)
    columns["content_pairs"] = tokens.some(tokens.content).mean(_before(tokens.content))
    return columns


def _before(of: Mask) -> Mask:
    """Whether `of` holds of the token before."""
    return np.append(False, of[:-1])


def _variety(tokens: _Tokens, batch: Batch) -> Columns:
    """How rare, how long and how various the words are."""
    ids, word = batch.ids, tokens.some(tokens.word)
    content, known = tokens.some(tokens.content), tokens.some(tokens.content & (ids != UNKNOWN))
    letters = np.concatenate([document.end - document.start for document in batch.documents])
    rarity = -batch.rarity.astype(np.float64)
    mean = content.mean(rarity)
    return {
        "rarity": mean,
        "rarity_spread": np.sqrt(np.maximum(content.mean(rarity**2) - mean**2, 0)),
        "unknown": content.mean(ids == UNKNOWN),
        "log_rank": known.mean(np.log(np.maximum(ids, 1))),
        **{f"first_{rank}": known.mean(ids < rank) for rank in RANKS},
        "content": word.mean(tokens.content),
        "names": word.mean(tokens.kind == NAME),
        "letters": content.mean(letters),
        "long_words": content.mean(letters >= LONG_WORD),
        "different": _different(content, ids),
    }


def _different(content: _Some, ids: NDArray[np.int32]) -> Values:
    """Share of different words among the content words of whole blocks of BLOCK; 1 where there is no whole one."""
    at, document, counts = content
    place = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    whole = place < (counts // BLOCK * BLOCK)[document]
    block = document[whole] * (1 << 40) + place[whole] // BLOCK * (1 << 20) + ids[at[whole]]
    different = np.bincount(distinct(block) >> 40, minlength=len(counts))
    blocks = counts // BLOCK
    return np.where(blocks > 0, different / np.maximum(blocks * BLOCK, 1), 1.0)


def _sentences(tokens: _Tokens, batch: Batch) -> Columns:
    """Length of sentences and of what stands between commas, and how it and surprisal vary among sentences."""
    n = tokens.n_documents
    sentence = np.cumsum(tokens.opens) - 1
    words = np.bincount(sentence[tokens.word], minlength=sentence[-1] + 1)
    kept = np.flatnonzero(words >= MIN_SENTENCE)
    length, document = words[kept], tokens.document[tokens.opens][kept]
    surprisal = np.bincount(sentence[tokens.word], -batch.reading.trigram[tokens.word], len(words))[kept] / length
    mean, mean_surprisal = _mean(length, document, n), _mean(surprisal, document, n)
    spread = np.sqrt(_mean((length - mean[document]) ** 2, document, n))
    parts = np.bincount(document, minlength=n) + _count(tokens.kind == FUNCTION_WORDS.index(","), tokens)
    return {
        "sentence_length": np.minimum(mean, MAX_SENTENCE),
        "sentence_spread": np.minimum(spread, MAX_SENTENCE),
        "sentence_variation": spread / np.maximum(mean, 1),
        "short_sentences": _mean(length <= SHORT_SENTENCE, document, n),
        "long_sentences": _mean(length >= LONG_SENTENCE, document, n),
        "clause_length": np.minimum(_count(tokens.word, tokens) / np.maximum(parts, 1), MAX_SENTENCE),
        "uneven": np.sqrt(_mean((surprisal - mean_surprisal[document]) ** 2, document, n)),
    }


def _table(document: NDArray[np.intp], place: NDArray[np.integer], values: Values, n: int, width: int) -> Values:
    """Sums of `values` by document and place, shape (n, width)."""
    flat = np.bincount(document * width + place, values, n * width)
    return flat.reshape(n, width).astype(np.float64)


def _count(of: Mask, tokens: _Tokens) -> NDArray[np.intp]:
    return np.bincount(tokens.document[of], minlength=tokens.n_documents)


def _mean(values: NDArray[np.generic], document: NDArray[np.intp], n: int) -> Values:
    return np.bincount(document, values.astype(np.float64), n) / np.maximum(np.bincount(document, minlength=n), 1)
