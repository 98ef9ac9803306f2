"""From an article to the texts it was made from: found in an archive, named by a person, or its siblings in a crawl.

`trace` tells them in a report, `sources` finds them in an archive, `given` lays named references beside an article,
`siblings` compares a crawl with itself. `paraphrase` says when the verdict follows, `credit` whether an agency is
credited with what it did not write, `strangers` how often a source is named that is none.
"""
