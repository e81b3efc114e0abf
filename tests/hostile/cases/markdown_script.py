# Text cells with script, and an attachment that is none.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    text = nbformat.v4.new_markdown_cell(
        "<script>alert('pwned')</script><img src=x onerror=alert('pwned')>\n\n"
        "[link](javascript:alert('pwned')) ![x](attachment:x.svg)\n\n"
        "<iframe src='javascript:alert(1)'></iframe><style>body{display:none}</style>"
    )
    text["attachments"] = {"x.svg": {"image/svg+xml": "PHN2Zy8+"}}
    notebook.cells.append(text)
    nbformat.write(notebook, folder / "small-steps.ipynb")
