"""Vector figures become part of the page, so that they follow its colours.

An <img> cannot see the page's theme; an inline <svg> can. Black turns into the
text colour, and white plates behind axes disappear.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BLACK = r"#000000|#000|black"
COORDINATES = re.compile(r'(?<=\s)(d|x|y)="([^"]*)"')
MANY_DIGITS = re.compile(r"-?\d+\.\d{3,}")
TOO_LARGE = 120_000  # bytes: such a figure stays a file of its own


def rounded(svg: str) -> str:
    """Hundredths of a point are finer than any screen; matplotlib writes millionths."""

    def round_number(match: re.Match) -> str:
        return str(round(float(match[0]), 2))

    def round_attribute(match: re.Match) -> str:
        return f'{match[1]}="{MANY_DIGITS.sub(round_number, match[2])}"'

    return COORDINATES.sub(round_attribute, svg)


def themed(svg: str, alt: str, prefix: str) -> str:
    """The <svg> element of a file, ready to stand in a page.

    `prefix` keeps its ids apart from those of the page's other figures.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r"<metadata>.*?</metadata>|<title>.*?</title>",
        "",
        svg,
        flags=re.S,
    )
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(rf"(fill|stroke): ?({BLACK})(?=[;\"])", r"\1: currentColor", svg)
    svg = re.sub(rf'(fill|stroke)="({BLACK})"', r'\1="currentColor"', svg)
    # matplotlib writes text without a fill: SVG's default is black.
    svg = re.sub(
        r'<text style="(?![^"]*fill)',
        '<text style="fill: currentColor; ',
        svg,
    )
    # Its rule for every element would reach the whole page.
    svg = re.sub(
        r"<defs>\s*<style[^>]*>\s*\*\{.*?</style>\s*</defs>",
        "",
        svg,
        flags=re.S,
    )
    svg = rounded(svg.replace(" \n", " "))
    label = html.escape(alt, quote=True)
    # On a phone several panels keep their size and scroll; a single one shrinks.
    wide = " wide" if f'id="{prefix}-axes_2"' in svg else ""
    root = (
        f'<svg class="themed{wide}" role="img" aria-label="{label}" '
        'stroke-linejoin="round" stroke-linecap="butt" fill="currentColor" '
    )
    return f'<div class="picture">{svg.replace("<svg ", root, 1)}</div>'


class InlineSVG(SphinxPostTransform):
    """Replaces images that are small .svg files by their text."""

    default_priority = 900  # after myst-nb has chosen the format of each output
    formats = ("html",)

    def run(self, **kwargs):
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.app.srcdir) / image["uri"]
            if path.suffix != ".svg" or not path.is_file():
                continue
            if path.stat().st_size > TOO_LARGE or not image.get("alt"):
                continue
            text = themed(path.read_text("utf-8"), image["alt"], f"figure{number}")
            raw = nodes.raw("", text, format="html", classes=image["classes"])
            raw.source, raw.line = image.source, image.line
            image.replace_self(raw)


def setup(app):
    app.add_post_transform(InlineSVG)
