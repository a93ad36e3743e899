import Dygraph from "dygraphs";
import "dygraphs/dist/dygraph.css";

const DASH = { solid: null, dashed: [7, 4], dotted: [2, 3], dashdot: [8, 3, 2, 3] };

export function draw(plot, root) {
  const banded = plot.needs.includes("band");
  const rows = plot.curves[0].x.map((a, i) => [
    a,
    ...plot.curves.map((c) => (banded ? [c.low[i], c.y[i], c.high[i]] : c.y[i])),
  ]);
  root.style.width = `${plot.width - 20}px`;
  root.style.height = `${plot.height - 20}px`;
  root.style.margin = "10px";
  const above = document.createElement("div");
  if (String(plot.corner) !== "top,right") {
    above.style.cssText = "font:13px sans-serif;text-align:right;margin:8px 20px 0";
    root.style.height = `${plot.height - 50}px`;
    root.before(above);
  }
  const series = {};
  for (const c of plot.curves) {
    series[c.name] = { strokePattern: DASH[c.line], strokeWidth: c.width, drawPoints: Boolean(c.marker), pointSize: 3 };
  }
  const g = new Dygraph(root, rows, {
    labels: [plot.x_label, ...plot.curves.map((c) => c.name)],
    colors: plot.curves.map((c) => c.color),
    title: plot.title,
    xlabel: plot.x_label,
    ylabel: plot.y_label,
    legend: "always",
    ...(String(plot.corner) === "top,right" ? { labelsSeparateLines: true } : { labelsDiv: above }),
    logscale: plot.log_y,
    customBars: banded,
    axes: { y: { axisLabelWidth: plot.y_label === "Learning rate" ? 76 : 50 } },
    drawGrid: plot.style % 3 !== 2,
    series,
  });
  const area = g.getArea();
  const box = root.getBoundingClientRect();
  return {
    box: [box.left + area.x, box.top + area.y, box.left + area.x + area.w, box.top + area.y + area.h],
    x: g.xAxisRange(),
    y: g.yAxisRange(),
  };
}
