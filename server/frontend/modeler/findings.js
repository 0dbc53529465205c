// What the gate finds sits on the element that it is about, and stands in the list below the drawing.
import { goTo } from "./canvas";
import { button, icon, make } from "./dom";

export class Findings {
  constructor(canvas, holder, { path, addresses, address }) {
    Object.assign(this, { canvas, holder, path, addresses, address, found: [] });
    this.summary = make("summary", { className: "findings-summary" }, "尚未校验");
    this.list = make("ol", { className: "findings-list" });
    holder.append(this.summary, this.list);
  }

  /** Asks the gate about the saved draft; resolves to its answer, or nothing when a newer question was asked. */
  async ask() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.holder.classList.add("findings-asking");
    try {
      const answer = await fetch(this.address, { redirect: "error" });
      const said = await answer.json();
      if (turn !== this.turn) return null;
      if (!answer.ok) throw new Error(said.detail);
      this.show(said.findings);
      return said;
    } catch (error) {
      console.warn(error);
      if (turn === this.turn) this.say("暂时不能校验，保存后会再次校验。", "");
      return null;
    } finally {
      if (turn === this.turn) this.holder.classList.remove("findings-asking");
    }
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((each) => this.row(each)));
    if (found.length) this.say(`${found.length}个校验问题`, "bad");
    else this.say("校验通过", "good");
    this.mark();
  }

  say(words, tone) {
    const icons = { good: "ti-circle-check", bad: "ti-alert-circle", "": "ti-clock" };
    this.summary.replaceChildren(icon(icons[tone]), make("span", {}, words));
    this.holder.dataset.tone = tone;
  }

  here() {
    return this.found.filter((each) => each.file === this.path);
  }

  of(id) {
    return this.here().filter((each) => each.element === id);
  }

  /** The findings of one element for the panel. */
  nodesOf(id) {
    return this.of(id).map((each) => make("div", { className: "panel-finding" }, make("strong", {}, each.message), each.mend));
  }

  mark() {
    const overlays = this.canvas.get("overlays");
    const registry = this.canvas.get("elementRegistry");
    overlays.remove({ type: "finding" });
    for (const id of new Set(this.here().map((each) => each.element))) {
      const element = registry.get(id);
      if (element) overlays.add(element, "finding", { position: positionOn(element), html: this.dot(id) });
    }
  }

  dot(id) {
    const found = this.of(id);
    const words = found.map((each) => make("span", {}, make("strong", {}, each.message), ` ${each.mend}`));
    const tip = make("span", { className: "finding-tip" }, words);
    const dot = button([make("span", { ariaHidden: "true" }, String(found.length)), tip], () => this.open(id), "finding-dot");
    dot.setAttribute("aria-label", `${found.length}个校验问题：${found[0].message}`);
    return dot;
  }

  open(id) {
    goTo(this.canvas, id);
    this.holder.open = true;
    const row = [...this.list.children].find((each) => each.dataset.element === id);
    row?.scrollIntoView({ block: "nearest" });
  }

  row(each) {
    const row = make("li", {});
    row.dataset.element = each.file === this.path ? each.element ?? "" : "";
    row.append(this.place(each), make("span", { className: "finding-message" }, each.message), make("span", { className: "finding-mend" }, each.mend));
    return row;
  }

  place(each) {
    const where = each.element ? this.nameOf(each) : `第${each.line}行`;
    if (each.file !== this.path) {
      const address = addressOf(each, this.addresses);
      const words = `${each.file} · ${each.element ?? where}`;
      return address ? make("a", { href: address, className: "finding-place" }, words) : make("span", { className: "finding-place" }, words);
    }
    if (!this.canvas.get("elementRegistry").get(each.element)) return make("span", { className: "finding-place" }, where);
    return button(where, () => goTo(this.canvas, each.element), "btn btn-link finding-place");
  }

  nameOf({ element }) {
    const name = this.canvas.get("elementRegistry").get(element)?.businessObject.name;
    return name ? `${name} ${element}` : element;
  }
}

/** On a shape the upper right corner, on a flow its middle. */
function positionOn(element) {
  if (!element.waypoints) return { top: -10, right: 10 };
  return { top: -10, left: -10 };
}

function addressOf({ file, element }, { diagrams, forms }) {
  const key = file.split("/").pop().replace(/\.(bpmn|form)$/, "");
  if (file.endsWith(".form")) return forms + key;
  return `${diagrams}${key}${element ? `?element=${encodeURIComponent(element)}` : ""}`;
}
