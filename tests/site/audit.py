"""The expensive look at the built site: `make audit`.

Every page in light and dark, at 390 and 1280 pixels: axe, requests to other hosts,
errors in the console, sideways scrolling, weight, a screenshot. Then lychee,
codespell and, where node is there, Lighthouse. Screenshots and figures are kept
under _build/audit; the exit code is 1 when anything is outside its limit.
"""

import gzip
import html
import http.server
import json
import mimetypes
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from conftest import CHROMIUM_FLAGS, SITE, TOOLS  # noqa: E402

OUT = ROOT / "_build" / "audit"
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# The owner's limits: each category in percent, in the order of CATEGORIES.
LIMITS = {"desktop": (95, 95, 95, 95), "mobile": (85, 95, 95, 95)}
WEIGHT = 400  # KB with gzip, without figures
AXE = {
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    ],
    "resultTypes": ["violations"],
}
COMPRESSED = {".css", ".html", ".ipynb", ".js", ".json", ".svg", ".txt", ".xml"}


# axe takes a minute where thousands of spans look alike: keep three of each.
THIN_OUT = """() => {
  const seen = {};
  for (const span of document.querySelectorAll("div.highlight pre span[class]")) {
    seen[span.className] = (seen[span.className] ?? 0) + 1;
    if (seen[span.className] > 3) span.replaceWith(...span.childNodes);
  }
  const formulas = [...document.querySelectorAll(".katex")];
  formulas.slice(3).forEach((formula) => formula.replaceWith("x"));
}"""
# As a reader does: regions learn that they scroll when they come into view.
SCROLL_THROUGH = """async () => {
  const style = document.createElement("style");
  style.textContent = "section { content-visibility: visible !important }";
  document.head.append(style);
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  scrollTo({ top: 0, behavior: "instant" });
}"""
# What thinning would hide from axe: formulas that scroll out of the keyboard's reach.
UNREACHABLE = """() => [...document.querySelectorAll(".part, .picture")]
  .filter((node) => node.scrollWidth > node.clientWidth && node.tabIndex < 0)
  .map((node) => "scrolls, and no key reaches it: " + node.textContent.slice(0, 40))"""


class Gzipped(http.server.BaseHTTPRequestHandler):
    """Serves the site as a static host would: compressed, cached, 404.html."""

    cache: dict[Path, bytes] = {}

    def do_GET(self):
        path = SITE / unquote(urlsplit(self.path).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else SITE / "404.html"
        small = path.suffix in COMPRESSED
        if path not in self.cache:
            content = path.read_bytes()
            self.cache[path] = gzip.compress(content, 6) if small else content
        content = self.cache[path]
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.send_response(200 if found else 404)
        if small:
            self.send_header("Content-Encoding", "gzip")
        text = kind.startswith("text/") or kind.endswith("javascript")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextmanager
def served() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gzipped) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def all_pages() -> list[str]:
    files = (p.relative_to(SITE) for p in sorted(SITE.rglob("*.html")))
    # The site's own index.html only leads to the landing page, at once.
    pages = [p.as_posix() for p in files if p.parts[0] != "_static"]
    return [page for page in pages if page != "index.html"]


def visit(browser, address: str, page_name: str, width: int, scheme: str) -> dict:
    """Everything measured on one page in one theme at one width."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    outside, errors, sizes = set(), [], {}
    page.on(
        "request",
        lambda r: (
            outside.add(r.url)
            if r.url.startswith("http") and not r.url.startswith(address)
            else None
        ),
    )
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfinished", lambda r: sizes.update({r.url: r.sizes()}))
    page.goto(address + page_name, wait_until="load")
    page.wait_for_timeout(300)
    weight = round(sum(s["responseBodySize"] for s in sizes.values()) / 1024)
    page.evaluate(SCROLL_THROUGH)
    page.wait_for_timeout(300)
    shot = f"{page_name.removesuffix('.html').replace('/', '-')}-{width}-{scheme}.jpg"
    page.screenshot(path=OUT / shot, full_page=True, type="jpeg", quality=70)
    result = {
        "page": page_name,
        "width": width,
        "scheme": scheme,
        "third_party": sorted(outside),
        "console": errors,
        "overflow": page.evaluate("document.documentElement.scrollWidth - innerWidth"),
        "weight": weight,
        "figures": figure_weight(page),
        "shot": shot,
    }
    result["axe"] = axe_faults(page)
    context.close()
    return result


def axe_faults(page) -> list[str]:
    """Violations as text; thins the page out, so look at everything else before."""
    unreachable = page.evaluate(UNREACHABLE)
    page.evaluate(THIN_OUT)
    violations = Axe().run(page, options=AXE).response["violations"]
    nodes = [f"{v['id']} {node['target']}" for v in violations for node in v["nodes"]]
    return unreachable + nodes


def figure_weight(page) -> int:
    """KB with gzip of the figures that stand inside the page."""
    figures = page.eval_on_selector_all(
        "svg.themed, .tape-figure", "nodes => nodes.map(n => n.outerHTML)"
    )
    return round(len(gzip.compress("".join(figures).encode(), 6)) / 1024)


def contact_sheet(results: list[dict]) -> None:
    cards = "".join(
        f'<figure><a href="{r["shot"]}"><img src="{r["shot"]}" alt="{r["shot"]}" '
        f'loading="lazy"></a><figcaption>{html.escape(r["page"])}, {r["width"]} px, '
        f"{r['scheme']}</figcaption></figure>"
        for r in results
    )
    style = (
        "body{font:14px sans-serif;display:grid;gap:1rem;"
        "grid-template-columns:repeat(4,1fr)}figure{margin:0}"
        "img{width:100%;height:520px;object-fit:cover;object-position:top;"
        "border:1px solid #999}"
    )
    text = (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f"<title>Every page</title><style>{style}</style>{cards}</html>"
    )
    (OUT / "contact-sheet.html").write_text(text, encoding="utf-8")


def lychee() -> list[str]:
    """Broken links between the pages, as lychee sees them."""
    command = [
        str(Path(sys.executable).parent / "lychee"),
        *("--offline", "--include-fragments", "--no-progress", "--format", "json"),
        *("--root-dir", str(SITE), "--exclude-path", str(SITE / "_static"), str(SITE)),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(done.stdout)
    return [
        f"{Path(page).relative_to(SITE)}: {link['url']}"
        for page, links in report["error_map"].items()
        for link in links
    ]


def codespell() -> list[str]:
    command = [sys.executable, "-m", "codespell_lib", "book", "README.md"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines()


def lighthouse(chromium: str, address: str, page: str, form: str) -> dict:
    """Lighthouse's report of one page; `form` is desktop or mobile."""
    name = page.removesuffix(".html").replace("/", "-")
    target = OUT / f"lighthouse-{name}-{form}.json"
    with tempfile.TemporaryDirectory() as profile:
        flags = [*CHROMIUM_FLAGS, "--headless", f"--user-data-dir={profile}"]
        command = [
            str(OUT / "node_modules" / ".bin" / "lighthouse"),
            address + page,
            *("--quiet", "--output=json", f"--output-path={target}"),
            f"--chrome-flags={' '.join(flags)}",
            *(["--preset=desktop"] if form == "desktop" else []),
        ]
        subprocess.run(
            command,
            env={**os.environ, "CHROME_PATH": chromium},
            check=True,
            capture_output=True,
        )
    return json.loads(target.read_text())


