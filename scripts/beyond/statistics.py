"""Python engines of the sciences: matplotlib style sheets, seaborn objects, plotnine."""

from __future__ import annotations

from pathlib import Path

from beyond.plot import Plot

MPL_LINE = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-.", "none": "none"}
MPL_STYLES = (
    "bmh",
    "classic",
    "fivethirtyeight",
    "Solarize_Light2",
    "dark_background",
    "grayscale",
    "tableau-colorblind10",
    "ggplot",
    "seaborn-v0_8-whitegrid",
    "seaborn-v0_8-ticks",
)


def matplotlib_styles(plot: Plot, path: Path) -> dict:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with plt.style.context(MPL_STYLES[plot.style % len(MPL_STYLES)]):
        dpi = (100, 72, 150)[plot.style % 3]
        fig, ax = plt.subplots(figsize=(plot.width / 100, plot.height / 100), dpi=dpi)
        colors = [line["color"] for line in plt.rcParams["axes.prop_cycle"]]
        for i, c in enumerate(plot.curves):
            color = c.color if "dash" in plot.needs or "opacity" in plot.needs else colors[i % len(colors)]
            if plot.style % len(MPL_STYLES) == 4 and color == "#222222":
                color = "#eeeeee"
            ax.plot(
                c.x,
                c.y,
                MPL_LINE[c.line],
                color=color,
                marker=c.marker,
                lw=c.width,
                alpha=c.opacity,
                label=c.name,
            )
            if c.low is not None:
                ax.fill_between(c.x, c.low, c.high, color=color, alpha=0.25, lw=0)
        _finish_mpl(plot, ax)
        fig.tight_layout()
        fig.savefig(path, dpi=dpi)  # some style sheets save at another resolution than they draw
        truth = _mpl_truth(fig, ax)
        plt.close(fig)
    return truth


def _finish_mpl(plot: Plot, ax) -> None:
    if plot.log_y:
        ax.set_yscale("log")
    ax.set(title=plot.title, xlabel=plot.x_label, ylabel=plot.y_label)
    ax.legend(loc="best")  # one style sheet fixes a corner, and there hides the end of a rising curve


def _mpl_truth(fig, ax) -> dict:
    box = ax.get_window_extent()
    height = fig.bbox.height
    return {
        "bbox": [box.x0 - 0.5, height - box.y1 - 0.5, box.x1 - 0.5, height - box.y0 - 0.5],
        "x": list(ax.get_xlim()),
        "y": list(ax.get_ylim()),
    }


def seaborn_objects(plot: Plot, path: Path) -> dict:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn.objects as so

    if plot.needs & {"dash", "opacity", "band", "marker"}:
        raise NotImplementedError
    data = pd.concat(
        [pd.DataFrame({"x": c.x, "y": c.y, "run": c.name}) for c in plot.curves], ignore_index=True
    )
    fig, ax = plt.subplots(figsize=(plot.width / 100, plot.height / 100), dpi=100)
    palette = [c.color for c in plot.curves]
    spec = so.Plot(data, "x", "y", color="run").add(so.Line(linewidth=1.8))
    spec = spec.scale(color=palette, **({"y": "log"} if plot.log_y else {}))
    spec.label(x=plot.x_label, y=plot.y_label, title=plot.title).on(ax).plot()
    fig.savefig(path, bbox_inches="tight")
    plt.close(fig)
    return {}


def plotnine(plot: Plot, path: Path) -> dict:
    import warnings

    import pandas as pd
    import plotnine as p9

    if plot.needs & {"opacity"}:
        raise NotImplementedError
    frames = []
    for c in plot.curves:
        frame = pd.DataFrame({"x": c.x, "y": c.y, "run": c.name})
        if c.low is not None:
            frame["lo"], frame["hi"] = c.low, c.high
        frames.append(frame)
    data = pd.concat(frames)
    names = [c.name for c in plot.curves]
    data["run"] = pd.Categorical(data["run"], names)
    spec = p9.ggplot(data, p9.aes("x", "y", color="run"))
    if "band" in plot.needs:
        spec += p9.geom_ribbon(p9.aes(ymin="lo", ymax="hi", fill="run"), alpha=0.25, color="none")
        spec += p9.scale_fill_manual(values=[c.color for c in plot.curves])
    if "dash" in plot.needs:
        spec += p9.geom_line(p9.aes(linetype="run"), size=0.8)
        spec += p9.scale_linetype_manual(values=[c.line for c in plot.curves])
    else:
        spec += p9.geom_line(size=0.8)
    if "marker" in plot.needs:
        spec += p9.geom_point(p9.aes(shape="run"), size=2)
        spec += p9.scale_shape_manual(values=[c.marker for c in plot.curves])
    spec += p9.scale_color_manual(values=[c.color for c in plot.curves])
    if plot.log_y:
        spec += p9.scale_y_log10()
    theme = (p9.theme_bw, p9.theme_classic, p9.theme_minimal, p9.theme_light, p9.theme_gray)[plot.style % 5]
    spec += p9.labs(title=plot.title, x=plot.x_label, y=plot.y_label)
    spec += theme() + p9.theme(legend_title=p9.element_blank())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.save(path, width=plot.width / 100, height=plot.height / 100, dpi=100, verbose=False)
    return {}
