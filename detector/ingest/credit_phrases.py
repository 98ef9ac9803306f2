"""What is printed around a story and told to the reader: translation notices, bylines, datelines, agency credits.

Patterns for names need the line as it stands, with its capitals; only the translation notices are matched in lower
case. All were written down from reading news pages and wire copy. A group that is repeated either can match the same
words in one way only, or is repeated a few times at most (places: four words, three times), so time stays bounded.
"""

from __future__ import annotations

# A translation notice on a line of its own, or as its last bracket. It is told to the reader, so it must be meant of
# the text.
ENGINE = (
    r"(?:google(?: translate)?|deepl|chatgpt|gpt-?\d?|claude|bing|microsoft(?: translator)?|yandex|systran|papago|ai|"
    r"an ai(?: tool| model)?|artificial intelligence|a machine|machine translation|software|automated (?:tools?|"
    r"software)|automatic translation)"
)
THIS = (
    r"(?:this|the following|the above) (?:article|story|report|text|page|post|interview|piece|content|version|item|"
    r"translation)"
)
LANGUAGE = (
    r"(?:arabic|bengali|chinese|dutch|english|french|german|greek|hindi|indonesian|italian|japanese|korean|malay|"
    r"mandarin|"
    r"persian|polish|portuguese|romanian|russian|spanish|swahili|tamil|thai|turkish|ukrainian|urdu|vietnamese)"
)
TRANSLATION_NOTICES: tuple[str, ...] = (
    rf"{THIS}(?: \([^)]{{2,40}}\))? (?:was|is|has been|were|may have been) (?:[\w-]+ ){{0,6}}(?:machine[ -]|auto-?|"
    rf"ai[ -])?"
    r"translated(?: (?:automatically|originally))?(?: (?:from|by|with|using|via|through|into english|to english|"
    r"for)\b.{0,160}|\.?)",
    rf"{THIS} (?:was|is|has been) .{{0,80}}\b(?:written|published|in) (?:in )?{LANGUAGE}\b.{{0,60}}\btranslat(?:ed|"
    rf"ion)\b.{{0,120}}",
    rf"(?:{THIS}|this) is (?:an? )?(?:[\w-]+ )?(?:automated|automatic|machine|computer|unofficial|ai|ai-generated|"
    rf"english)[ -]"
    r"(?:generated )?translat(?:ion|ed)\b.{0,120}",
    rf"(?:originally )?(?:automatically |machine[ -]?|auto-?|ai[ -]?)?translated (?:\w+ ){{0,3}}(?:with|by|using|via|"
    rf"through) "
    rf"(?:the help of )?{ENGINE}\b.{{0,80}}",
    r"(?:automatically|machine|auto|ai|computer)[ -]?(?:translated|translation)(?: (?:from|by|with|using|of|"
    r"into)\b.{0,80}|[:.].{0,120})?",
    rf"(?:originally )?(?:translated|translation) from (?:the )?(?:original )?{LANGUAGE}(?: (?:by .{{2,60}}|"
    rf"into english.{{0,60}}|version))?\.?",
    rf"(?:an )?(?:automated|automatic|unofficial|english) translation(?: (?:by .{{2,40}}|from {LANGUAGE}|"
    rf"of .{{2,60}}))?\.?",
    rf"(?:originally )?(?:published|written|appeared) in {LANGUAGE}\b.{{0,40}}\btranslat\w+.{{0,80}}",
    rf"read the original(?: (?:article|story|report))? in {LANGUAGE}\b.{{0,40}}",
)

