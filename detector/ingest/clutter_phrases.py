"""What clutter looks like, as tables of patterns for whole lines, by kind.

They are matched against the line in lower case with straight quotes and single spaces, from its first character to its
last, and only on lines of at most MAX_LINE characters. All were written down from reading news pages. Each alternative
begins with a literal wherever it can, which is what makes one long alternation fast. No group that is repeated can
match the same words in two ways, or time would double with every repeat: "copy link" is "copy" and "link", never a
member of its own. What is left to try again are a few stretches of bounded length.
"""

from __future__ import annotations

MAX_LINE = 300  # characters; longer lines are paragraphs, of which only the beginning and the end are looked at

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
AGENCY = (
    r"(?:thomson reuters(?: foundation)?|reuters(?: health| life!?)?|the associated press|associated press|"
    r"agence france-presse|"
    r"press trust of india|press association|pa media|australian associated press|canadian press|the canadian press|"
    r"united press international|agencies|agency|wire services?|news agencies|bloomberg(?: news)?|dow jones|newsweek|"
    r"xinhua|interfax|itar-tass|kyodo(?: news)?|yonhap|anadolu|bernama|antara|"
    r"aap|afp|ani|anp|ap|dpa|efe|ians|kuna|nan|pti|tass|tnn|upi)"
)

SOCIAL = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|e-?mail|print|share|tweet|copy|link|"
    r"sms|messenger|tumblr|instagram|youtube|tiktok|flipboard|bluesky|threads|mastodon|rss|save|comments?|and|more)"
)
STAMP = (
    rf"(?:first|last|published|updated|posted|modified|created|on|at|date|time|{MONTH}|{WEEKDAY}|today|yesterday|"
    r"a\.?m|p\.?m|gmt|utc|bst|est|edt|et|cst|cdt|pst|pdt|ist|cet|cest|aest|wat|eat|sast|"
    r"min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?|ago|read|reading|the|of|"
    r"\d+(?:st|nd|rd|th|am|pm|h|m|t\d+)?z?)"
)

