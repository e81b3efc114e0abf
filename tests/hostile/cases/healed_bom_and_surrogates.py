# A byte-order mark, a lone surrogate, and a cell that is no cell.
# loses: nothing
import json
import nbformat

def hand_in(folder, notebook):
    content = json.loads(nbformat.writes(notebook))
    content["cells"].append({"cell_type": "markdown", "source": "\ud800", "metadata": {}})
    content["cells"].append({"cell_type": "code", "source": 5})
    content["cells"].append(None)
    content["cells"].append({"cell_type": "raw", "source": ["a", "b"], "metadata": []})
    text = json.dumps(content)
    (folder / "small-steps.ipynb").write_bytes(b"\xef\xbb\xbf" + text.encode())
