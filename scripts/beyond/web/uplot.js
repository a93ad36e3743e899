import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const DASH = { solid: [], dashed: [8, 5], dotted: [2, 3], dashdot: [8, 3, 2, 3] };

const short = (v) => (v === null ? "" : String(+v.toPrecision(4)));

export function draw(plot, root, dark) {
  const ink = dark ? "#c7d0d9" : "#000";
  const grid = { stroke: dark ? "#2c3235" : "rgba(0,0,0,0.07)" };
  const alpha = (c) => c.color + Math.round(255 * c.opacity).toString(16).padStart(2, "0");
  const data = [plot.curves[0].x];
  const series = [{ label: plot.x_label }];
  const bands = [];
  for (const c of plot.curves) {
    if (c.low) {
      data.push(c.high, c.low);
      series.push({ label: "high", stroke: "transparent" }, { label: "low", stroke: "transparent" });
      bands.push({ series: [series.length - 2, series.length - 1], fill: c.color + "33" });
    }
    data.push(c.y);
    series.push({
      label: c.name,
      stroke: alpha(c),
      width: c.width,
      dash: DASH[c.line],
      points: { show: Boolean(c.marker), size: 7, fill: c.color },
    });
  }
  const axis = (label) => ({ label, stroke: ink, grid, ticks: grid });
  if (dark) root.style.color = ink;
  const u = new uPlot(
    {
      title: plot.title,
      width: plot.width - 4,
      height: plot.height - (plot.curves.length > 4 ? 110 : 70),
      series,
      bands,
      scales: { x: { time: false }, y: plot.log_y ? { distr: 3 } : {} },
      axes: [axis(plot.x_label), { ...axis(plot.y_label), size: 72, values: (u, ticks) => ticks.map(short) }],
    },
    data,
    root,
  );
  return new Promise((done) =>
    setTimeout(() => {
      const over = u.over.getBoundingClientRect();
      done({
        box: [over.left, over.top, over.right, over.bottom],
        x: [u.scales.x.min, u.scales.x.max],
        y: [u.scales.y.min, u.scales.y.max],
      });
    }, 60),
  );
}
