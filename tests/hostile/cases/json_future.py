# A notebook in a format of the future.
# loses: refused
import json
import nbformat

def hand_in(folder, notebook):
    content = json.loads(nbformat.writes(notebook)) | {"nbformat": 5}
    (folder / "small-steps.ipynb").write_text(json.dumps(content))
