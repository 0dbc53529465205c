// An esbuild plugin: packages that cannot be translated at run time get their Chinese while they are bundled.
//
// Every other module of this folder is a dictionary: its default export names files below node_modules, and for each
// the texts in it and their Chinese:
//   { "a-package/lib/Log.js": { "Toggle Simulation Log": "显示推演记录" } }
// A text is found where it stands alone between quotes, tags or placeholders; where that would be ambiguous write the
// piece of source with its quotes (`"label: 'Text'": "label: '文本'"`). A text that is found nowhere and a file that is
// not bundled are errors, so that an upgrade cannot lose words silently.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));
const packages = path.join(folder, "../../../node_modules");

export function chineseLiterals() {
  return {
    name: "chinese-literals",
    async setup(build) {
      const words = await dictionaries();
      const loaded = new Set();
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path: file }) => {
        const name = path.relative(packages, file).split(path.sep).join("/");
        if (!words.has(name)) return undefined;
        loaded.add(name);
        const { source, missing } = translate(await readFile(file, "utf8"), words.get(name));
        const errors = missing.map((text) => ({ text: `“${text}” is not in ${name}: look for its new words` }));
        return { contents: source, loader: "js", errors };
      });
      build.onEnd(() => {
        const unused = [...words.keys()].filter((name) => !loaded.has(name));
        return { errors: unused.map((name) => ({ text: `${name} is translated but not bundled` })) };
      });
    },
  };
}

async function dictionaries() {
  const words = new Map();
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith(".mjs") || name === "literals.mjs") continue;
    const dictionary = (await import(pathToFileURL(path.join(folder, name)))).default;
    for (const [file, texts] of Object.entries(dictionary)) words.set(file, { ...words.get(file), ...texts });
  }
  return words;
}

function translate(source, texts) {
  const missing = [];
  // Long texts first, so that none is cut up by a shorter one within it.
  for (const text of Object.keys(texts).sort((one, other) => other.length - one.length)) {
    const exact = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const place = /["'`]/.test(text) ? exact : `(?<=["'\`>}]\\s*)${exact}(?=\\s*(?:["'\`<]|\\$\\{))`;
    const found = new RegExp(place, "g");
    if (!found.test(source)) missing.push(text);
    source = source.replace(found, () => texts[text]);
  }
  return { source, missing };
}
