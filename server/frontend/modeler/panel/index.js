// The properties panel: what one selected element means, or the diagram as a whole.
import { make } from "../dom";
import { getBusinessObject, nameOf } from "../model";
import { kindOf, sectionsOf } from "./sections";

export class Panel {
  /** `context`: {addresses, show(id), findingsOf(id) → nodes} for the sections. */
  constructor(holder, model, context, { editable }) {
    Object.assign(this, { holder, model, context, editable });
    this.element = null;
    this.sections = [];
    const events = model.canvas.get("eventBus");
    events.on("selection.changed", ({ newSelection }) => this.show(newSelection));
    events.on("commandStack.changed", () => this.refresh());
    events.on("import.done", () => this.show([]));
  }

  show(selection) {
    this.flush();
    const [only] = selection.length === 1 ? selection : [];
    const target = only?.labelTarget ?? only ?? this.model.whole;
    if (!target?.businessObject) return;
    if (this.many !== selection.length > 1 || target !== this.element) this.build(target, selection.length > 1);
  }

  build(element, many) {
    Object.assign(this, { element, many, sections: [] });
    this.holder.dataset.element = element.id;
    this.title = make("h2", { className: "panel-title" });
    this.marks = make("div", { className: "panel-findings" });
    const kind = make("p", { className: "panel-kind" }, many ? "多个图形" : kindOf(element));
    this.holder.replaceChildren(make("header", { className: "panel-head" }, kind, this.title), this.marks);
    if (many) {
      this.title.textContent = "已选中多个图形";
      return;
    }
    for (const each of sectionsOf(this.model, element)) {
      const body = make("fieldset", { disabled: !this.editable });
      const heading = each.title ? [make("h3", {}, each.title)] : [];
      this.holder.append(make("section", { className: "panel-section" }, ...heading, body));
      this.sections.push({ ...each, body, shaped: null, made: [] });
    }
    this.refresh();
  }

  /** Takes the model's values; the element that is gone gives way to the diagram. */
  refresh() {
    if (!this.element || this.many) return;
    const gone = this.element.parent && !this.model.registry.get(this.element.id);
    if (gone) {
      this.element = null;
      this.show([]);
      return;
    }
    this.holder.dataset.element = this.element.id;
    this.title.textContent = nameOf(getBusinessObject(this.element)) || kindOf(this.element);
    this.marks.replaceChildren(...this.context.findingsOf(this.element.id));
    for (const section of this.sections) this.refreshSection(section);
  }

  refreshSection(section) {
    const shape = section.shape?.(this.element) ?? "";
    if (shape !== section.shaped) {
      section.shaped = shape;
      const focused = [...section.body.children].findIndex((node) => node.contains(document.activeElement));
      section.made = section.fields(this.model, this.element, this.context);
      section.body.replaceChildren(...section.made.map((field) => field.node));
      section.body.children[focused]?.querySelector("input, select, textarea")?.focus();
    }
    for (const field of section.made) field.refresh();
  }

  /** Commits what is still being typed. */
  flush() {
    for (const { made } of this.sections) for (const field of made) field.flush();
  }
}
