// What the gate finds sits on the element that it is about, and stands in the list below the drawing.
import { goTo } from "./canvas";
import { button, icon, make } from "./dom";

export class Findings {
  constructor(canvas, holder, { path, addresses, terms }) {
    Object.assign(this, { canvas, holder, path, addresses, terms, found: [] });
    this.summary = make("summary", { className: "findings-summary" });
    this.list = make("ol", { className: "findings-list" });
    holder.append(this.summary, this.list);
    this.say("发布校验", "");
  }

  /**
   * Asks the gate about the saved draft; resolves to its last answer, or nothing. One question at a time: what is saved
   * meanwhile is asked about in the end, once.
   */
  ask() {
    this.again = Boolean(this.asking);
    this.asking ??= this.askInTurn().finally(() => {
      this.asking = null;
      this.holder.classList.remove("findings-asking");
    });
    return this.asking;
  }

  async askInTurn() {
    this.holder.classList.add("findings-asking");
    let said;
    do {
      this.again = false;
      said = await this.askOnce();
    } while (this.again);
    if (said) this.show(said.findings);
    else this.say("暂时不能校验，保存后会再次校验。", "");
    return said;
  }

  async askOnce() {
    try {
      const answer = await fetch(this.addresses.findings, { redirect: "error" });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.detail);
      return said;
    } catch (error) {
      console.warn(error);
      return null;
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
    return this.of(id).map((each) =>
      make("div", { className: "panel-finding" }, make("strong", {}, each.message), each.mend),
    );
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
    const dot = button(
      [make("span", { ariaHidden: "true" }, String(found.length)), tip],
      () => this.open(id),
      "finding-dot",
    );
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
    row.dataset.element = each.file === this.path ? (each.element ?? "") : "";
    row.append(
      this.place(each),
      make("span", { className: "finding-message" }, each.message),
      make("span", { className: "finding-mend" }, each.mend),
    );
    return row;
  }

  place(each) {
    const where = each.element ? this.nameOf(each) : `第${each.line}行`;
    if (each.file !== this.path) {
      const address = addressOf(each, this.addresses);
      const words = `${this.titleOf(each.file)} · ${each.element ?? where}`;
      return address
        ? make("a", { href: address, className: "finding-place" }, words)
        : make("span", { className: "finding-place" }, words);
    }
    if (!this.canvas.get("elementRegistry").get(each.element))
      return make("span", { className: "finding-place" }, where);
    return button(where, () => goTo(this.canvas, each.element), "btn btn-link finding-place");
  }

  titleOf(file) {
    const key = keyOf(file);
    const { processes, users, forms } = this.terms;
    const known = file.endsWith(".form")
      ? forms.find((each) => each.file === key)
      : [...processes, ...users].find((each) => each.key === key);
    return known?.title ?? file;
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

function keyOf(file) {
  return file
    .split("/")
    .pop()
    .replace(/\.(bpmn|form)$/, "");
}

function addressOf({ file, element }, { diagrams, forms }) {
  const key = keyOf(file);
  const part = file.startsWith("forms/parts/");
  const page = part ? `${forms.replace(/forms\/$/, "parts/")}${key}` : `${file.endsWith(".form") ? forms : diagrams}${key}`;
  return `${page}${element ? `?element=${encodeURIComponent(element)}` : ""}`;
}
