// A diagram coloured by how long cases stay at each element, with figures beside it. Reads
//   <script type="application/json" data-heat>
//     {"xml", "elements": [{id, degree, words, title, waiting}], "calls": [{id, waiting, url}], "degrees"}</script>
// and sorts tables [data-sortable] by the columns whose heads carry data-sort.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

import { zoomTools } from "./viewing.js";

for (const script of document.querySelectorAll("script[data-heat]")) {
  const holder = document.createElement("div");
  holder.className = "heat-map";
  script.after(holder);
  draw(JSON.parse(script.textContent), holder).catch((error) => {
    console.error(error);
    holder.textContent = "流程图无法显示。";
  });
}
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);

async function draw({ xml, elements, calls, degrees }, holder) {
  const canvasHolder = document.createElement("div");
  canvasHolder.className = "heat-canvas";
  holder.append(canvasHolder);
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const viewer = new NavigatedViewer({
    container: canvasHolder,
    zoomScroll: { enabled: false }, // the wheel scrolls the page; zoom has buttons
    textRenderer: { defaultStyle: { fontFamily }, externalStyle: { fontFamily } },
  });
  await viewer.importXML(xml);
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  for (const element of elements) {
    if (!registry.get(element.id)) continue;
    canvas.addMarker(element.id, `heat-${element.degree}`);
    const stays = badge("heat-badge", element.words, element.title);
    if (element.words) overlays.add(element.id, { position: { bottom: 10, left: 2 }, html: stays, scale: SCALE });
    if (element.waiting) waiting(overlays, element.id, badge("heat-waiting", `${element.waiting}`, `${element.waiting}件停留在此`));
  }
  for (const { id, waiting: count, url } of calls) {
    const link = document.createElement("a");
    link.href = url;
    link.append(badge("heat-waiting", `${count}`, `${count}件停留在其中，点击查看`));
    waiting(overlays, id, link);
  }
  const fit = () => canvas.zoom("fit-viewport", "auto");
  fit();
  const hottest = elements.filter(({ id }) => registry.get(id)).sort((one, other) => other.degree - one.degree)[0];
  if (hottest && canvas.zoom() < 0.5) show(viewer, hottest.id, 0.7);
  holder.append(zoomTools("heat-tools", viewer, fit), legend(degrees));
  for (const button of document.querySelectorAll("[data-show]")) {
    if (!registry.get(button.dataset.show)) button.disabled = true;
    button.addEventListener("click", () => {
      show(viewer, button.dataset.show, Math.max(canvas.zoom(), 0.8));
      viewer.get("selection").select(registry.get(button.dataset.show));
      holder.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }
}

// Figures stay readable where the drawing is small.
const SCALE = { min: 0.9, max: 1.2 };

function waiting(overlays, id, html) {
  overlays.add(id, { position: { top: -12, right: 14 }, html, scale: SCALE });
}

function badge(name, text, title = "") {
  const mark = document.createElement("span");
  mark.className = name;
  mark.textContent = text;
  if (title) mark.title = title;
  return mark;
}

/** Puts an element into the middle at this size. */
function show(viewer, id, scale) {
  const canvas = viewer.get("canvas");
  const element = viewer.get("elementRegistry").get(id);
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({
    x: element.x + element.width / 2 - width / 2,
    y: element.y + element.height / 2 - height / 2,
    width,
    height,
  });
}

function legend(degrees) {
  const list = document.createElement("ul");
  list.className = "heat-legend";
  const item = (mark, words) => {
    const line = document.createElement("li");
    line.append(mark, words);
    list.append(line);
  };
  for (const [degree, words] of Object.entries(degrees)) item(badge(`heat-swatch heat-${degree}`, ""), words);
  item(badge("heat-waiting", "3"), "当前停留件数");
  return list;
}

/** Sorts by a column, largest first; a second press turns it round. */
function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!("sort" in head.dataset)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "heat-sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rising = head.getAttribute("aria-sort") === "descending";
      const sign = rising ? 1 : -1;
      const value = (row) => Number(row.cells[column].dataset.value);
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort((one, other) => sign * (value(one) - value(other))));
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    });
  });
}
