"""The one figure style of the book: SVG, colour-blind safe, right in light and dark.

Text and axes stay black on a transparent ground; the site turns black into the
colour of the page's text. Curves take the colours of `COLOURS`, which stand out
on both grounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), without black and yellow, which each vanish on one ground.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
}


def use_book_style() -> None:
    """Make every later figure follow the book's style.

    In Jupyter, figures are stored as SVG without a date, so that running a
    chapter again stores the same bytes.
    """
    import matplotlib as mpl
    from cycler import cycler
    from IPython import get_ipython

    mpl.rcParams.update(
        {
            "axes.facecolor": "none",
            "axes.grid": True,
            "axes.prop_cycle": cycler(color=list(COLOURS.values())),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "figure.figsize": (6.4, 3.2),
            "font.size": 11,
            "grid.alpha": 0.25,
            "grid.color": "#808080",
            "legend.frameon": False,
            "lines.linewidth": 2,
            "svg.fonttype": "none",
            "svg.hashsalt": "tapecheck",
        }
    )
    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


def panels(count: int, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A figure of the book's width with `count` axes side by side.

    Returns the figure and the list of its axes, from left to right.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, count, figsize=(7.2, height), squeeze=False)
    return figure, list(axes[0])
