import { createRoot } from "react-dom/client";
import { Area, CartesianGrid, ComposedChart, Legend, Line, XAxis, YAxis } from "recharts";

const DASH = { solid: undefined, dashed: "6 4", dotted: "2 3", dashdot: "8 3 2 3" };
const MARK = { o: "circle", s: "square", "^": "triangle", D: "diamond", x: "cross" };

function Chart({ plot, dark }) {
  const rows = plot.curves[0].x.map((a, i) => {
    const row = { x: a };
    plot.curves.forEach((c, k) => {
      row[`y${k}`] = c.y[i];
      if (c.low) row[`b${k}`] = [c.low[i], c.high[i]];
    });
    return row;
  });
  const ink = dark ? "#ccc" : "#666";
  const kind = plot.style % 2 ? "linear" : "monotone";
  return (
    <div>
      <h3 style={{ font: "600 17px Roboto", margin: "8px 0 0 60px", color: dark ? "#eee" : "#222" }}>{plot.title}</h3>
      <ComposedChart width={plot.width} height={plot.height - 36} data={rows} margin={{ top: 10, right: 30, left: 20, bottom: 20 }}>
        {plot.style % 3 === 2 ? null : <CartesianGrid strokeDasharray="3 3" stroke={dark ? "#444" : "#ccc"} />}
        <XAxis dataKey="x" type="number" domain={["dataMin", "dataMax"]} stroke={ink} label={{ value: plot.x_label, position: "insideBottom", offset: -8, fill: ink }} />
        <YAxis
          width={84}
          stroke={ink}
          scale={plot.log_y ? "log" : "auto"}
          domain={plot.log_y ? ["auto", "auto"] : undefined}
          tickFormatter={(v) => String(+v.toPrecision(3))}
          label={{ value: plot.y_label, angle: -90, position: "insideLeft", fill: ink }}
        />
        <Legend verticalAlign={plot.style % 4 === 3 ? "top" : "bottom"} wrapperStyle={{ paddingTop: 16 }} />
        {plot.curves.map((c, k) =>
          c.low ? <Area key={`b${k}`} dataKey={`b${k}`} fill={c.color} fillOpacity={0.2} stroke="none" legendType="none" isAnimationActive={false} /> : null,
        )}
        {plot.curves.map((c, k) => (
          <Line
            key={k}
            type={kind}
            dataKey={`y${k}`}
            name={c.name}
            stroke={c.color}
            strokeWidth={c.width}
            strokeOpacity={c.opacity}
            strokeDasharray={DASH[c.line]}
            dot={c.marker ? { r: 3 } : false}
            legendType={c.marker ? MARK[c.marker] : "line"}
            isAnimationActive={false}
          />
        ))}
      </ComposedChart>
    </div>
  );
}

export const draw = (plot, root, dark) => {
  createRoot(root).render(<Chart plot={plot} dark={dark} />);
};
