"""One tagged PDF of the built book: `make pdf`.

The articles of all pages are put into one page, in the order of the table of
contents, and Chromium prints it with structure tags and an outline. No script runs:
figures print as the static pictures they are.
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "pdf" / "backprop-by-hand.pdf"

STYLE = """
@page { size: A4; margin: 20mm 18mm 22mm; }
body { background: none; }
.book { max-width: none; font-size: 10.5pt; }
.book > article { break-before: page; }
.headerlink, .copybtn, .chapter-line, .chapter-end, .prev-next-footer,
.start, .reading-progress, .tick { display: none !important; }
pre, .tape-figure, .picture, .admonition, tr { break-inside: avoid; }
h1, h2, h3 { break-after: avoid; }
pre { white-space: pre-wrap; }
.sd-tab-set > .sd-tab-content { display: block !important; }
.toggle-hidden { display: block !important; }
a { color: inherit; }
"""


def documents() -> list[str]:
    """Names of the pages in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    names = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            names.append(chapter["file"])
            names += [section["file"] for section in chapter.get("sections", [])]
    return names


def article_of(name: str, names: set[str]) -> Tag:
    """The article of a page; its ids and links made unique in the whole book."""
    page = SITE / f"{name}.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        sys.exit(f"{page} has no article; build the site first: make book")
    prefix = name.replace("/", "-")
    article["id"] = prefix
    for node in article.select("[id]"):
        if node is not article:
            node["id"] = f"{prefix}--{node['id']}"
    for node in article.select("[for]"):
        node["for"] = f"{prefix}--{node['for']}"
    for node in article.select("[clip-path]"):
        node["clip-path"] = node["clip-path"].replace("#", f"#{prefix}--")
    for node in article.select("[href]"):
        node["href"] = new_target(node["href"], page, prefix, names)
    for node in article.select("[xlink\\:href]"):
        node["xlink:href"] = node["xlink:href"].replace("#", f"#{prefix}--", 1)
    for node in article.select("[src]"):
        node["src"] = (page.parent / node["src"]).resolve().as_uri()
    for script in article.select("script"):
        script.decompose()
    return article


def new_target(href: str, page: Path, prefix: str, names: set[str]) -> str:
    """Where a link of a page leads inside the one document."""
    parts = urlsplit(href)
    if parts.scheme or not (parts.path or parts.fragment):
        return href
    if not parts.path:
        return f"#{prefix}--{parts.fragment}"
    target = (page.parent / parts.path).resolve()
    if not target.is_relative_to(SITE.resolve()):
        return href
    name = target.relative_to(SITE.resolve()).with_suffix("").as_posix()
    if name not in names:
        return target.as_uri()
    other = name.replace("/", "-")
    return f"#{other}--{parts.fragment}" if parts.fragment else f"#{other}"


def whole_book() -> str:
    names = documents()
    landing = SITE / f"{names[0]}.html"
    first = BeautifulSoup(landing.read_text("utf-8"), "html.parser")
    sheets = [
        (landing.parent / link["href"].split("?")[0]).resolve().as_uri()
        for link in first.select('link[rel="stylesheet"]')
    ]
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    title = first.title.get_text() if first.title else "The book"
    articles = "".join(str(article_of(name, set(names))) for name in names)
    return (
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f"<title>{title}</title>{links}<style>{STYLE}</style>"
        f'<body><main class="book bd-content">{articles}</main></body></html>'
    )


def main() -> None:
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        sys.exit("chromium is missing; on Debian: apt-get install chromium")
    if not (SITE / "index.html").is_file():
        sys.exit("There is no site to print; build it first: make book")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    source = TARGET.with_suffix(".html")
    source.write_text(whole_book(), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(source.as_uri(), wait_until="load")
        page.pdf(
            path=TARGET,
            tagged=True,
            outline=True,
            prefer_css_page_size=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=(
                '<div style="font-size:8pt;width:100%;text-align:center">'
                '<span class="pageNumber"></span></div>'
            ),
        )
        browser.close()
    source.unlink()
    print(f"The book is printed: {TARGET} ({TARGET.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