# What needs its capitals: names. Matched against the line as it stands, or as it ends.
NAME = r"(?:[A-Z][\w'’.-]+|[A-Z](?![\w'’.-])|de|van|von|der|den|bin|al|el|da|di|du|la|le|y)"
NAMES = rf"{NAME}(?: {NAME}){{1,4}}(?:(?:,| and| &|, and) {NAME}(?: {NAME}){{1,4}}){{0,4}}"
ROLE = (
    r"(?:writer|reporter|correspondent|editor|columnist|contributor|producer|bureau|staff|news|service|press|reuters|"
    r"afp|pti|ians|"
    r"bbc|cnn|bloomberg|guardian|times|post|tribune|herald|telegraph|journal|gazette|photographer|analyst|agency|"
    r"network|media)"
)
BYLINE = (
    rf"(?:By|BY|by|Written by|Story by|Words by|Text by|Analysis by|From) (?:{NAMES})(?:\s*[,|"
    rf"/•·–—-].{{0,80}}[^.!?\s]|,? (?:in|for) .{{2,60}}[^.!?\s])?",
    rf"{NAMES}\s*(?:[,|•·–—]|\s-)\s?(?:.{{0,60}}\b)?(?i:{ROLE})",
)
AGENCY_CASED = (
    r"(?:Thomson Reuters(?: Foundation)?|Reuters(?: Health| Life!?)?|REUTERS|The Associated Press|Associated Press|"
    r"Agence France-Presse|Bloomberg(?: News)?|"
    r"Press Association|Australian Associated Press|Canadian Press|Dow Jones|Xinhua|Interfax|Kyodo(?: News)?|Yonhap|"
    r"Anadolu|"
    r"Bernama|Antara|ANTARA|XINHUA|BERNAMA|AAP|AFP|ANI|AP|AA|CNN|CNS|dpa|DPA|EFE|IANS|KUNA|NAN|PTI|TASS|UPI|"
    r"RIA Novosti|"
    r"Agencies|agencies|News Agencies)"
)
WORKERS = (
    r"(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled|[Rr]eport|[Pp]roduction|[Gg]raphics?|[Tt]ranslation|"
    r"[Pp]hotography)"
)
CREDIT = (
    rf"\(?(?:(?:Additional|Writing and|Editing and|Further|With|With additional) )?{WORKERS}(?: and (?:writing|"
    rf"editing|reporting))? by (?:{NAME}|the ).{{0,280}}",
    r"\(?[Ww]ith (?:(?:additional|agency|wire|some|the) )?(?:inputs?|files|reports?|reporting)(?: (?:from|"
    r"by) (?:[A-Z]|agenc|wire|news agenc|our ).{0,80})?\)?\.?",
    rf"(?:[-–—/(]|(?:By|BY|From|Source:) (?:the )?)?{AGENCY_CASED}(?: ?[/,&] ?{AGENCY_CASED}){{0,3}}[/)]?\.?",
)
PICTURE_CREDIT = (
    rf"\(?(?:Photo|Photograph|Image|Picture|Illustration|Video|PHOTO)s? (?:by|courtesy of|courtesy|credit|"
    rf"via) (?:{NAMES}|[A-Z]\w+)(?:\s*[/|,(].{{0,60}})?\)?\.?",
    r"(?:FILE(?: PHOTO| IMAGE)?|File(?: photo| Photo))\s*[:–—-].{2,600}",
)
TRANSLATOR = (rf"\(?Translat(?:ed|ion|or)(?: from [A-Z]\w+)?(?: by|:) {NAMES}\)?\.?",)

# Printed before the first word of a story.
# In a dateline, where a bracket can hold nothing else, any capitals will do.
IN_DATELINE = (
    rf"(?:{AGENCY_CASED}|[A-Z][A-Z]+(?: [A-Z][A-Z]+)?|[A-Z]\w+ News(?: Agency| Service)?|[A-Z]\w+ (?:Business|Sport))"
)
PLACE = r"[A-Z][A-Z.'’/]+(?:[ -][A-Z][A-Z.'’/]*){0,3}"
MIXED_PLACE = r"[A-Z][\w.'’/]+(?:[ -][A-Z][\w.'’/]*){0,3}"
COUNTRY = r"(?:\([A-Z][\w.'’ -]{2,30}\) )?\[[A-Z][\w.'’ -]{2,30}\]"  # Pune (Maharashtra) [India]
DATE = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|"
    r"Dec)[a-z]*\.? \d{1,2}(?:,? \d{4})?"
)
DASH = r"\s*(?:[–—]|--?|:|\.-)\s*"
START = r"(?=[\"“‘'(\[]?[A-Z0-9$£€])"
DATELINES = (
    rf"(?:(?:By|BY) {NAMES} )?(?:{MIXED_PLACE}(?:,? {MIXED_PLACE}){{0,2}}(?: {COUNTRY})?,? )?(?:{DATE},? )?"
    rf"\({IN_DATELINE}\)(?:\s*(?:[–—]+|--?|:|\.-)\s*|\s+(?=[A-Z\"“]))",
    rf"{PLACE}(?:, {MIXED_PLACE}){{0,2}},? {DATE}(?: \([^()]{{2,40}}\))?{DASH}",
    rf"{PLACE}(?:, {MIXED_PLACE}){{0,2}},? {DATE} \([^()]{{2,40}}\)\s+{START}",
    rf"{PLACE}, {MIXED_PLACE},? \([^()]{{2,40}}\)\s+{START}",
    rf"{PLACE}(?:, {MIXED_PLACE}){{0,2}},? {DATE}\. /{AGENCY_CASED}/\.?\s+{START}",
    rf"{PLACE}(?:, {MIXED_PLACE}){{0,2}},? {DATE} /[A-Z][\w -]{{2,30}}/{DASH}",  # what companies send out
    rf"{MIXED_PLACE}(?:, {MIXED_PLACE}){{0,2}}\s?[–—-]{{1,2}}\s?\([A-Z]+ ?WIRE\)\s?[–—-]{{1,2}}\s*",
    rf"(?:{MIXED_PLACE}(?:,? {MIXED_PLACE}){{0,2}},? )?(?:{DATE},? )?{AGENCY_CASED}\s*(?:[–—]+|--?)\s+{START}",
    rf"{PLACE}(?:, {MIXED_PLACE}){{0,2}}(?: \([^()]{{2,40}}\))?(?:\s*(?:[–—]+|--)\s*|\s+-\s+){START}",
)
COLON_CITIES = (  # where the style of the papers puts a colon after the place
    r"(?:new delhi|mumbai|kolkata|chennai|bengaluru|hyderabad|ahmedabad|lucknow|patna|pune|srinagar|nagpur|karachi|"
    r"lahore|islamabad|peshawar|quetta|rawalpindi|dhaka|colombo|kathmandu|kabul|dubai|riyadh|kuala lumpur|"
    r"petaling jaya|singapore|manila|jakarta|bangkok|hanoi)"
)
PLACE_COLON = rf"(?=[A-Z])(?i:{COLON_CITIES}):\s+{START}"
_NOT_PLACES = """
UPDATE UPDATED WATCH BREAKING EXCLUSIVE ANALYSIS OPINION VIDEO EXPLAINER LIVE READ LISTEN NOTE CORRECTION EDITORIAL
FACTBOX RELATED SOURCE STORY WRAPUP REFILE NATO
"""
NOT_A_PLACE = frozenset(_NOT_PLACES.split())

