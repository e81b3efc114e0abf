"""What must not be published; the build fails on any of it.

- a picture without a text alternative, or with a meaningless one
- anything that a page would fetch from another host
- a link to a page, a file or an anchor of this site that is not there
- a mark of nbgrader's solution and hidden-test regions
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from sphinx.errors import ExtensionError

# A page fetches these by itself; an <a href> waits for the reader.
FETCHING = {
    ("audio", "src"),
    ("embed", "src"),
    ("iframe", "src"),
    ("image", "href"),
    ("img", "src"),
    ("img", "srcset"),
    ("input", "src"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("track", "src"),
    ("use", "href"),
    ("video", "poster"),
    ("video", "src"),
}
PASSIVE_LINKS = {
    "canonical",
    "alternate",
    "author",
    "license",
    "next",
    "prev",
    "search",
}
EXTERNAL = re.compile(r"(?:https?:)?//\S", re.IGNORECASE)
IMPORTS = re.compile(
    r"""(?:\bfrom|\bimport|\bimport\(|@import|\burl\(|\bfetch\()\s*["']?(?:https?:)?//"""
)
FILE_NAME = re.compile(r"\S*\.(?:png|jpe?g|gif|svg|webp)$|_images/|\S+_\d+_\d+$")
EMPTY_WORDS = {
    "image",
    "picture",
    "figure",
    "graph",
    "plot",
    "diagram",
    "chart",
    "svg",
}
MARKER = re.compile(r"(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)")
TEXT = {".html", ".ipynb", ".js", ".json", ".md", ".py", ".txt", ".xml"}


def meaningless(alt: str | None) -> bool:
    """Whether `alt` tells a blind reader nothing about the picture."""
    words = (alt or "").split()
    return (
        len(words) < 2
        or FILE_NAME.match(alt.strip()) is not None
        or {word.lower().strip(".:") for word in words} <= EMPTY_WORDS
    )


@dataclass
class Page(HTMLParser):
    """One page as it is written: its ids, its links, and what is wrong with it."""

    path: Path
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.inside = ""
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.inside = tag
        for name in ("id", "name"):
            if attributes.get(name):
                self.ids.add(attributes[name])
        self.check_fetches(tag, attributes)
        self.check_alternative(tag, attributes)
        for name in ("href", "src", "data"):
            if attributes.get(name) and tag != "base":
                self.links.append(attributes[name])

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, text):
        if self.inside in ("script", "style") and IMPORTS.search(text):
            self.faults.append(f"fetches from another host: {text.strip()[:80]}")

    def check_fetches(self, tag, attributes):
        for name, value in attributes.items():
            fetched = (tag, name.removeprefix("xlink:")) in FETCHING
            if tag == "link" and name == "href":
                rel = set((attributes.get("rel") or "").lower().split())
                fetched = not rel <= PASSIVE_LINKS
            if fetched and EXTERNAL.match(value or ""):
                self.faults.append(f"fetches from another host: <{tag}> {value}")
            if name == "style" and IMPORTS.search(value or ""):
                self.faults.append(f"fetches from another host: {value[:80]}")

    def check_alternative(self, tag, attributes):
        if attributes.get("aria-hidden") == "true":
            return
        if tag == "img":
            # The logo stands beside the title, which says the same.
            if "logo__image" in (attributes.get("class") or ""):
                return
            alt, what = attributes.get("alt"), attributes.get("src", "")
        elif tag == "svg" and attributes.get("role") == "img":
            alt, what = (
                attributes.get("aria-label"),
                attributes.get("class", ""),
            )
        else:
            return
        if meaningless(alt):
            self.faults.append(
                f"no meaningful alt text: <{tag}> {what[:60]} alt={alt!r}"
            )


def broken_links(
    page: Page, pages: dict[Path, Page], root: Path, prefix: str
) -> list[str]:
    broken = []
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        address, anchor = urldefrag(link)
        address = unquote(urlsplit(address).path)
        # The 404 page starts its links at the root of the host.
        if address.startswith(prefix):
            target = (root / address.removeprefix(prefix)).resolve()
        else:
            target = (page.path.parent / address).resolve() if address else page.path
        if target.is_dir():
            target /= "index.html"
        if not target.exists():
            broken.append(f"link to a file that is not there: {link}")
        elif anchor and target in pages and unquote(anchor) not in pages[target].ids:
            broken.append(f"link to an anchor that is not there: {link}")
    return broken


def faults_of_site(root: Path, prefix: str = "/") -> list[str]:
    """Everything wrong with the site under `root`, a line each.

    `prefix` is the path under which a host serves the site.
    """
    root = root.resolve()
    files = [p for p in sorted(root.rglob("*")) if p.is_file()]
    pages = {
        p: Page(p)
        for p in files
        if p.suffix == ".html" and "_static" not in p.relative_to(root).parts
    }
    faults = []
    for path, page in pages.items():
        found = page.faults + broken_links(page, pages, root, prefix)
        faults += [f"{path.relative_to(root)}: {fault}" for fault in found]
    for path in files:
        if path.suffix in TEXT and "_static" not in path.relative_to(root).parts:
            text = path.read_text("utf-8", errors="replace")
            if marker := MARKER.search(text):
                faults.append(f"{path.relative_to(root)}: holds {marker[0]!r}")
    return faults


def check(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    prefix = urlsplit(app.config.html_baseurl).path or "/"
    if faults := faults_of_site(Path(app.outdir), prefix):
        raise ExtensionError("This must not be published:\n" + "\n".join(faults))


def setup(app):
    app.connect("build-finished", check, priority=950)
