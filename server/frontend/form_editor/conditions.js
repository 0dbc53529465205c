// Conditions over other fields: chosen as “field and option” where that is all they say, else written out.
import { h } from "preact";

import { Choices, Framed, useTyped, write } from "./entries.js";
import { partOf } from "./shared_parts.js";

const SIMPLE = /^=?\s*([a-z][a-z0-9_]*)\s*(!?=)\s*("(?:[^"\\]*)"|true|false)\s*$/;

// What the two conditions mean, and how they are kept. A part is shown only if … = it is hidden unless ….
const CONDITIONS = {
  hide: {
    label: "何时显示",
    always: "始终显示",
    modes: [["!=", "仅在选择以下选项时显示"], ["=", "选择以下选项时隐藏"]],
    custom: "满足时隐藏",
    read: (field) => field.conditional?.hide ?? "",
    change: (field, text) => ({ conditional: text ? { hide: text.startsWith("=") ? text : `=${text}` } : undefined }),
  },
  required_when: {
    label: "何时必填",
    always: "按“填写要求”中的设置",
    modes: [["=", "选择以下选项时必填"], ["!=", "未选择以下选项时必填"]],
    custom: "满足时必填",
    read: (field) => field.properties?.required_when ?? "",
    change: (field, text) => {
      const { required_when: _, ...others } = field.properties ?? {};
      const all = text ? { ...others, required_when: text.replace(/^=/, "") } : others;
      return { properties: Object.keys(all).length ? all : undefined };
    },
  },
};

export function comparisonEntry(name) {
  return (field, editor) => ({ id: `gc-${name}-${field.id}`, component: ConditionEntry, field, editor, ...CONDITIONS[name] });
}

/** Every “field = option” that a condition can ask for. */
function optionsOf(field, editor) {
  const found = [];
  const own = editor.registry.getAll().filter((each) => each.id !== field.id && !insideList(each, editor));
  const shared = own.flatMap((each) => fieldsOf(editor.parts[partOf(each)]?.components ?? []));
  for (const each of [...own, ...shared]) {
    if (each.readonly) continue;
    const boolean = each.properties?.kind === "boolean" || each.type === "checkbox";
    for (const { label, value } of choicesOf(each)) {
      found.push([`${each.key}|${boolean ? value : JSON.stringify(value)}`, `「${each.label}」${label}`]);
    }
  }
  return found;
}

/** The fields of a shared part, groups looked into; columns of lists are nothing that a condition could read. */
function fieldsOf(components) {
  return components.flatMap((each) => (each.type === "group" ? fieldsOf(each.components ?? []) : [each]));
}

function choicesOf({ type, values }) {
  if (type === "checkbox") return [{ label: "勾选", value: "true" }];
  return ["radio", "select"].includes(type) ? (values ?? []) : [];
}

/** Whether a component is a column of a list. */
export function insideList(field, editor) {
  for (let parent = editor.registry.get(field._parent); parent; parent = editor.registry.get(parent._parent)) {
    if (parent.type === "dynamiclist") return true;
  }
  return false;
}

function ConditionEntry(props) {
  const { shown, type, flush } = useTyped(props);
  const { id, label, field, editor, modes, always, custom } = props;
  const options = optionsOf(field, editor);
  const simple = SIMPLE.exec(shown);
  const chosen = simple ? `${simple[1]}|${simple[3]}` : "";
  const known = !shown || (simple && options.some(([value]) => value === chosen));
  const mode = !shown ? "" : known ? simple[2] : "custom";
  const set = (sign, option) => {
    const [key, value] = option.split("|");
    write(props, `=${key} ${sign} ${value}`);
  };
  const chooseMode = (event) => {
    const next = event.target.value;
    if (!next) write(props, "");
    else if (next === "custom") write(props, shown || '=字段标识 = "选项值"');
    else if (options.length) set(next, known && chosen ? chosen : options[0][0]);
  };
  const modeOptions = [["", always], ...(options.length ? modes : []), ["custom", "自行写条件"]];
  const written = {
    type: "text",
    class: "bio-properties-panel-input",
    "aria-label": `${label}：条件`,
    value: shown,
    spellcheck: false,
    onInput: (event) => type(event.target.value),
    onBlur: flush,
  };
  const chooseOption = { "aria-label": `${label}：选项`, onChange: (event) => set(mode, event.target.value) };
  const syntax = `${custom}。写法：字段标识 = "选项值"，或 !=；可用and、or和括号连接。`;
  const help = mode === "custom" ? syntax : options.length ? "" : "表单中有单选、下拉选择或勾选框后，可按其选项设置。";
  return h(
    Framed,
    { id, label, kind: "select gc-condition", help },
    h(Choices, { attributes: { id, onChange: chooseMode }, options: modeOptions, chosen: mode }),
    mode && mode !== "custom" ? h(Choices, { attributes: chooseOption, options, chosen }) : null,
    mode === "custom" ? h("input", written) : null,
  );
}
