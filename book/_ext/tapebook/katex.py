"""Typeset formulas while the site is built.

KaTeX is JavaScript; mini-racer runs it inside Python, so the reader's browser runs
none and the builder needs no node. The page holds KaTeX's HTML for the eye and
MathML for screen readers.
"""

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)


@cache
def engine() -> MiniRacer:
    racer = MiniRacer()
    racer.eval((Path(__file__).parent / "katex.min.js").read_text("utf-8"))
    return racer


@cache
def typeset(formula: str, display: bool) -> str:
    """HTML of a TeX formula; raises JSEvalException where KaTeX cannot read it."""
    options = {
        "displayMode": display,
        "throwOnError": True,
        "strict": False,
    }
    call = f"katex.renderToString({json.dumps(formula)}, {json.dumps(options)})"
    return engine().eval(call)


def typeset_node(node, formula: str, display: bool) -> str:
    try:
        return typeset(formula, display)
    except JSEvalException as error:
        reason = str(error).splitlines()[0]
        logger.warning("KaTeX cannot read this formula: %s", reason, location=node)
        return ""


def display_formula(node) -> str:
    """The text of a math block as one display; blank lines separate equations."""
    if node.get("nowrap"):
        return node.astext()
    parts = [part.strip() for part in node.astext().split("\n\n") if part.strip()]
    # A line break outside an environment means lines aligned at their &.
    parts = [
        rf"\begin{{split}}{part}\end{{split}}" if has_bare_break(part) else part
        for part in parts
    ]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{gathered}" + r" \\ ".join(parts) + r"\end{gathered}"


def has_bare_break(part: str) -> bool:
    depth = 0
    for piece in part.replace(r"\begin", "\0\1").replace(r"\end", "\0\2").split("\0"):
        depth += {"\1": 1, "\2": -1}.get(piece[:1], 0)
        if depth == 0 and r"\\" in piece:
            return True
    return False


def parts_of(formula: str) -> list[str]:
    """The formula cut at each `\\qquad` outside braces and environments.

    Formulas beside each other may then stand below each other on a phone.
    """
    parts, depth, start = [], 0, 0
    for token in re.finditer(
        r"\\(?:begin|left)\b|\\(?:end|right)\b|\\qquad\b|\\.|[{}]",
        formula,
    ):
        text = token[0]
        if text in ("{", r"\begin", r"\left"):
            depth += 1
        elif text in ("}", r"\end", r"\right"):
            depth -= 1
        elif text == r"\qquad" and depth == 0:
            parts.append(formula[start : token.start()])
            start = token.end()
    return [part for part in (*parts, formula[start:]) if part.strip()]


SIGN = re.compile(r"(-\w+)?[^\s\w(]*")


class KeepSigns(SphinxPostTransform):
    """Gives a formula the full stop after it, or the -th of m-th, as its `sign`.

    A browser may break a line behind a formula, and would before its full stop.
    """

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        for formula in list(self.document.findall(nodes.math)):
            text = formula.next_node(descend=False, siblings=True)
            if isinstance(text, nodes.Text):
                sign = formula["sign"] = SIGN.match(text)[0]
                text.parent.replace(text, nodes.Text(text[len(sign) :]))


def visit_inline(self, node):
    html = typeset_node(node, node.astext(), display=False)
    text = f'<span class="math notranslate">{html}</span>'
    sign = self.encode(node.get("sign", ""))
    # A formula of several parts may be broken inside.
    if sign and html.count('class="katex-base"') == 1:
        text = f'<span class="unbroken">{text}{sign}</span>'
    else:
        text += sign
    self.body.append(text)
    raise nodes.SkipNode


def visit_display(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append('<div class="formula">')
    for part in parts_of(display_formula(node)):
        text = typeset_node(node, part, display=True)
        self.body.append(f'<div class="part">{text}</div>')
    self.body.append("</div></div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_post_transform(KeepSigns)
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
