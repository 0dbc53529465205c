// The drawing surface: bpmn-js with what may be drawn, Chinese words, a minimap and the token simulation.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import simulation from "bpmn-js-token-simulation/lib/modeler";
import simulationOfViewer from "bpmn-js-token-simulation/lib/viewer";
import minimap from "diagram-js-minimap";

import constructs from "./constructs";
import descriptor from "./descriptor";
import ids from "./ids";
import together from "./together";
import words from "./words";

/** What `importXML` says of a drawing that cannot be shown, or that lost a reference while it was read. */
export class NotReadable extends Error {}

export function createCanvas(container, { editable }) {
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const Kind = editable ? Modeler : NavigatedViewer;
  const own = editable ? [constructs, ids, together, simulation] : [simulationOfViewer];
  return new Kind({
    container,
    additionalModules: [words, minimap, ...own],
    moddleExtensions: { gc: descriptor },
    textRenderer: { defaultStyle: { fontFamily }, externalStyle: { fontFamily } },
  });
}

export async function open(canvas, xml) {
  try {
    await canvas.importXML(xml);
  } catch (error) {
    throw new NotReadable(error.message, { cause: error });
  }
  showFromTheLeft(canvas.get("canvas"));
}

export async function xmlOf(canvas) {
  return (await canvas.saveXML({ format: true })).xml;
}

/** Beside the palette: all of it where that can be read, else its left end; the minimap shows the rest. */
export function showFromTheLeft(surface) {
  const { inner, outer } = surface.viewbox();
  const [left, right, edge] = outer.width < 600 ? [70, 10, 10] : [130, 24, 24]; // pixels around the drawing
  const fitting = Math.min((outer.width - left - right) / inner.width, (outer.height - 2 * edge) / inner.height, 1);
  const scale = fitting >= 0.6 ? fitting : 0.75;
  const height = outer.height / scale;
  const above = fitting >= 0.6 ? (height - inner.height) / 2 : edge / scale;
  surface.viewbox({ x: inner.x - left / scale, y: inner.y - above, width: outer.width / scale, height });
}

export function goTo(canvas, id) {
  const element = canvas.get("elementRegistry").get(id);
  if (!element) return false;
  canvas.get("selection").select(element);
  if (canvas.get("canvas").zoom() < 0.5) canvas.get("canvas").zoom(0.8);
  canvas.get("canvas").scrollToElement(element, { top: 140, right: 140, bottom: 140, left: 200 });
  return true;
}