def scores(report: dict) -> tuple[int, ...]:
    return tuple(round(100 * report["categories"][c]["score"]) for c in CATEGORIES)


def typical_scores(chromium: str, address: str, page: str, form: str) -> tuple:
    """The scores of one run, or, if one is too low, of the median of three.

    Lighthouse advises the median: a busy moment of this machine is no fault of a page.
    """
    found = scores(lighthouse(chromium, address, page, form))
    if all(score >= least for score, least in zip(found, LIMITS[form], strict=True)):
        return found
    more = [scores(lighthouse(chromium, address, page, form)) for _ in range(2)]
    return tuple(map(statistics.median, zip(found, *more, strict=True)))


def lighthouse_worst(chromium: str, address: str, pages: list[str]) -> dict:
    """The worst score of each category over the pages, by form."""
    npm = shutil.which("npm")
    if npm is None:
        return {}
    if not (OUT / "node_modules" / "lighthouse").is_dir():
        install = [npm, "install", "--silent", "--no-save", "--no-audit", LIGHTHOUSE]
        OUT.joinpath("package.json").write_text("{}")
        subprocess.run(install, cwd=OUT, check=True, capture_output=True)
    worst = {}
    for form in LIMITS:
        found = []
        for page in pages:
            found.append(typical_scores(chromium, address, page, form))
            print(f"lighthouse {form:8}{page:36}{'/'.join(map(str, found[-1]))}")
        worst[form] = tuple(map(min, zip(*found, strict=True)))
    return worst


def main() -> int:
    chromium = next(filter(None, map(shutil.which, TOOLS["chromium"][0])), None)
    if chromium is None:
        sys.exit("chromium is missing; on Debian: apt-get install chromium")
    if not (SITE / "index.html").is_file():
        sys.exit("There is no site to audit; build it first: make book")
    OUT.mkdir(parents=True, exist_ok=True)
    pages = all_pages()
    results = []
    with served() as address:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=CHROMIUM_FLAGS
            )
            for page in pages:
                for width in (390, 1280):
                    for scheme in ("light", "dark"):
                        results.append(visit(browser, address, page, width, scheme))
                last = results[-1]
                print(f"{page:36}{last['weight']:5} KB, figures {last['figures']} KB")
            browser.close()
        opened = [p for p in pages if re.match(r"book/(index|\d+-)", p)]
        worst = lighthouse_worst(chromium, address, opened)
    contact_sheet(results)
    (OUT / "results.json").write_text(json.dumps(results, indent=1))

    broken, misspelt = lychee(), codespell()
    for result in results:
        where = f"{result['page']} {result['width']} {result['scheme']}"
        for kind in ("axe", "third_party", "console"):
            for fault in result[kind]:
                print(f"{where}: {kind}: {fault}")
        if result["overflow"] > 0:
            print(f"{where}: scrolls sideways by {result['overflow']} pixels")
        if result["weight"] - result["figures"] > WEIGHT:
            print(
                f"{where}: weighs {result['weight']} KB, {result['figures']} in figures"
            )
    print(*(f"broken link: {line}" for line in broken), sep="\n")
    print(*(f"codespell: {line}" for line in misspelt), sep="\n")
    print(f"screenshots: {OUT / 'contact-sheet.html'}")

    axe, outside, console = (
        sum(len(result[kind]) for result in results)
        for kind in ("axe", "third_party", "console")
    )
    shown = ", ".join(
        f"{form} {'/'.join(map(str, worst[form])) if worst else 'not run'}"
        for form in LIMITS
    )
    good = (
        not (axe or outside or console or broken or misspelt)
        and all(result["overflow"] <= 0 for result in results)
        and all(r["weight"] - r["figures"] <= WEIGHT for r in results)
        and all(
            score >= limit
            for form, found in worst.items()
            for score, limit in zip(found, LIMITS[form], strict=True)
        )
    )
    print(
        f"pages {len(pages)}; axe {axe}; third-party {outside}; console {console}; "
        f"broken links {len(broken)}; lighthouse {shown}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
