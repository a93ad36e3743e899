import { createRoot } from "react-dom/client";
import { VictoryArea, VictoryAxis, VictoryChart, VictoryLabel, VictoryLegend, VictoryLine, VictoryScatter, VictoryTheme } from "victory";
import { decades } from "./decades.js";

const DASH = { solid: undefined, dashed: "6 4", dotted: "2 3", dashdot: "8 3 2 3" };
const MARK = { o: "circle", s: "square", "^": "triangleUp", D: "diamond", x: "cross" };

function Chart({ plot }) {
  const theme = [VictoryTheme.material, VictoryTheme.grayscale, VictoryTheme.clean][plot.style % 3];
  const points = (c) => c.x.map((a, i) => ({ x: a, y: c.y[i] }));
  return (
    <VictoryChart
      theme={theme}
      width={plot.width}
      height={plot.height}
      padding={{ top: 96, bottom: 56, left: 78, right: 30 }}
      scale={{ x: "linear", y: plot.log_y ? "log" : "linear" }}
      containerComponent={undefined}
    >
      <VictoryLabel text={plot.title} x={plot.width / 2} y={22} textAnchor="middle" style={{ fontSize: 17 }} />
      <VictoryLegend
        x={90}
        y={36}
        orientation="horizontal"
        gutter={20}
        data={plot.curves.map((c) => ({ name: c.name, symbol: { fill: c.color, type: c.marker ? MARK[c.marker] : "minus" } }))}
      />
      <VictoryAxis label={plot.x_label} style={{ axisLabel: { padding: 34 } }} />
      <VictoryAxis dependentAxis label={plot.y_label} style={{ axisLabel: { padding: 56 } }} tickValues={plot.log_y ? decades(plot) : undefined} tickFormat={(v) => String(+v.toPrecision(3))} />
      {plot.curves.map((c, k) =>
        c.low ? (
          <VictoryArea key={`b${k}`} style={{ data: { fill: c.color, fillOpacity: 0.2, stroke: "none" } }} data={c.x.map((a, i) => ({ x: a, y: c.high[i], y0: c.low[i] }))} />
        ) : null,
      )}
      {plot.curves.map((c, k) => (
        <VictoryLine
          key={k}
          data={points(c)}
          style={{ data: { stroke: c.color, strokeWidth: c.width, strokeOpacity: c.opacity, strokeDasharray: DASH[c.line] } }}
        />
      ))}
      {plot.curves.map((c, k) =>
        c.marker ? <VictoryScatter key={`s${k}`} data={points(c)} symbol={MARK[c.marker]} size={4} style={{ data: { fill: c.color } }} /> : null,
      )}
    </VictoryChart>
  );
}

export const draw = (plot, root) => {
  root.style.width = `${plot.width}px`;
  createRoot(root).render(<Chart plot={plot} />);
};
