// Shows BPMN diagrams with the path a case has taken. Reads every
//   <script type="application/json" data-diagram>{"xml", "done", "open", "failed", "flows"}</script>
// (what GET /cases/{reference}/diagram gives for one diagram), or the bare XML in a script of type application/xml.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

import { zoomTools } from "./viewing.js";

const MARKS = { done: "mark-done", open: "mark-open", failed: "mark-failed", flows: "mark-taken" };
const LEGEND = [["mark-done", "已完成"], ["mark-open", "进行中"], ["mark-failed", "异常"]];

for (const script of document.querySelectorAll("script[data-diagram]")) {
  const holder = document.createElement("div");
  holder.className = "diagram";
  script.after(holder);
  // A diagram in a closed tab has no size to fit into: it is drawn when it is first seen.
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    show(read(script), holder).catch((error) => {
      console.error(error);
      holder.textContent = "流程图无法显示。";
    });
  });
  seen.observe(holder);
}

function read(script) {
  if (script.type === "application/json") return JSON.parse(script.textContent);
  const ids = (name) => (script.dataset[name] ?? "").split(/\s+/).filter(Boolean);
  let xml = script.textContent.trim();
  if (xml.startsWith("&lt;")) xml = new DOMParser().parseFromString(xml, "text/html").documentElement.textContent;
  return { xml, done: ids("done"), open: ids("open"), failed: ids("failed"), flows: ids("flows") };
}

async function show(diagram, holder) {
  const canvasHolder = document.createElement("div");
  canvasHolder.className = "diagram-canvas";
  holder.append(canvasHolder);
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const viewer = new NavigatedViewer({
    container: canvasHolder,
    zoomScroll: { enabled: false }, // the wheel scrolls the page; zoom has buttons
    textRenderer: { defaultStyle: { fontFamily }, externalStyle: { fontFamily } },
  });
  await viewer.importXML(diagram.xml);
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  for (const [list, mark] of Object.entries(MARKS)) {
    for (const id of diagram[list] ?? []) if (elements.get(id)) canvas.addMarker(id, mark);
  }
  const fit = () => canvas.zoom("fit-viewport", "auto");
  fit();
  const current = [...(diagram.failed ?? []), ...(diagram.open ?? [])].find((id) => elements.get(id));
  if (current && canvas.zoom() < 0.5) {
    canvas.zoom(0.7);
    canvas.scrollToElement(current, 120);
  }
  holder.append(zoomTools("diagram-tools", viewer, fit), legend());
  holder.setAttribute("role", "group");
  holder.setAttribute("aria-label", describe(diagram, elements));
}

function legend() {
  const list = document.createElement("ul");
  list.className = "diagram-legend";
  for (const [mark, label] of LEGEND) {
    const item = document.createElement("li");
    item.className = mark;
    item.textContent = label;
    list.append(item);
  }
  return list;
}

/** The path in words, for those who do not see the drawing. */
function describe(diagram, elements) {
  const names = (ids) => (ids ?? []).map((id) => elements.get(id)?.businessObject.name).filter(Boolean).join("、");
  return `流程图。进行中：${names(diagram.open) || "无"}。已完成：${names(diagram.done) || "无"}。`;
}
