// The fields of the properties panel: plain controls that stay the same while an element is shown. Each commits on
// change and on leaving, belongs to the element it was made for, and takes the model's value unless somebody types.
import { make } from "../dom";

let made = 0;

/** One line of text. `check` answers what is wrong with a text, or nothing. */
export function text({ label, read, commit, help, check, placeholder = "", rows = 0, mono = false }) {
  const control = make(rows ? "textarea" : "input", {
    className: `form-control form-control-sm${mono ? " font-monospace" : ""}`,
    placeholder,
    spellcheck: false,
    ...(rows ? { rows } : { type: "text" }),
  });
  const { node, complain } = framed(label, control, help);
  let shown = "";
  const send = () => {
    const value = control.value.trim();
    if (value === shown) return complain("");
    const wrong = check?.(value) ?? "";
    complain(wrong);
    if (wrong) return;
    shown = value;
    commit(value);
  };
  control.addEventListener("change", send);
  control.addEventListener("blur", send);
  control.addEventListener("keydown", (event) => {
    if (event.key === "Escape") control.value = shown;
    if (event.key === "Enter" && !rows) send();
  });
  return {
    node,
    flush: send,
    refresh() {
      const value = read() ?? "";
      if (document.activeElement === control && control.value.trim() !== shown) return;
      shown = value;
      if (control.value !== value) control.value = value;
    },
  };
}

/** One of several; `options` answers [{value, label, group?}]. The model's value stays, also when nobody offers it. */
export function select({ label, read, commit, options, help, empty = "（未设置）" }) {
  const control = make("select", { className: "form-select form-select-sm" });
  const { node, hint } = framed(label, control, help);
  control.addEventListener("change", () => commit(control.value));
  let offered = "";
  return {
    node,
    flush() {},
    refresh() {
      const value = read() ?? "";
      const found = options();
      const signature = JSON.stringify([value, found]);
      if (signature === offered) return;
      offered = signature;
      control.replaceChildren(...optionsOf(found, value, empty));
      control.value = value;
      if (typeof help === "function") hint(help(value));
    },
  };
}

function optionsOf(found, value, empty) {
  const nodes = empty === null ? [] : [make("option", { value: "" }, empty)];
  const groups = new Map();
  for (const { value: each, label, group } of found) {
    const option = make("option", { value: each }, label);
    if (!group) nodes.push(option);
    else if (groups.has(group)) groups.get(group).append(option);
    else {
      groups.set(group, make("optgroup", { label: group }, option));
      nodes.push(groups.get(group));
    }
  }
  const known = value === "" || found.some((each) => each.value === value);
  if (!known) nodes.push(make("option", { value }, `${value}（未知）`));
  if (value === "" && empty === null) nodes.unshift(make("option", { value: "", disabled: true }, "请选择"));
  return nodes;
}

export function check({ label, read, commit, help }) {
  const control = make("input", { type: "checkbox", className: "form-check-input", id: `panel-${(made += 1)}` });
  const node = make(
    "div",
    { className: "panel-field" },
    make("label", { className: "form-check mb-0" }, control, make("span", { className: "form-check-label" }, label)),
  );
  if (help) node.append(make("div", { className: "form-hint" }, help));
  control.addEventListener("change", () => commit(control.checked));
  return {
    node,
    flush() {},
    refresh() {
      control.checked = Boolean(read());
    },
  };
}

/** Any of several, as a list of ticks; the value is a list in the order of the options. */
export function several({ label, read, commit, options, help, none = "没有可选项" }) {
  const list = make("div", { className: "panel-ticks" });
  const node = make("fieldset", { className: "panel-field" }, make("legend", { className: "form-label" }, label), list);
  if (help) node.append(make("div", { className: "form-hint" }, help));
  let offered = "";
  return {
    node,
    flush() {},
    refresh() {
      const chosen = read();
      const found = options();
      const signature = JSON.stringify([chosen, found]);
      if (signature === offered) return;
      offered = signature;
      const lost = chosen.filter((value) => !found.some((each) => each.value === value));
      const all = [...found, ...lost.map((value) => ({ value, label: `${value}（未知）` }))];
      list.replaceChildren(...(all.length ? all.map((each) => tick(each, chosen, commit, all)) : [none]));
    },
  };
}

function tick({ value, label }, chosen, commit, all) {
  const control = make("input", { type: "checkbox", className: "form-check-input", checked: chosen.includes(value) });
  control.addEventListener("change", () => {
    const now = new Set(chosen);
    if (control.checked) now.add(value);
    else now.delete(value);
    commit(all.map((each) => each.value).filter((each) => now.has(each)));
  });
  return make(
    "label",
    { className: "form-check mb-1" },
    control,
    make("span", { className: "form-check-label" }, label),
  );
}

/** A line that only says something; `words` answers a text or a node. */
export function say(label, words) {
  const body = make("div", { className: "panel-said" });
  const node = make(
    "div",
    { className: "panel-field" },
    label ? make("div", { className: "form-label" }, label) : "",
    body,
  );
  return {
    node,
    flush() {},
    refresh() {
      body.replaceChildren(...[words()].flat().filter((each) => each !== null && each !== undefined));
    },
  };
}

function framed(label, control, help) {
  const id = `panel-${(made += 1)}`;
  const below = make("div", { className: "form-hint", id: `${id}-help` });
  const wrong = make("div", { className: "invalid-feedback", role: "alert" });
  control.id = id;
  control.setAttribute("aria-describedby", below.id);
  const node = make(
    "div",
    { className: "panel-field" },
    make("label", { className: "form-label", htmlFor: id }, label),
    control,
    wrong,
    below,
  );
  const hint = (words) => {
    below.textContent = words ?? "";
    below.hidden = !words;
  };
  hint(typeof help === "string" ? help : "");
  const complain = (words) => {
    wrong.textContent = words;
    control.classList.toggle("is-invalid", Boolean(words));
  };
  return { node, complain, hint };
}
