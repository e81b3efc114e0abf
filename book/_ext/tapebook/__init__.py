"""What the site needs beyond jupyter-book: each module registers its own part.

settings   addresses of the site and of the repository, from the environment
katex      formulas typeset while the site is built
pages      what every page gets: chapter numbers, downloads, its few scripts
styles     one style sheet in place of a dozen
svg        vector figures put into the page, so that they follow the theme
figures    directives for pages without code cells
wrong_gradients  the field guide's pictures
gates      what must not be published: the build fails on it
"""

from . import figures, gates, katex, pages, settings, styles, svg, wrong_gradients


def setup(app):
    for module in (
        settings,
        katex,
        pages,
        styles,
        svg,
        figures,
        wrong_gradients,
        gates,
    ):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
