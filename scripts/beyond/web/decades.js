// The powers of ten around the values, of a plot whose values are positive.
export function decades(plot) {
  const logs = plot.curves.flatMap((c) => c.y.map(Math.log10));
  const first = Math.floor(Math.min(...logs));
  const count = Math.ceil(Math.max(...logs)) - first + 1;
  return plot.log_y ? Array.from({ length: count }, (_, i) => Number(`1e${first + i}`)) : [];
}
