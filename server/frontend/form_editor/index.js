// Edits a form of a draft: form-js beside what the server makes of it. What is typed is kept by itself.
import { FormEditor } from "@bpmn-io/form-js-editor";

import { offerSupportedComponents, unsupportedIn } from "./components.js";
import { keeper, say } from "./keeping.js";
import { Preview } from "./preview.js";
import { ourProperties } from "./properties.js";
import { showSharedParts } from "./shared_parts.js";

const page = document.querySelector("[data-form-editor]");
if (page) begin(page).catch((error) => fail(page, error));

async function begin(page) {
  const schema = JSON.parse(JSON.parse(page.querySelector("[data-schema]").textContent));
  const foreign = unsupportedIn(schema);
  if (foreign.length) throw new Error(`表单含有不支持的组件：${foreign.join("、")}`);
  const parts = JSON.parse(page.querySelector("[data-parts]").textContent);
  const facts = JSON.parse(page.querySelector("[data-facts]").textContent);
  const editor = new FormEditor({
    container: page.querySelector("[data-canvas]"),
    palette: { parent: page.querySelector("[data-palette]") },
    propertiesPanel: { parent: page.querySelector("[data-properties]") },
    additionalModules: [
      offerSupportedComponents,
      showSharedParts(parts),
      ourProperties({ facts, parts, isPart: page.dataset.part === "true" }),
    ],
  });
  page.formEditor = editor; // for the page's own tests
  const written = () => `${JSON.stringify(editor.saveSchema(), null, 2)}\n`;
  const preview = new Preview(page, written, (id) => select(editor, id));
  const saving = keeper(page, written);
  const changed = () => {
    preview.soon();
    if (page.dataset.editable === "true") saving.changed();
    showHistory(page, editor);
    showTitle(page, editor);
  };
  await editor.importSchema(schema);
  const wanted = new URLSearchParams(location.search).get("element");
  if (wanted) select(editor, wanted);
  editor.on("commandStack.changed", changed);
  offerHistory(page, editor);
  offerFiles(page, editor, written, changed);
}

function fail(page, error) {
  console.warn(error);
  page.querySelector("[data-canvas]").textContent = `表单无法在此编辑。${error.message}`;
}

function select(editor, id) {
  const field = editor.get("formFieldRegistry").get(id);
  if (field) editor.get("selection").set(field);
  document.querySelector(`[data-canvas] [data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
}

function offerHistory(page, editor) {
  const stack = editor.get("commandStack");
  page.querySelector("[data-undo]")?.addEventListener("click", () => stack.undo());
  page.querySelector("[data-redo]")?.addEventListener("click", () => stack.redo());
}

function showHistory(page, editor) {
  const stack = editor.get("commandStack");
  const [undo, redo] = [page.querySelector("[data-undo]"), page.querySelector("[data-redo]")];
  if (undo) undo.disabled = !stack.canUndo();
  if (redo) redo.disabled = !stack.canRedo();
}

function showTitle(page, editor) {
  page.querySelector("[data-title]").textContent = editor.saveSchema().properties?.title || page.dataset.key;
}

/** A form as a file: taken along, or put in place of this one. */
function offerFiles(page, editor, written, changed) {
  for (const button of page.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => download(`${page.dataset.key}.form`, written()));
  }
  const input = page.querySelector("[data-import]");
  input?.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    try {
      await editor.importSchema(await readForm(file, page.dataset));
    } catch (error) {
      say(page, `未导入：${error.message}。`);
      return;
    }
    changed();
  });
}

async function readForm(file, { key, largest }) {
  if (file.size > Number(largest)) throw new Error(`文件超过${Math.floor(Number(largest) / 1024)}KB`);
  let schema;
  try {
    schema = JSON.parse(await file.text());
  } catch {
    throw new Error("文件不是表单，须为导出的.form文件");
  }
  if (schema?.type !== "default" || !Array.isArray(schema.components)) throw new Error("文件不是表单，须为导出的.form文件");
  const foreign = unsupportedIn(schema);
  if (foreign.length) throw new Error(`表单含有不支持的组件：${foreign.join("、")}`);
  return { ...schema, id: key };
}

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
