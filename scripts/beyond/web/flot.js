import "./jquery_global.js";
import "./flot.css";
import "flot/dist/es5/jquery.flot.js";

export function draw(plot, root) {
  const title = document.createElement("h3");
  title.textContent = plot.title;
  title.style.cssText = "text-align:center;margin:8px 0 0;font-size:18px";
  root.append(title);
  const place = document.createElement("div");
  place.style.cssText = `width:${plot.width - 30}px;height:${plot.height - (plot.corner ? 60 : 130)}px;margin:6px 14px`;
  root.append(place);
  const aside = document.createElement("div");
  if (!plot.corner) root.append(aside);
  const drawn = window.jQuery.plot(
    place,
    plot.curves.map((c) => ({
      label: c.name,
      color: c.color,
      data: c.x.map((a, i) => [a, c.y[i]]),
      lines: { show: true, lineWidth: c.width },
      points: { show: Boolean(c.marker), radius: 3 },
      shadowSize: plot.style % 2 ? 3 : 0,
    })),
    {
      xaxis: { axisLabel: plot.x_label, showTicks: false },
      yaxis: { axisLabel: plot.y_label, showTicks: false },
      legend: plot.corner
        ? { show: true, position: { top: "n", bottom: "s" }[plot.corner[0]] + { right: "e", left: "w" }[plot.corner[1]] }
        : { show: true, container: aside, noColumns: 4 },
      grid: { borderWidth: plot.style % 3 === 1 ? 1 : 2 },
    },
  );
  const box = place.getBoundingClientRect();
  const at = drawn.getPlotOffset();
  const { xaxis, yaxis } = drawn.getAxes();
  return {
    box: [
      box.left + at.left,
      box.top + at.top,
      box.left + at.left + drawn.width(),
      box.top + at.top + drawn.height(),
    ],
    x: [xaxis.min, xaxis.max],
    y: [yaxis.min, yaxis.max],
  };
}
