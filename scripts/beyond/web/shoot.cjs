// Bundle a drawing module, run it in a headless browser and take a picture of what it drew.
// A job comes as JSON on stdin: {module, plot, scale, dark, page, path, browser} or, for a page that
// is ready as it stands, {html, ...}.  What the module tells of its axes goes to stdout.
const fs = require("fs");
const puppeteer = require("puppeteer-core");

const DASHBOARD = `
<div style="background:#1f2937;color:#e5e7eb;padding:10px 18px;font:600 15px Roboto,sans-serif">
  experiments / baseline-v2 <span style="float:right;font-weight:400">Runs &nbsp; Charts &nbsp; Logs</span></div>
<div style="padding:14px;background:#f3f4f6"><div id="root" style="background:#fff;border:1px solid #d1d5db;
  border-radius:6px;padding:10px;display:inline-block"></div></div>`;

const background = (dark) => (dark ? "#181b1f" : "#ffffff");

async function bundle(job) {
  const built = await require("esbuild").build({
    entryPoints: [job.module],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "engine",
    outdir: "/out",
    jsx: "automatic",
    loader: { ".svg": "dataurl", ".png": "dataurl" },
    define: { "process.env.NODE_ENV": '"production"' },
    nodePaths: (process.env.NODE_PATH || "").split(":").filter(Boolean),
    logLevel: "error",
  });
  const text = (end) => built.outputFiles.filter((f) => f.path.endsWith(end)).map((f) => f.text).join("\n");
  return { script: text(".js"), style: text(".css") };
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const browser = await puppeteer.launch({
    executablePath: job.browser,
    args: ["--no-sandbox", "--force-color-profile=srgb", "--hide-scrollbars"],
  });
  const page = await browser.newPage();
  page.on("pageerror", (error) => process.stderr.write(String(error) + "\n"));
  await page.setViewport({
    width: job.plot.width + (job.page ? 60 : 0),
    height: job.plot.height + (job.page ? 120 : 0),
    deviceScaleFactor: job.scale,
  });
  let drawn = {};
  if (job.html) {
    await page.setContent(job.html);
    await page.evaluate(() => document.fonts.ready);
    await new Promise((resolve) => setTimeout(resolve, job.wait));
  } else {
    const { script, style } = await bundle(job);
    const root = job.page ? DASHBOARD : '<div id="root" style="display:inline-block"></div>';
    await page.setContent(
      `<!doctype html><style>body{margin:0;background:${background(job.dark)};font-family:${job.font}}</style>` +
        `<style>${style}</style><body>${root}</body>`,
    );
    await page.addScriptTag({ content: script });
    drawn = await page.evaluate(
      (plot, dark) => engine.draw(plot, document.getElementById("root"), dark),
      job.plot,
      job.dark,
    );
    await page.evaluate(() => document.fonts.ready);
    await new Promise((resolve) => setTimeout(resolve, job.wait));
  }
  await page.screenshot({ path: job.path });
  await browser.close();
  process.stdout.write(JSON.stringify(drawn || {}));
}

main().catch((error) => {
  process.stderr.write(String(error.stack || error));
  process.exit(1);
});
