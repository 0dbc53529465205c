// The components that our forms may have, by their Chinese names; all others are taken out of form-js.
import {
  Checkbox, Checklist, Datetime, DynamicList, Group, Numberfield, Radio, Select, Separator, Text, Textarea, Textfield,
} from "@bpmn-io/form-js-viewer";

const CHOICES = [{ label: "选项一", value: "one" }, { label: "选项二", value: "two" }];
const ROWS = { isRepeating: true, allowAddRemove: true, defaultRepetitions: 1, properties: { max_items: "30" } };
const choices = () => ({ values: CHOICES.map((choice) => ({ ...choice })) });

// Component, name in the palette, what a new one has beside its label.
const OFFERED = [
  [Textfield, "单行文本", () => ({})],
  [Textarea, "多行文本", () => ({ validate: { maxLength: 1000 } })],
  [Numberfield, "整数", () => ({ decimalDigits: 0, validate: { min: 0, max: 1000000 } })],
  [Datetime, "日期", () => ({ subtype: "date", dateLabel: "日期" })],
  [Radio, "单选", choices],
  [Select, "下拉选择", choices],
  [Checklist, "多选", choices],
  [Checkbox, "勾选框", () => ({})],
  [Text, "说明文字", () => ({ text: "说明文字" })],
  [Separator, "分隔线", () => ({})],
  [Group, "分组", () => ({ components: [], showOutline: false })],
  [DynamicList, "明细表", () => ({ components: [], showOutline: true, ...ROWS })],
];
const UNLABELLED = new Set(["datetime", "text", "separator"]);

for (const [component, name, more] of OFFERED) {
  const { config } = component;
  const label = UNLABELLED.has(config.type) ? {} : { label: name };
  component.config = {
    ...config,
    name,
    // Only what is new gets all this: a form that is opened stays as it is written.
    create: (given = {}, isNew = true) => (isNew && !given.id ? { ...label, ...more(), ...given } : { ...given }),
  };
}

const SUPPORTED = new Set([...OFFERED.map(([component]) => component.config.type), "default"]);

class OnlySupported {
  constructor(formFields) {
    for (const type of Object.keys(formFields._formFields)) if (!SUPPORTED.has(type)) delete formFields._formFields[type];
    // form-js wraps some components for its editor; the wrappers kept the English words.
    for (const [component] of OFFERED) {
      const wrapper = formFields.get(component.config.type);
      if (wrapper) wrapper.config = component.config;
    }
  }
}
OnlySupported.$inject = ["formFields"];

export const offerSupportedComponents = {
  __init__: ["onlySupported"],
  onlySupported: ["type", OnlySupported],
};

/** What a type of component is called in the palette. */
export function nameOfType(type) {
  return OFFERED.find(([component]) => component.config.type === type)?.[1] ?? type;
}

/** The types of components in a schema that have no place in our forms. */
export function unsupportedIn(schema) {
  const found = new Set();
  const waiting = [...(schema.components ?? [])];
  while (waiting.length) {
    const component = waiting.pop();
    if (!SUPPORTED.has(component?.type)) found.add(String(component?.type));
    if (Array.isArray(component?.components)) waiting.push(...component.components);
  }
  return [...found];
}
