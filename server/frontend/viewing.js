// What every drawing that is looked at has: buttons to zoom, for the wheel scrolls the page.

/** A bar of the class `name` with three buttons for a bpmn-js viewer; `fit` shows the whole drawing. */
export function zoomTools(name, viewer, fit) {
  const bar = document.createElement("div");
  bar.className = name;
  const zoom = viewer.get("zoomScroll");
  const actions = [["放大", "+", () => zoom.stepZoom(1)], ["缩小", "−", () => zoom.stepZoom(-1)], ["适应窗口", "□", fit]];
  for (const [label, sign, action] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.textContent = sign;
    button.addEventListener("click", action);
    bar.append(button);
  }
  return bar;
}
