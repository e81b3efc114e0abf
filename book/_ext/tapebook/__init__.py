"""What the site needs beyond jupyter-book: each module registers its own part.

settings   addresses of the site and of the repository, from the environment
katex      formulas typeset while the site is built
pages      what every page gets: chapter numbers, downloads, its few scripts
svg        vector figures put into the page, so that they follow the theme
figures    the {figure-graph} directive for pages without code cells
gates      what must not be published: the build fails on it
"""

from . import gates, katex, pages, settings, svg


def setup(app):
    for module in (settings, katex, pages, svg, gates):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
