import ApexCharts from "apexcharts";

const DASH = { solid: 0, dashed: 7, dotted: 3, dashdot: 5 };

export async function draw(plot, root, dark) {
  const chart = new ApexCharts(root, {
    chart: {
      type: "line",
      width: plot.width - 6,
      height: plot.height - 10,
      animations: { enabled: false },
      toolbar: { show: plot.style % 2 === 0 },
      background: dark ? "#181b1f" : "#fff",
    },
    theme: { mode: dark ? "dark" : "light" },
    title: { text: plot.title },
    colors: plot.curves.map((c) => c.color),
    stroke: { width: plot.curves.map((c) => c.width + 1), curve: "straight", dashArray: plot.curves.map((c) => DASH[c.line]) },
    markers: { size: plot.needs.includes("marker") ? 4 : 0 },
    legend: { showForSingleSeries: true, position: ["bottom", "top", "right"][plot.style % 3] },
    xaxis: { type: "numeric", title: { text: plot.x_label }, decimalsInFloat: 1, tickAmount: 8 },
    yaxis: {
      title: { text: plot.y_label },
      labels: { formatter: (v) => (v < 0.01 && v > 0 ? v.toExponential(1) : v.toFixed(2)) },
    },
    series: plot.curves.map((c) => ({ name: c.name, data: c.x.map((a, i) => [a, c.y[i]]) })),
  });
  await chart.render();
}
