import c3 from "c3";
import "c3/c3.css";

export function draw(plot, root) {
  const outer = plot.style % 3 !== 0;
  const few = plot.curves[0].x.length <= 100; // else the tick of each point makes a black bar
  const columns = [];
  const xs = {};
  const colors = {};
  plot.curves.forEach((c, i) => {
    columns.push([`x${i}`, ...c.x], [c.name, ...c.y]);
    xs[c.name] = `x${i}`;
    colors[c.name] = c.color;
  });
  c3.generate({
    bindto: root,
    size: { width: plot.width, height: plot.height },
    title: { text: plot.title },
    data: { xs, columns, colors, type: "line" },
    point: { show: plot.needs.includes("marker") || plot.style % 3 === 0, r: 2.5 },
    grid: plot.style % 2 ? { x: { show: true }, y: { show: true } } : {},
    legend: { position: plot.style % 4 === 1 ? "right" : "bottom" },
    axis: {
      x: { label: { text: plot.x_label, position: outer ? "outer-center" : "inner-right" }, tick: few ? { culling: { max: 9 } } : { count: 8, format: (v) => v.toFixed(1) } },
      y: { label: { text: plot.y_label, position: outer ? "outer-middle" : "inner-top" }, tick: { format: (v) => String(+v.toPrecision(4)) } },
    },
    transition: { duration: 0 },
  });
}
