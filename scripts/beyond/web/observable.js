import * as Plot from "@observablehq/plot";

const DASH = { solid: null, dashed: "6 4", dotted: "2 3", dashdot: "8 3 2 3" };
const MARK = { o: "circle", s: "square", "^": "triangle", D: "diamond", x: "times" };

export function draw(plot, root, dark) {
  const marks = [];
  if (plot.style % 2) marks.push(Plot.gridY(), Plot.gridX());
  if (plot.style % 3 === 1) marks.push(Plot.frame());
  for (const c of plot.curves) {
    const rows = c.x.map((a, i) => ({ x: a, y: c.y[i], low: c.low && c.low[i], high: c.high && c.high[i], run: c.name }));
    if (c.low) marks.push(Plot.areaY(rows, { x: "x", y1: "low", y2: "high", fill: "run", fillOpacity: 0.2 }));
    marks.push(
      Plot.lineY(rows, {
        x: "x",
        y: "y",
        stroke: "run",
        strokeWidth: c.width,
        strokeOpacity: c.opacity,
        strokeDasharray: DASH[c.line],
      }),
    );
    if (c.marker) marks.push(Plot.dot(rows, { x: "x", y: "y", fill: "run", symbol: MARK[c.marker], r: 3.5 }));
  }
  if (dark) root.style.color = "#ddd";
  root.append(
    Plot.plot({
      title: plot.title,
      width: plot.width,
      height: plot.height - 110,
      marginLeft: 50,
      style: { background: "transparent", fontSize: plot.style % 4 === 3 ? "13px" : "10px" },
      x: { label: plot.x_label },
      y: { label: plot.y_label, type: plot.log_y ? "log" : "linear", nice: plot.style % 2 === 0 },
      color: {
        legend: true,
        domain: plot.curves.map((c) => c.name),
        range: plot.curves.map((c) => c.color),
      },
      marks,
    }),
  );
}