# kind -> alternatives; the kinds "agency-credit" and "translation-notice" are told as well as masked.
LINES: dict[str, tuple[str, ...]] = {
    "agency-credit": (
        rf"\(?{AGENCY}\)?\.?",
        r"\(?with (?:agency|agencies'?|wire|pti|ani|ians) inputs?\)?\.?",
        r"(?:the )?associated press (?:\w+ )?(?:writers?|reporters?|journalists?|correspondents?|researchers?|"
        r"staff) .{3,200} contributed.{0,60}",
        rf"(?:source|via|credit|agency)s?\s*:\s*{AGENCY}.{{0,30}}",
        rf"(?:©|\(c\)|copyright)[\s©]*(?:\(c\)\s*)?(?:\d{{4}}(?:[-–]\d{{2,4}})?\s*)?{AGENCY}\b.{{0,250}}",
        r"\(?this (?:story|article|report|copy) (?:has not been edited|has been published|was published|is published|"
        r"is auto-generated|has been sourced|first appeared|originally appeared|was originally published).*",
        r"our standards: the thomson reuters trust principles.*",
    ),
    "copyright": (
        r"(?:©|\(c\)).*",
        r"copyright\s*(?:©|\(c\)|:|\d{4}|by |of ).*",
        r"this material may not be published, broadcast.*",
        r"(?:no part of this|reproduction of this|reproduction in whole).*",
    ),
    "advertisement": (
        r"[-–—\[(\s]*(?:advertisements?|advertising|sponsored(?: content| links?)?|promoted(?: content| stories|"
        r" links?)?|paid (?:content|post|partnership)|ads? by .{1,30})[-–—\])\s:]*",
        r"(?:story|article|content|text) continues (?:below|after)(?: (?:the |this )?(?:advertisement|ad|video|"
        r"promotion))?\.?",
        r"continue reading (?:below|the main story)|scroll (?:down )?(?:to continue|for more)(?: with content|"
        r" reading| below)?",
        r"skip (?:past |the )?(?:ad|ads|advertisement|newsletter promotion)\b.{0,40}|after newsletter promotion",
        r"(?:remove|hide|report|close) (?:this )?ads?|why (?:am i seeing )?this ad\??",
    ),
    "share": (
        r"share(?: (?:this|the|on|via|with|to)(?: (?:article|story|post|page|news|link|video|facebook|twitter|x|"
        r"whatsapp|linkedin|email|friends))?(?: (?:on|via|with|to) [\w ,]{2,40})?)?[:.!]?",
        r"(?:tweet|pin it|print|e-?mail|copy link|copied)(?: (?:this|this (?:article|story|page|post)))?",
        r"(?:follow|find|like|join|connect with|add) (?:us|@\w+|our page)\b(?: (?:on|at|in|to|as|via)\b.{0,120}|"
        r"[:,].{0,120})?[.!]?",
        r"follow .{2,60} on (?:twitter|x|facebook|instagram|threads|bluesky|linkedin|tiktok|youtube|google news|"
        r"whatsapp|telegram)\b.{0,80}",
        rf"{SOCIAL}(?:[\s|,·•/:&-]+{SOCIAL})+[\s|,·•/:&-]*",
        r"\d+(?:\.\d)?k? (?:shares?|retweets?|likes?|views?|reads?)",
        r"(?:facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|instagram|youtube)",
    ),
    "newsletter": (
        r"(?:download|get|install|try|open) (?:our|the|your) (?:[\w']+ ){0,4}(?:app|apps|newsletters?|"
        r"e-?paper)\b.{0,120}",
        r"(?:(?:please|click here to|tap here to) )?(?:sign|signing) up (?:here|now|today|(?:for|to) (?:our|your|free|"
        r"the .{2,40}newsletter|daily|weekly|breaking|news|email)\b).{0,160}",
        r"(?:(?:please|click here to|tap here to) )?(?:subscribe|register)(?:[:.!]?|(?: (?:now|today|here|free|"
        r"for free)| (?:to|for) (?:our|us|read|continue|unlock|get|receive|access|your|free|daily|digital|weekly|"
        r"unlimited|e-?mail|the .{2,40}(?:newsletter|channel|app|podcast|magazine))\b).{0,160})",
        r"get (?:the )?(?:(?:day|week|morning|evening)'s (?:top|best|biggest)|latest|breaking|daily|top|more|our|"
        r"all the|your daily)\b.{0,60}\b(?:news|headlines|stories|alerts|updates|newsletters?|inbox)\b.{0,100}",
        r"(?:stay (?:up to date|informed|updated|connected|tuned)|never miss|don't miss (?:out|a story))\b.{0,140}",
        r"(?:enter|type) your e-?mail\b.{0,80}|your e-?mail(?: address)?|e-?mail address\*?",
        r"join our .{0,40}\b(?:channel|group|community|newsletter|whatsapp|telegram|mailing list)\b.{0,100}",
        r"(?:support (?:our|independent|quality|local) journalism|become a (?:member|subscriber|supporter)|"
        r"already a (?:subscriber|member)|start your free trial|make us preferred).{0,160}",
        r"(?:click|tap) here (?:to|for)\b.{0,160}|(?:for|to read) (?:more|all the latest|the latest) (?:news|stories|"
        r"updates|information|details|coverage|headlines|on|from|like this|such|articles)\b.{0,60}(?:click here|visit|"
        r"download|follow|subscribe)\b.{0,120}",
        r"(?:the )?(?:daily|weekly|morning|evening) (?:briefing|newsletter|digest)|newsletters?|"
        r"thank you for subscribing.{0,60}|you have successfully subscribed.{0,60}",
    ),
    "comments": (
        r"(?:leave|post|add|write|submit|make) (?:a|your|the first) (?:comment|reply|response)\b.{0,60}",
        r"(?:comments?|replies|responses)\s*(?:[(\[]\s*\d*\s*[)\]]|:?\s*\d+|are closed\b.{0,30}|"
        r"are moderated\b.{0,60}|:)?",
        r"\d+ (?:comments?|replies|responses|thoughts on\b.{0,120})|no comments?(?: yet)?",
        r"your (?:e-?mail|email) address will not be published\b.{0,80}|required fields are marked\b.{0,10}",
        r"(?:please )?(?:you must |you need to )?(?:be logged in|log ?in|sign in|register)(?: or (?:register|sign up|"
        r"log ?in|join))? to (?:post|leave|add|write|make|comment|reply|join|view|submit)\b.{0,60}",
        r"(?:view|show|see|load|read|hide|sort|all) (?:all |more |the )?(?:\d+ )?comments?\b.{0,20}",
        r"join the (?:conversation|discussion|debate)[.!]?|what do you think\?.{0,60}|have your say\b.{0,60}|"
        r"be the first to comment.{0,20}",
        r"save my name, e-?mail.{0,120}|notify me of .{0,40}(?:comments|posts)\b.{0,20}|(?:post|submit) comment|"
        r"cancel reply|reply|report abuse|name ?\*|comment ?\*|website",
        r"this site uses akismet.{0,120}|type your comment.{0,30}|(?:the )?comments (?:below|"
        r"section)\b.{0,60}(?:moderated|closed|readers)\b.{0,60}",
    ),
    "related-list": (  # a heading: title-like lines right after it are masked with it
        r"(?:related|recommended|similar|further|suggested|trending|popular)(?: (?:stories|articles|news|coverage|"
        r"content|topics|posts|links?|videos?|reading|reads|items|now|today|for you))?\s*[:»›>]?",
        r"(?:read|see|watch|view) (?:more|also|next)\s*[:»›>]?|also (?:read|see|watch|on .{2,30})\s*[:»›>]?|up next|"
        r"more (?:stories|news|headlines|like this|to read|to explore|coverage|on this(?: story| topic)?|from .{2,40}|"
        r"in .{2,20})\s*[:»›>]?",
        r"(?:most|must)[ -](?:read|popular|viewed|shared|watched|commented|recent)(?: stories| articles| news| now|"
        r" today)?\s*:?",
        r"(?:top|latest|other|breaking|recent|today's top|featured) (?:stories|news|headlines|posts|articles|"
        r"videos)\s*:?|editors?'?s? (?:picks?|choice)\s*:?|don't miss\s*:?|in case you missed it\s*:?",
        r"(?:you (?:may|might) (?:also )?(?:like|be interested in|have missed)|what to read next|"
        r"what others are reading|keep reading|elsewhere on .{2,30}|around the web|from around the web|"
        r"more from the web)\s*:?",
    ),
    "read-more": (
        r"(?:read more|read also|also read|see also|also see|read next|up next|related|related (?:stories|articles|"
        r"article|story|news|coverage|posts?|links?|videos?)|must read|don't miss|recommended|recommended (?:reading|"
        r"stories)|also watch|watch more|watch also|listen|listen now|watch now|watch live|in pictures|in pics|"
        r"live updates?|explainer|further reading|trending|top stories|more stories)(?:\s*[:|>»›→].*|\s+[-–—]+\s.*|"
        r"\.{3}|…)",
        r"(?:more|latest|read this|just in|live|exclusive|breaking)\s*[:|»›→].*[^.:]",
        r"(?:read|see|watch) (?:more|also)(?: (?:about|on|at|from|here|in|of|news|stories|by)\b.{0,160})",
        r"(?:watch|listen|see|read|video|gallery|photos|pictures|slideshow)\s*[:|].{2,200}",
        r"(?:continue|keep) reading(?: .{0,80})?|(?:read|view|see) (?:the )?(?:full|entire|original|rest of the|"
        r"whole) (?:story|article|report|post|text|interview|version|gallery)\b.{0,80}|click here|tap here|"
        r"view (?:gallery|slideshow|photos|all)|(?:hide|show) (?:caption|more|less)|toggle caption|(?:load|show|view|"
        r"see) more",
        r"the post .{3,200} (?:appeared first on|first appeared on) .{2,80}",
        r"(?:>>|»|›|→|►|▶)\s?.{2,200}",
    ),
    "picture": (
        r"\(?(?:file |stock |handout |archive |screen ?)?(?:photo|photograph|image|picture|pic|illustration|graphic|"
        r"caption|video grab|video|credit|infographic|cartoon|map)s?(?: (?:credit|by|courtesy|source|caption|"
        r"copyright|via|illustration)s?(?: of)?)?\s*[:/|©]\s*.{1,250}",
        r"(?:image|media|photo|picture) (?:caption|source|copyright|credit)\b.{0,200}",
        r"\(?(?:ap photo|afp photo|reuters|pa wire|afp|ap|epa|pa|xinhua|upi|bloomberg|getty|getty images?|wenn|rex|"
        r"alamy|shutterstock|istock|instagram|twitter|facebook|pti)\s*/\s*[\w .,'/&-]{2,80}\)?",
        r"\(?(?:via )?(?:getty images?|getty|shutterstock|istock(?:photo)?|alamy(?: stock photo)?|pixabay|unsplash|"
        r"ap photo|reuters photo|afp photo|file photo|file image|file picture|representational (?:image|picture|"
        r"photo)|representative image|screengrab|screenshot|handout|supplied|stock image|wikimedia commons)\b(?:\s*[/|"
        r",:(-].{0,80})?\)?",
        r"(?:enlarge|zoom|expand|open)(?: (?:this )?(?:image|photo|picture|in gallery))?(?: \+)?|\d+ (?:of|"
        r"/) \d+(?: (?:photos|images))?|\d+/\d+",
    ),
    "time-stamp": (
        rf"(?:(?:last |first )?(?:published|updated|posted|modified|created)|{MONTH}|{WEEKDAY}|"
        rf"\d+(?=.*[a-z]))\b(?=.{{0,80}}\Z)(?:[\s,|:./•·()–—-]+{STAMP}(?![a-z]))+[\s,|:./•·()–—-]*",
        r"(?:\d+|an?|one|two|three|five) min(?:ute)?s?(?: read(?:ing time)?| ago)|"
        r"(?:estimated )?read(?:ing)? time\b.{0,30}|(?:an?|\d+) (?:hours?|days?|weeks?|months?|years?) ago|just now|"
        r"yesterday|today",
        r"\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ t]\d{1,2}:\d{2}(?::\d{2})?z?)?",
    ),
    "navigation": (
        r"(?:home ?page|home|front page)(?:\s*[>»›/|→].{0,160})?",
        r"(?:menu|search|log ?in|log ?out|sign ?in|sign ?up|register|my account|about us|contact us|about|contact|"
        r"privacy(?: policy| notice)?|terms(?: of (?:use|service))?(?: (?:and|&) conditions)?|cookie (?:policy|"
        r"settings|notice|preferences)|site ?map|sections?|navigation|toggle navigation|main menu|open menu|"
        r"close(?: menu)?|skip to (?:main |the )?(?:content|navigation|footer|search)|jump to .{2,40}|back to (?:top|"
        r"home|homepage|news|results)|go back|next|previous|next (?:article|story|post|page)|previous (?:article|"
        r"story|post|page)|page \d+(?: of \d+)?|faqs?|help|careers|advertise(?: with us)?|e-?paper|archives?|weather|"
        r"live tv|listen live|breaking news|top news)",
        r"(?:tags?|topics?|filed under|categor(?:y|ies)|posted in|keywords|more on|in this (?:article|story))\s*[:|"
        r"].{0,200}",
    ),
    "video": (
        r"(?:video player|media player|audio player|the video|this video|video|audio|"
        r"media playback)\b(?: is)? (?:loading|unavailable|not available|cannot be played|can not be played|"
        r"unsupported|is unsupported)\b.{0,80}",
        r"(?:to play this video|your browser does not|please enable javascript|please upgrade your browser|"
        r"javascript is (?:disabled|required)|you need to enable javascript|enable javascript)\b.{0,160}",
        r"(?:play|pause|mute|unmute|replay|watch|now playing|loading|fullscreen|live)(?: (?:video|audio|now|live|"
        r"the video|this video|full ?screen))?(?:\.\.\.|…)?|current time.{0,60}|duration.{0,20}|playback (?:speed|"
        r"rate).{0,20}",
        r"(?:listen to (?:this|the) (?:article|story)|watch the (?:video|clip|full video)(?: (?:here|below|above))?|"
        r"this article is available (?:in|as) audio|press play|ai-generated audio)\b.{0,60}",
        r"\d{1,2}:\d{2}\s*/\s*\d{1,2}:\d{2}",
    ),
    "cookies": (
        r"(?:we|this (?:web)?site|our (?:web)?site|we and our (?:\d+ )?partners) (?:use|uses|store|value|"
        r"care about) .{0,60}(?:cookies?|your privacy|information on a device).{0,200}",
        r"by (?:continuing|using|browsing|clicking|signing up|subscribing|submitting)\b.{0,80}\byou (?:agree|accept|"
        r"consent|acknowledge)\b.{0,200}",
        r"(?:accept|reject|allow|decline|manage|agree)(?: (?:and close|all|cookies|preferences|consent|"
        r"settings|cookie settings|options|& close|and continue))+|i (?:agree|accept)|got it!?|no,? thanks|"
        r"maybe later|cookies?",
    ),
}

# The same for patterns that may begin with anything, tried only where one of these marks stands.
MARKS = ("|", ">", "/", "contributed", "all rights reserved", "»", "›")
MARKED_LINES: dict[str, tuple[str, ...]] = {
    "agency-credit": (
        r".{3,240} contributed (?:reporting|(?:reporting )?to this (?:report|story|article|dispatch))\.?",
    ),
    "copyright": (r".*\ball rights reserved\b.*",),
    "navigation": (
        r"[^>»›]{1,40}(?:\s[>»›]\s[^>»›]{1,100}){2,}",
        r"[^|.!?]{1,40}(?:\s\|\s[^|.!?]{1,40}){2,}",
    ),
    "picture": (
        r"[\w .'-]{3,60}\s*/\s*(?:ap|afp|reuters|epa|pa|getty|getty images?|bloomberg|shutterstock|the guardian|nyt|"
        r"bbc|xinhua|anadolu)(?: (?:photo|via .{2,40}|news))?",
    ),
}
