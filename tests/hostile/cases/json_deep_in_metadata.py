# A notebook whose metadata are nested five hundred deep.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    text = nbformat.writes(notebook)
    deep = '{"a":' * 500 + "1" + "}" * 500
    (folder / "small-steps.ipynb").write_text('{"x":' + deep + "," + text.lstrip()[1:])
