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


def legend(*axes: Axes) -> None:
    """Give each of the axes a legend.

    It returns nothing, so that a cell may end with it: nbval stores what the last
    expression of a cell returns even where a semicolon hides it.
    """
    for axis in axes:
        axis.legend()


Shape = tuple[str, int, int]


def matrix_product(axis: Axes, title: str, products: list[list[Shape]]) -> None:
    """Draw matrix products to scale: one line each, `A B = C`.

    Args:
        axis: where to draw; its ticks and frame are removed.
        title: stands above the drawing.
        products: for each line the three matrices as (name in TeX, rows, columns).
    """
    from matplotlib.patches import Rectangle

    gap, y = 1.6, 0.0
    right = 0.0
    for line in products:
        height = max(rows for _, rows, _ in line)
        x = 0.0
        for (name, rows, columns), sign in zip(line, ("", "·", "="), strict=True):
            axis.text(x + gap / 2, y - height / 2, sign, ha="center", va="center")
            x += gap
            colour = COLOURS["vermillion" if sign == "=" else "blue"]
            corner = (x, y - (height + rows) / 2)
            axis.add_patch(
                Rectangle(corner, columns, rows, fill=False, ec=colour, lw=2)
            )
            axis.text(
                x + columns / 2,
                corner[1] - 0.3,
                f"${name}$\n{rows} × {columns}",
                ha="center",
                va="top",
                fontsize=9,
            )
            x += columns
        right = max(right, x)
        y -= height + 3.2
    axis.set(xlim=(0, right + gap / 2), ylim=(y + 0.4, 0.6), aspect="equal")
    axis.set_title(title)
    axis.set_axis_off()
