import { ThemeProvider, createTheme } from "@mui/material/styles";
import { LineChart } from "@mui/x-charts/LineChart";
import { createRoot } from "react-dom/client";

export const draw = (plot, root, dark) => {
  const theme = createTheme({ palette: { mode: dark ? "dark" : "light" } });
  createRoot(root).render(
    <ThemeProvider theme={theme}>
      <div style={{ font: "500 18px Roboto", padding: "8px 0 0 70px", color: dark ? "#fff" : "#111" }}>{plot.title}</div>
      <LineChart
        width={plot.width}
        height={plot.height - 36}
        skipAnimation
        margin={{ left: 96, top: 60, bottom: 60 }}
        grid={plot.style % 2 ? { horizontal: true, vertical: plot.style % 4 === 1 } : undefined}
        xAxis={[{ data: plot.curves[0].x, label: plot.x_label, scaleType: "linear", min: plot.curves[0].x[0], max: plot.curves[0].x.at(-1) }]}
        yAxis={[{ label: plot.y_label, scaleType: plot.log_y ? "log" : "linear" }]}
        series={plot.curves.map((c) => ({ data: c.y, label: c.name, color: c.color, showMark: Boolean(c.marker), curve: "linear" }))}
        sx={{ "& .MuiChartsAxis-left .MuiChartsAxis-label": { transform: "translateX(-40px)" } }}
      />
    </ThemeProvider>,
  );
};
