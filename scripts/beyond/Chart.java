// Draws one chart with JFreeChart: a plot as lines on stdin, the picture's path as argument.

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Polygon;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.ChartUtilities;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;
import org.jfree.ui.RectangleEdge;

public class Chart {
  static double[] row(String line) {
    String[] words = line.trim().split(" ");
    double[] values = new double[words.length];
    for (int i = 0; i < words.length; i++) values[i] = Double.parseDouble(words[i]);
    return values;
  }

  static Shape mark(String kind) {
    switch (kind) {
      case "o":
        return new Ellipse2D.Double(-3, -3, 6, 6);
      case "^":
        return new Polygon(new int[] {0, 4, -4}, new int[] {-4, 3, 3}, 3);
      case "D":
        return new Polygon(new int[] {0, 4, 0, -4}, new int[] {-4, 0, 4, 0}, 4);
      default:
        return new Rectangle2D.Double(-3, -3, 6, 6);
    }
  }

  static float[] dash(String line) {
    switch (line) {
      case "dashed":
        return new float[] {6, 4};
      case "dotted":
        return new float[] {2, 3};
      default:
        return null;
    }
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    String[] head = in.readLine().split("\t");
    boolean log = head[3].equals("1");
    int style = Integer.parseInt(head[6]);
    YIntervalSeriesCollection data = new YIntervalSeriesCollection();
    List<String[]> looks = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] look = line.split("\t");
      double[] x = row(in.readLine()), y = row(in.readLine());
      double[] low = row(in.readLine()), high = row(in.readLine());
      YIntervalSeries series = new YIntervalSeries(look[0]);
      for (int i = 0; i < x.length; i++) series.add(x[i], y[i], low[i], high[i]);
      data.addSeries(series);
      looks.add(look);
    }
    if (style % 3 != 0) ChartFactory.setChartTheme(StandardChartTheme.createLegacyTheme());
    JFreeChart chart =
        ChartFactory.createXYLineChart(
            head[0], head[1], head[2], data, PlotOrientation.VERTICAL, true, false, false);
    chart.setAntiAlias(style % 4 != 3);
    XYPlot plot = chart.getXYPlot();
    if (style % 3 == 2) {
      chart.setBackgroundPaint(Color.WHITE);
      plot.setBackgroundPaint(Color.WHITE);
      plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
      plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    }
    if (log) {
      LogAxis axis = new LogAxis(head[2]);
      axis.setBase(10);
      axis.setTickUnit(new NumberTickUnit(1));
      axis.setNumberFormatOverride(new java.text.DecimalFormat("0E0"));
      plot.setRangeAxis(axis);
    } else {
      ((NumberAxis) plot.getRangeAxis()).setAutoRangeIncludesZero(style % 2 == 0);
    }
    ((NumberAxis) plot.getDomainAxis()).setAutoRangeIncludesZero(style % 2 == 0);
    DeviationRenderer renderer = new DeviationRenderer(true, false);
    renderer.setAlpha(0.2f);
    for (int i = 0; i < looks.size(); i++) {
      String[] look = looks.get(i);
      Color color = Color.decode(look[1]);
      int alpha = (int) Math.round(255 * Double.parseDouble(look[5]));
      renderer.setSeriesPaint(i, new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha));
      renderer.setSeriesFillPaint(i, color);
      renderer.setSeriesStroke(
          i,
          new BasicStroke(
              Float.parseFloat(look[4]), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, dash(look[2]), 0f));
      renderer.setSeriesShapesVisible(i, !look[3].equals("-"));
      renderer.setSeriesShape(i, mark(look[3]));
    }
    plot.setRenderer(renderer);
    if (style % 4 == 1) chart.getLegend().setPosition(RectangleEdge.RIGHT);
    ChartUtilities.saveChartAsPNG(
        new File(arguments[0]), chart, Integer.parseInt(head[4]), Integer.parseInt(head[5]));
  }
}
