"""Link the first use of each glossary term in each chapter to the glossary.

    python book/_ext/glossary_links.py book/0*.ipynb

Only prose is touched: no code, formula, heading, table, link, role or directive. It
may be run again after an edit; where nothing is to be done, no file is written.
"""

import json
import re
import sys
from pathlib import Path

GLOSSARY = Path(__file__).parent.parent / "reference" / "glossary.md"
# What must stay as it is: code, formulas, roles, links, labels, emphasis, addresses.
KEPT = re.compile(
    r"\{[\w:-]+\}`[^`]*`|`+[^`]*`+|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|\*+[^*\n]+\*+"
    r"|<[^>]*>|https?://\S+",
    re.DOTALL,
)
FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,})")
NOT_PROSE = re.compile(r"^\s*(#|\||\(|:\w|<|---|    )")
ROLE = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")


def terms() -> list[str]:
    """The words of the glossary, the longest first."""
    body = GLOSSARY.read_text("utf-8").split("```{glossary}\n")[1].split("\n```")[0]
    found = [line for line in body.splitlines() if line and not line[0].isspace()]
    return sorted(found, key=len, reverse=True)


def prose_lines(text: str) -> list[int]:
    """Numbers of the lines that are prose."""
    found, fence = [], ""
    for number, line in enumerate(text.splitlines()):
        mark = FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif mark:
            fence = mark[1]
        elif line.strip() and not NOT_PROSE.match(line):
            found.append(number)
    return found


def hidden(text: str) -> str:
    """The text with everything blanked out that no link may be put into."""
    blanked = KEPT.sub(lambda m: re.sub(r"[^\n]", "\0", m[0]), text)
    lines = blanked.split("\n")
    prose = set(prose_lines(text))
    return "\n".join(
        line if number in prose else "\0" * len(line)
        for number, line in enumerate(lines)
    )


def linked(cells: list[str]) -> list[str]:
    """The markdown cells of a chapter with the first use of each term linked."""
    cells = list(cells)
    done = {match[1] for text in cells for match in ROLE.finditer(text)}
    for term in terms():
        if term in done:
            continue
        use = re.compile(rf"(?<![\w–-]){re.escape(term)}s?(?![\w–-])", re.IGNORECASE)
        for number, text in enumerate(cells):
            if match := use.search(hidden(text)):
                word = text[match.start() : match.end()]
                role = f"{term}" if word == term else f"{word} <{term}>"
                start, end = text[: match.start()], text[match.end() :]
                cells[number] = f"{start}{{term}}`{role}`{end}"
                break
    return cells


def main(paths: list[str]) -> None:
    for path in map(Path, paths):
        notebook = json.loads(path.read_text("utf-8"))
        markdown = [c for c in notebook["cells"] if c["cell_type"] == "markdown"]
        before = ["".join(cell["source"]) for cell in markdown]
        after = linked(before)
        if after == before:
            continue
        for cell, text in zip(markdown, after, strict=True):
            cell["source"] = text.splitlines(keepends=True)
        # As nbformat writes it, so that nothing else changes.
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