# Printed after the last word of a story, or of a caption.
CREDIT_HINTS = (
    "ing by ",
    "iled by ",
    "eport by ",
    "©",
    "Copyright",
    "hoto",
    "mage",
    "icture",
    "REUTERS",
    "AFP",
    "AP/",
    "EPA",
    "Getty",
)
_LAST_WORDS = """
AP AFP PTI IANS ANI UNI AAP PA dpa DPA Reuters REUTERS Bloomberg Xinhua Bernama Agencies Press Kyodo Yonhap
"""
SIGNATURES = frozenset(_LAST_WORDS.split())
ENDINGS: dict[str, tuple[str, ...]] = {
    "agency-credit": (
        rf"\((?:(?:Additional|Writing and|Editing and|Further|With|With additional) )?{WORKERS}(?: and (?:writing|"
        rf"editing|reporting))? by [^\n]{{3,400}}\Z",
        rf"(?<=[.!?\"”)] )(?:Additional )?{WORKERS}(?: and (?:writing|editing|"
        rf"reporting))? by (?={NAME})[^\n]{{3,300}}\Z",
        rf"\((?:[Ww]ith )?(?:(?:agency|agencies|wire) )?(?:[Ii]nputs?|[Rr]eports?|[Ff]iles)? ?(?:from |"
        rf"by )?(?:{AGENCY_CASED}|agencies)(?:[/,&] ?{AGENCY_CASED})*\)\.?\Z",
        r"\([Ww]ith (?:agency|agencies'?|wire) (?:inputs?|reports?)\)\.?\Z",
        r"(?<=[.!?\"”)])\s*[-–—/]{1,2}\s?(?:AP|AFP|PTI|IANS|ANI|UNI|AAP|PA|dpa|DPA|Reuters|REUTERS|Bloomberg|Xinhua|"
        r"Bernama|Agencies|Associated Press|Kyodo|Yonhap)\.?\Z",
        r"(?:©|Copyright ©?) ?(?:\d{4} )?(?:AFP|Reuters|AP|The Associated Press|Thomson Reuters|Agence France-Presse|"
        r"PTI|dpa)[^\n]{0,120}\Z",
    ),
    "translation-notice": (
        r"\((?:[Mm]achine[ -][Tt]ransla|[Tt]ransla(?:ted|tion) (?:from|by|with|using) )[^()\n]{0,80}\)\.?\Z",
    ),
    "picture": (
        r"\((?:(?:AP|AFP|EPA|Reuters|REUTERS|PA) ?[Pp]?(?:hoto)?/|Photo|Image|File [Pp]hoto|Picture|Credit|"
        r"Getty)[^()\n]{0,100}\)\.?\Z",
        r"(?<=[.!?\"”)] )(?:REUTERS|AFP|AP|EPA|PA|Getty Images) ?/ ?[A-Z][^\n]{2,60}\Z",
        r"(?<=[.!?\"”)] )(?:Photo|Photograph|Image|Picture)(?: credit)?(?::| by) [A-Z][^.\n]{2,60}\Z",
    ),
}
