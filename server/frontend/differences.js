// Two versions of a diagram side by side, moving together, with what differs marked. Reads every
//   <script type="application/json" data-differences>{"old", "new", "names": [old, new], "ways": {id: way}}</script>
// where one of the two XMLs may be missing (a diagram that only one version has, or one version alone), and lets the
// buttons [data-show=<element id>] of the page show that element.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

import { zoomTools } from "./viewing.js";

// Each way to differ: its word, and the sign on the drawing that says it without colour.
const WAYS = { added: ["新增", "增"], removed: ["删除", "删"], changed: ["修改", "改"], moved: ["移动", "移"] };

for (const script of document.querySelectorAll("script[data-differences]")) {
  const holder = document.createElement("div");
  holder.className = "comparison";
  script.after(holder);
  compare(JSON.parse(script.textContent), holder).catch((error) => {
    console.error(error);
    holder.textContent = "流程图无法显示。";
  });
}

async function compare({ old, new: current, names = [], ways }, holder) {
  const panes = document.createElement("div");
  panes.className = "comparison-panes";
  holder.append(panes);
  const sides = [];
  for (const [xml, name] of [[old, names[0]], [current, names[1]]]) {
    if (xml) sides.push(await draw(xml, old && current ? name : "", ways, panes));
  }
  if (sides.length === 2) moveTogether(sides);
  const fit = () => sides[0].canvas.zoom("fit-viewport", "auto");
  fit();
  holder.append(zoomTools("comparison-tools", sides[0].viewer, fit));
  if (Object.keys(ways).length) holder.append(legend(ways));
  const first = Object.keys(ways).find((id) => sides.some((side) => side.elements.get(id)));
  if (first && sides[0].canvas.zoom() < 0.5) show(sides, first, { quiet: true });
  for (const button of document.querySelectorAll("[data-show]")) {
    const drawn = sides.some((side) => side.elements.get(button.dataset.show));
    if (drawn) button.addEventListener("click", () => show(sides, button.dataset.show, { holder }));
    else button.disabled = true; // what is not drawn (a message, the file itself) cannot be shown
  }
}

async function draw(xml, name, ways, panes) {
  const pane = document.createElement("figure");
  pane.className = "comparison-pane";
  if (name) {
    const caption = document.createElement("figcaption");
    caption.textContent = name;
    pane.append(caption);
  }
  const holder = document.createElement("div");
  holder.className = "comparison-canvas";
  pane.append(holder);
  panes.append(pane);
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const viewer = new NavigatedViewer({
    container: holder,
    zoomScroll: { enabled: false }, // the wheel scrolls the page; zoom has buttons
    textRenderer: { defaultStyle: { fontFamily }, externalStyle: { fontFamily } },
  });
  await viewer.importXML(xml);
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  for (const [id, way] of Object.entries(ways)) {
    const element = elements.get(id);
    if (!element || element === canvas.getRootElement()) continue;
    canvas.addMarker(id, `way-${way}`);
    overlays.add(id, { position: signPlace(element), html: sign(way), scale: { min: 0.8, max: 1.2 } });
  }
  return { viewer, canvas, elements };
}

function signPlace(element) {
  if (!element.waypoints) return { top: -11, right: 11 };
  const middle = element.waypoints[Math.floor((element.waypoints.length - 1) / 2)];
  const next = element.waypoints[Math.floor((element.waypoints.length - 1) / 2) + 1];
  const [left, top] = ["x", "y"].map((axis) => Math.min(...element.waypoints.map((point) => point[axis])));
  return { left: (middle.x + next.x) / 2 - left - 10, top: (middle.y + next.y) / 2 - top - 10 };
}

function sign(way) {
  const mark = document.createElement("span");
  mark.className = `way-sign way-${way}`;
  mark.title = WAYS[way][0];
  mark.textContent = WAYS[way][1];
  return mark;
}

/** Both canvases always show the same part at the same size. */
function moveTogether([left, right]) {
  let following = false;
  for (const [leader, follower] of [[left, right], [right, left]]) {
    leader.viewer.on("canvas.viewbox.changed", () => {
      if (following) return;
      following = true;
      const { x, y, scale } = leader.canvas.viewbox();
      const { outer } = follower.canvas.viewbox();
      follower.canvas.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
      following = false;
    });
  }
}

/** Selects an element and puts it in the middle of both sides. */
function show(sides, id, { holder, quiet } = {}) {
  const side = sides.findLast((each) => each.elements.get(id));
  const box = bounds(side.elements.get(id));
  const scale = Math.min(Math.max(side.canvas.zoom(), 0.8), 1.2);
  const { outer } = side.canvas.viewbox();
  const [width, height] = [outer.width / scale, outer.height / scale];
  side.canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
  if (quiet) return;
  for (const { viewer, elements } of sides) viewer.get("selection").select(elements.get(id) ?? null);
  holder.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function bounds(element) {
  if (!element.waypoints) return element;
  const [xs, ys] = ["x", "y"].map((axis) => element.waypoints.map((point) => point[axis]));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function legend(ways) {
  const list = document.createElement("ul");
  list.className = "comparison-legend";
  for (const [way, [word]] of Object.entries(WAYS)) {
    const count = Object.values(ways).filter((each) => each === way).length;
    const item = document.createElement("li");
    item.append(sign(way), ` ${word} ${count}`);
    list.append(item);
  }
  return list;
}
