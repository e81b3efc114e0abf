"""Run chapters and store their outputs: ``python -m tapecheck.refresh NOTEBOOK...``.

Running a chapter twice stores the same bytes: timings, host names and other
noise of the kernel are left out of the notebook's metadata.
"""

from __future__ import annotations

import argparse
from pathlib import Path

METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def refresh(path: Path, timeout: int = 600) -> bool:
    """Execute the notebook at `path` in its own folder and store its outputs.

    Returns whether the file changed. Raises nbclient's CellExecutionError, and
    stores nothing, when a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    NotebookClient(
        notebook,
        timeout=timeout,
        record_timing=False,
        coalesce_streams=True,  # how output arrives in pieces differs each time
        resources={"metadata": {"path": str(path.parent)}},
        shutdown_kernel="immediate",
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.validate(notebook)
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    for path in parser.parse_args().notebooks:
        print(f"{path}: {'outputs stored' if refresh(path) else 'unchanged'}")


if __name__ == "__main__":
    main()
