// Bundles what the pages load into server/static. Run by `make`; needs nothing from outside.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

import { chineseLiterals } from "./chinese/literals.mjs";

// What a page may load: <name>.js and <name>.css, or a folder of modules that begins at <name>/index.js.
const PAGES = ["app", "diagram", "modeler", "form_editor", "differences", "heat_map", "what_if"];

const frontend = path.dirname(fileURLToPath(import.meta.url));
const server = path.dirname(frontend);
const target = path.join(server, "static");
const unfinished = `${target}.unfinished`;

await rm(unfinished, { recursive: true, force: true });
await mkdir(path.join(unfinished, "assets"), { recursive: true });
const result = await esbuild.build({
  entryPoints: PAGES.flatMap(entriesOf),
  outdir: unfinished,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome100", "firefox100", "safari15"],
  assetNames: "assets/[name]-[hash]",
  loader: { ".svg": "file", ".woff2": "file" },
  // form-js installs two copies of preact, whose components do not draw into each other.
  alias: { preact: path.join(frontend, "../../node_modules/preact") },
  charset: "utf8",
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
  plugins: [inlineImagesToFiles(), onlyUsedIcons(), chineseLiterals()],
});
for (const [name, output] of Object.entries(result.metafile.outputs)) {
  if (PAGES.includes(path.parse(name).name)) console.log(`${path.basename(name)} ${Math.ceil(output.bytes / 1024)} KB`);
}
await copyFile(path.join(frontend, "favicon.svg"), path.join(unfinished, "favicon.svg"));
// Swapped in whole, so that a page never meets half a build.
await rm(target, { recursive: true, force: true });
await rename(unfinished, target);

function entriesOf(page) {
  const sources = [`${page}.css`, `${page}.js`, `${page}/index.js`].filter((name) => existsSync(path.join(frontend, name)));
  return sources.map((name) => ({ in: path.join(frontend, name), out: page }));
}

/** Writes `url(data:image/svg+xml,…)` of style sheets to files: the pages' CSP allows images from this server only. */
function inlineImagesToFiles() {
  return {
    name: "inline-images-to-files",
    setup(build) {
      build.onLoad({ filter: /\.css$/, namespace: "file" }, async ({ path: file }) => {
        let css = await readFile(file, "utf8");
        const images = new Map();
        css = css.replace(/url\((["'])data:image\/svg\+xml(;base64|;charset=utf-?8|;utf8)?,(.*?)\1\)/gi, (_, quote, coding, data) => {
          const svg = coding === ";base64" ? Buffer.from(data, "base64").toString() : decodeURIComponent(data);
          const name = `${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
          images.set(name, svg);
          return `url("./assets/${name}")`;
        });
        for (const [name, svg] of images) await writeFile(path.join(unfinished, "assets", name), svg);
        return { contents: css, loader: "css", resolveDir: path.dirname(file) };
      });
      build.onResolve({ filter: /^\.\/assets\/[0-9a-f]{12}\.svg$/ }, ({ path: url }) => ({ path: url, external: true }));
    },
  };
}

/** Of the 5,000 icon rules keeps those that templates and pages name as `ti-…`; all where a name is put together. */
function onlyUsedIcons() {
  return {
    name: "only-used-icons",
    setup(build) {
      build.onResolve({ filter: /^used-icons\.css$/ }, () => ({ path: "used-icons.css", namespace: "icons" }));
      build.onLoad({ filter: /.*/, namespace: "icons" }, async () => {
        const folder = path.join(frontend, "../../node_modules/@tabler/icons-webfont/dist");
        const css = await readFile(path.join(folder, "tabler-icons.css"), "utf8");
        const sources = await textOf([path.join(server, "templates"), path.join(server, "web"), frontend]);
        const used = new Set(sources.match(/\bti-[a-z0-9]+(?:-[a-z0-9]+)*/g) ?? []);
        const all = /\bti-\s*(\{\{|\{%|"\s*[+~]|\$\{|\{[a-z])/.test(sources);
        const rules = css.matchAll(/\.(ti-[a-z0-9-]+):before\s*\{[^}]*\}/g);
        const kept = [...rules].filter(([, name]) => all || used.has(name)).map(([rule]) => rule);
        const font = '@font-face{font-family:"tabler-icons";font-display:block;src:url("./fonts/tabler-icons.woff2") format("woff2")}';
        const base = css.match(/\.ti \{[^}]*\}/)[0].replace(/\s*speak: none;/, "");
        return { contents: [font, base, ...kept].join("\n"), loader: "css", resolveDir: folder };
      });
    },
  };
}

async function textOf(folders) {
  const texts = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const inside = entry.parentPath ?? entry.path;
      if (entry.isFile() && /\.(html|py|js)$/.test(entry.name)) texts.push(await readFile(path.join(inside, entry.name), "utf8"));
    }
  }
  return texts.join("\n");
}
