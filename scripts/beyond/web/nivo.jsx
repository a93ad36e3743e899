import { Line } from "@nivo/line";
import { createRoot } from "react-dom/client";
import { decades } from "./decades.js";

export const draw = (plot, root, dark) => {
  const ink = dark ? "#ddd" : "#333";
  root.style.color = ink;
  const powers = decades(plot);
  const right = plot.style % 2 === 0;
  createRoot(root).render(
    <div>
      <div style={{ font: "600 16px Roboto", padding: "8px 0 0 60px" }}>{plot.title}</div>
      <Line
        width={plot.width - 2}
        height={plot.height - 34}
        margin={{ top: 20, right: right ? 150 : 30, bottom: right ? 56 : 90, left: 70 }}
        data={plot.curves.map((c) => ({ id: c.name, data: c.x.map((a, i) => ({ x: a, y: c.y[i] })) }))}
        colors={plot.curves.map((c) => c.color)}
        xScale={{ type: "linear", min: "auto", max: "auto" }}
        yScale={plot.log_y ? { type: "log", base: 10, min: powers[0], max: powers.at(-1) } : { type: "linear", min: "auto", max: "auto" }}
        curve={plot.style % 3 === 1 ? "monotoneX" : "linear"}
        lineWidth={plot.curves[0].width}
        enablePoints={plot.needs.includes("marker")}
        pointSize={7}
        animate={false}
        gridYValues={plot.log_y ? powers : undefined}
        enableGridX={plot.style % 3 !== 2}
        theme={{
          text: { fill: ink },
          axis: { ticks: { text: { fill: ink } }, legend: { text: { fill: ink } } },
          legends: { text: { fill: ink } },
          grid: { line: { stroke: dark ? "#444" : "#ddd" } },
        }}
        axisBottom={{ legend: plot.x_label, legendOffset: 38, legendPosition: "middle", tickValues: 8 }}
        axisLeft={{ legend: plot.y_label, legendOffset: -56, legendPosition: "middle", tickValues: plot.log_y ? powers : 6, format: (v) => String(+v.toPrecision(3)) }}
        legends={[
          {
            anchor: right ? "bottom-right" : "bottom",
            direction: right ? "column" : "row",
            translateX: right ? 110 : 0,
            translateY: right ? 0 : 76,
            itemWidth: 100,
            itemHeight: 20,
            symbolShape: "circle",
            symbolSize: 12,
          },
        ]}
      />
    </div>,
  );
};
