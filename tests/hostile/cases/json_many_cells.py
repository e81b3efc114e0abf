# A notebook of twenty thousand cells.
# loses: refused
import json
import nbformat

def hand_in(folder, notebook):
    content = json.loads(nbformat.writes(notebook))
    content["cells"] += [{"cell_type": "raw", "source": "", "metadata": {}}] * 20_000
    (folder / "small-steps.ipynb").write_text(json.dumps(content))
