"""Evaluate the formulas that a chapter prints, so that tests read what readers read.

    equations(notebook)["eq-chain"]   the LaTeX of each labelled equation
    statements(latex)                 its statements: name and right-hand sides
    evaluate(latex, {"x": ...})       the value of a right-hand side, by NumPy

Only the notation of this book is understood. A derivative such as
\\frac{\\partial L}{\\partial w_1} is one name, "dL/dw_1". Two matrices side by side are
multiplied as matrices, everything else entry by entry; \\sum and \\overline go over the
first axis.
"""

import re
from collections.abc import Mapping

import numpy as np

TOKEN = re.compile(
    r"\s+|\\[,;!]|\\q?quad|\\(?:left|right)(?![a-z])"  # nothing
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<command>\\[a-zA-Z]+)|(?P<sign>[-+^_{}()\[\]|=,/])"
    r"|(?P<letter>[a-zA-Z])"
)
FUNCTIONS = {
    "\\ln": np.log,
    "\\tanh": np.tanh,
    "\\sigma": lambda z: 1 / (1 + np.exp(-z)),
}
GREEK = "alpha beta gamma delta varepsilon mu theta eta lambda".split()


def equations(notebook) -> dict[str, str]:
    """LaTeX of every labelled {math} block, by label."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for label, text in re.findall(
                r"^```\{math\}\n:label: (\S+)\n(.*?)^```", cell.source, re.M | re.S
            ):
                if label in found:
                    raise ValueError(f"two equations are labelled {label}")
                found[label] = text
    return found


def statements(latex: str) -> list[tuple[str, list[str]]]:
    """(name on the left, right-hand sides) of each statement of an equation.

    A chain a = b = c is one statement with two right-hand sides.
    """
    found = []
    for part in re.split(r",?\s*\\qquad|,\s*\\quad(?![a-z])", latex):
        part = re.sub(r"\\quad.*", "", part, flags=re.S)
        # An equals sign in brackets, braces or below a sum does not divide.
        sides = re.split(
            r"=|\\leftarrow", re.sub(r"(\[[^\]]*|_\{[^}]*)=", r"\1≐", part)
        )
        name, *right = [side.replace("≐", "=").strip().strip(",") for side in sides]
        found.append((_Parser(name, {}).name_only(), right))
    return found


def evaluate(latex: str, values: Mapping[str, object]) -> np.ndarray:
    """The value of a formula; names are spelled as in `A_2`, `delta_s`, `hat_x_i`.

    Raises KeyError for a name without a value, ValueError for unknown notation.
    """
    parser = _Parser(latex, values)
    value = parser.sum()
    parser.end()
    return np.asarray(value)


class _Parser:
    def __init__(self, latex: str, values: Mapping[str, object]) -> None:
        self.values = values
        self.tokens: list[str] = []
        at = 0
        while at < len(latex):
            match = TOKEN.match(latex, at)
            if not match:
                raise ValueError(f"cannot read {latex[at:]!r}")
            if match.lastgroup:
                self.tokens.append(match.group())
            at = match.end()

    # --- reading tokens

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, *wanted: str) -> str:
        if wanted and self.peek() not in wanted:
            raise ValueError(f"expected {wanted}, found {self.tokens[:5]}")
        return self.tokens.pop(0)

    def end(self) -> None:
        if self.tokens:
            raise ValueError(f"cannot read {self.tokens}")

    def group(self) -> str:
        """The tokens of {...}, or the one token that stands for them."""
        if self.peek() != "{":
            return self.take()
        depth, text = 0, []
        while True:
            token = self.take()
            depth += (token == "{") - (token == "}")
            text.append(token)
            if depth == 0:
                return " ".join(text[1:-1])

    # --- names

    def name(self) -> str:
        token = self.take()
        if token == "\\hat":
            return "hat_" + self.name()
        if token == "\\frac":
            return f"{self.derivative()}/{self.derivative()}"
        name = token.removeprefix("\\")
        while self.peek() in ("_", "'"):
            self.take()
            name += "_" + self.group().replace(" ", "")
        return name

    def derivative(self) -> str:
        """`\\partial w_1` or `\\mathrm{d} w_1` in a fraction: `dw_1`."""
        inside = _Parser(self.group(), {})
        if inside.take("\\partial", "\\mathrm") == "\\mathrm":
            inside.group()
        return "d" + inside.name()

    def name_only(self) -> str:
        name = self.name()
        self.end()
        return name

    # --- values

    def sum(self):
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value = value + sign * self.product()
        return value

    def product(self):
        if self.peek() == "-":
            self.take()
            return -self.product()
        value = self.power()
        while self.peek() and self.peek() not in (
            "+",
            "-",
            ")",
            "]",
            "|",
            "=",
            ",",
            "}",
        ):
            if self.peek() == "\\odot":
                self.take()
                value = value * self.power()
            elif self.peek() == "/":
                self.take()
                value = value / self.power()
            else:
                right = self.power()
                matrices = np.ndim(value) == 2 and np.ndim(right) == 2
                value = value @ right if matrices else value * right
        return value

    def power(self):
        value = self.factor()
        while self.peek() == "^":
            self.take()
            exponent = self.group()
            if exponent in ("\\top", "T"):
                value = value.T
            else:
                value = value ** _Parser(exponent, self.values).sum()
        return value

    def factor(self):
        token = self.peek()
        if re.fullmatch(r"\d.*", token):
            return float(self.take())
        if token in ("(", "|"):
            self.take()
            value = self.sum()
            self.take(")" if token == "(" else "|")
            return abs(value) if token == "|" else value
        if token == "[":
            return self.iverson()
        if token in ("\\frac", "\\tfrac"):
            return self.fraction()
        if token in ("\\sqrt", "\\overline"):
            self.take()
            value = _Parser(self.group(), self.values).sum()
            return np.sqrt(value) if token == "\\sqrt" else np.mean(value, axis=0)
        if token == "\\sum":
            return self.total()
        if token == "\\max":
            return self.maximum()
        if token in FUNCTIONS:
            self.take()
            return FUNCTIONS[token](self.power())
        if token == "e" and "e" not in self.values:
            self.take()
            self.take("^")
            return np.exp(_Parser(self.group(), self.values).sum())
        return self.values[self.name()]

    def fraction(self):
        if re.match(r"\\partial|\\mathrm", " ".join(self.tokens[2:3])):
            return self.values[self.name()]
        self.take()
        if self.peek() != "{" and len(self.peek()) == 2:  # \frac12
            above, below = self.take()
            return float(above) / float(below)
        above = _Parser(self.group(), self.values).sum()
        return above / _Parser(self.group(), self.values).sum()

    def total(self):
        """A sum over the first axis, of everything up to the next + or -."""
        self.take()
        while self.peek() in ("_", "^"):
            self.take()
            self.group()
        return np.sum(self.product(), axis=0)

    def maximum(self):
        self.take()
        self.take("(")
        first = self.sum()
        self.take(",")
        second = self.sum()
        self.take(")")
        return np.maximum(first, second)

    def iverson(self):
        """[i = j]: 1 where the indices agree."""
        self.take("[")
        first = self.name()
        self.take("=")
        second = self.name()
        self.take("]")
        return self.values[f"[{first}={second}]"]
