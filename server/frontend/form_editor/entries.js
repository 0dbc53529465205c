// Entries of the properties panel: a text, a choice, a box. Each is one stable component, so that typing is not lost.
import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const PAUSE = 300;
const COMPONENTS = { text: TextEntry, choice: ChoiceEntry, box: BoxEntry };

/**
 * An entry of the panel, made for a field when it is shown. `read` gives its value, `change` the attributes of the
 * component that follow from a new one.
 */
export function entry(look, name, label, { read, change, ...words }) {
  return (field, editor) => ({ id: `gc-${name}-${field.id}`, component: COMPONENTS[look], field, editor, label, read, change, ...words });
}

/** Writes to the component as it is by now; the panel may hold an older one. */
export function write({ field, editor, change }, value) {
  const current = field.type === "default" ? editor.formEditor._getState().schema : editor.registry.get(field.id);
  if (current) editor.modeling.editFormField(current, change(current, value));
}

export function Framed({ id, label, help, kind, children }) {
  return h(
    "div",
    { class: `bio-properties-panel-entry${kind === "checkbox" ? " bio-properties-panel-checkbox-entry" : ""}`, "data-entry-id": id },
    kind === "checkbox"
      ? h("div", { class: "bio-properties-panel-checkbox" }, children, h("label", { class: "bio-properties-panel-label", for: id }, label))
      : h("div", { class: `bio-properties-panel-${kind}` }, h("label", { class: "bio-properties-panel-label", for: id }, label), children),
    help ? h("div", { class: "bio-properties-panel-description" }, help) : null,
  );
}

/** A value that is written a moment after the last key, at the latest when the entry is left. */
export function useTyped(props) {
  const value = props.read(props.field);
  const [shown, setShown] = useState(value);
  const pending = useRef(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (pending.current === null) setShown(value);
  }, [value]);
  const flush = () => {
    if (pending.current === null) return;
    const { timer, text } = pending.current;
    clearTimeout(timer);
    pending.current = null;
    if (text !== latest.current.read(latest.current.field)) write(latest.current, text);
  };
  useEffect(() => flush, []);
  const type = (text) => {
    setShown(text);
    if (pending.current) clearTimeout(pending.current.timer);
    pending.current = { text, timer: setTimeout(flush, PAUSE) };
  };
  return { shown, type, flush };
}

function TextEntry(props) {
  const { shown, type, flush } = useTyped(props);
  const { id, label, help, lines, suggestions } = props;
  const input = {
    id,
    value: shown,
    class: "bio-properties-panel-input",
    autocomplete: "off",
    spellcheck: false,
    onInput: (event) => type(event.target.value),
    onBlur: flush,
  };
  const list = suggestions ? `${id}-list` : undefined;
  return h(
    Framed,
    { id, label, help, kind: lines ? "textarea" : "textfield" },
    lines ? h("textarea", { ...input, rows: lines }) : h("input", { ...input, type: "text", list }),
    suggestions ? h("datalist", { id: list }, suggestions.map(([value, words]) => h("option", { value, key: value }, words))) : null,
  );
}

function ChoiceEntry(props) {
  const { id, label, help, field, read, options } = props;
  const choose = (event) => write(props, event.target.value);
  return h(Framed, { id, label, help, kind: "select" }, h(Choices, { attributes: { id, onChange: choose }, options, chosen: read(field) }));
}

/** The choices of a select, each a value and its words. */
export function Choices({ attributes, options, chosen }) {
  const shown = options.map(([value, words]) => h("option", { value, key: value, selected: value === chosen }, words));
  return h("select", { ...attributes, class: "bio-properties-panel-input" }, shown);
}

function BoxEntry(props) {
  const { id, label, help, field, read } = props;
  const tick = (event) => write(props, event.target.checked);
  const input = { id, type: "checkbox", class: "bio-properties-panel-input", checked: read(field), onChange: tick };
  return h(Framed, { id, label, help, kind: "checkbox" }, h("input", input));
}
