import * as d3 from "d3";

const DASH = { solid: null, dashed: "6 4", dotted: "2 3", dashdot: "8 3 2 3" };
const MARK = {
  o: d3.symbolCircle,
  s: d3.symbolSquare,
  "^": d3.symbolTriangle,
  D: d3.symbolDiamond,
  x: d3.symbolTimes,
};

export function draw(plot, root, dark) {
  const { width, height } = plot;
  const look = plot.style % 3; // 0 plain axes, 1 light grid without axis lines, 2 labels at the ends of curves
  const margin = { top: 40, right: look === 2 ? 110 : 24, bottom: 46, left: 74 };
  const ink = dark ? "#ddd" : "#000";
  const svg = d3
    .select(root)
    .append("svg")
    .attr("width", width)
    .attr("height", height)
    .style("display", "block")
    .style("color", ink)
    .attr("font-family", "sans-serif");
  const xs = plot.curves.flatMap((c) => c.x);
  const ys = plot.curves.flatMap((c) => [...c.y, ...(c.low || []), ...(c.high || [])]);
  const x = d3.scaleLinear(d3.extent(xs), [margin.left, width - margin.right]);
  const y = (plot.log_y ? d3.scaleLog() : d3.scaleLinear())
    .domain(d3.extent(ys))
    .nice()
    .range([height - margin.bottom, margin.top]);
  const bottom = d3.axisBottom(x).ticks(width / 80);
  const left = d3.axisLeft(y).ticks(height / 50, ...(plot.log_y ? [".0e"] : []));
  if (look === 1) left.tickSize(-(width - margin.left - margin.right));
  const gx = svg.append("g").attr("transform", `translate(0,${height - margin.bottom})`).call(bottom);
  const gy = svg.append("g").attr("transform", `translate(${margin.left},0)`).call(left);
  if (look === 1) {
    gy.select(".domain").remove();
    gy.selectAll(".tick line").attr("stroke-opacity", 0.15);
  }
  if (plot.style % 2) for (const g of [gx, gy]) g.selectAll("text").attr("font-size", 12);
  const text = (s, px, py, anchor, size) =>
    svg
      .append("text")
      .attr("x", px)
      .attr("y", py)
      .attr("text-anchor", anchor)
      .attr("font-size", size)
      .attr("fill", ink)
      .text(s);
  text(plot.title, width / 2, 22, "middle", 16);
  text(plot.x_label, (margin.left + width - margin.right) / 2, height - 8, "middle", 12);
  text(plot.y_label, 0, 0, "middle", 12).attr("transform", `translate(14,${height / 2}) rotate(-90)`);
  const last = [];
  plot.curves.forEach((c, i) => {
    const rows = d3.zip(c.x, c.y, c.low || c.y, c.high || c.y);
    if (c.low) {
      const area = d3.area((d) => x(d[0]), (d) => y(d[2]), (d) => y(d[3]));
      svg.append("path").attr("d", area(rows)).attr("fill", c.color).attr("fill-opacity", 0.2);
    }
    svg
      .append("path")
      .attr("d", d3.line((d) => x(d[0]), (d) => y(d[1]))(rows))
      .attr("fill", "none")
      .attr("stroke", c.color)
      .attr("stroke-width", c.width)
      .attr("stroke-opacity", c.opacity)
      .attr("stroke-linejoin", "round")
      .attr("stroke-dasharray", DASH[c.line]);
    if (c.marker) {
      svg
        .append("g")
        .selectAll("path")
        .data(rows)
        .join("path")
        .attr("transform", (d) => `translate(${x(d[0])},${y(d[1])})`)
        .attr("d", d3.symbol(MARK[c.marker], 40))
        .attr("fill", c.marker === "x" ? "none" : c.color)
        .attr("stroke", c.color);
    }
    if (look === 2) {
      last.push({ c, py: y(c.y[c.y.length - 1]) });
    } else {
      const py = margin.top + 12 + 18 * i;
      const px = width - margin.right - 130;
      svg
        .append("line")
        .attr("x1", px)
        .attr("x2", px + 22)
        .attr("y1", py - 4)
        .attr("y2", py - 4)
        .attr("stroke", c.color)
        .attr("stroke-width", c.width)
        .attr("stroke-opacity", c.opacity)
        .attr("stroke-dasharray", DASH[c.line]);
      text(c.name, px + 28, py, "start", 12);
    }
  });
  last.sort((a, b) => a.py - b.py);
  last.forEach((d, i) => {
    if (i) d.py = Math.max(d.py, last[i - 1].py + 13);
    text(d.c.name, width - margin.right + 6, d.py + 4, "start", 11).attr("fill", d.c.color);
  });
  const box = svg.node().getBoundingClientRect();
  return {
    box: [
      box.left + margin.left,
      box.top + margin.top,
      box.left + width - margin.right,
      box.top + height - margin.bottom,
    ],
    x: x.domain(),
    y: y.domain(),
  };
}
