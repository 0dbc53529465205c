// The properties panel of our forms: what form-js knows and we honour, and in groups of their own what only we know.
import { comparisonEntry, insideList } from "./conditions.js";
import { entry } from "./entries.js";
import { partOf } from "./shared_parts.js";

const KINDS = [
  ["", "普通文字"],
  ["money", "金额（元，两位小数）"],
  ["tonnes", "吨数（两位小数）"],
  ["score", "分数"],
  ["decimal", "数字（自定单位和小数位）"],
  ["digits", "编号（账号等，保留开头的0）"],
  ["uscc", "统一社会信用代码"],
  ["year", "年份"],
  ["mobile", "手机号码"],
  ["email", "电子邮箱"],
  ["names", "姓名（两人以上）"],
];
const PLACES = ["", "0", "1", "2", "3", "4", "5", "6"].map((each) => [each, each || "2（默认）"]);
const DECIMAL = new Set(["money", "tonnes", "score", "decimal"]);
const UNITS = { money: "元", tonnes: "吨", score: "分" };
const BOOLEAN_CHOICES = [{ label: "是", value: "true" }, { label: "否", value: "false" }];
const EXAMPLE = [
  "必填项须有一个符合要求的样例，用于校验、演示数据和接口文档。可直接写内容，也可写来源：",
  "fact:字段标识（取已填内容）、unique:前缀（不重复的编号）、digits:位数、",
  "date:today（当日）、date:matter:0.5（申报事项期间的中段）。",
].join("");
const FIELDS = new Set(["textfield", "textarea", "number", "datetime", "radio", "select", "checklist", "checkbox"]);

// Of form-js's own groups, the entries that our forms take; whatever is not named here is not offered.
const KEPT = {
  general: new Set(["label", "date-label", "description", "key", "path", "text", "searchable", "readonly"]),
  staticOptions: null,
  layout: new Set(["columns"]),
  validation: new Set(["required", "minLength", "maxLength", "pattern", "patternErrorMessage", "min", "max"]),
};
const OF_FREE_TEXT = ["minLength", "maxLength", "pattern", "patternErrorMessage"];

/** `facts`: where values come from; `parts`: the shared parts that a group may hold; `isPart`: this form is one itself. */
export function ourProperties({ facts, parts, isPart }) {
  class OurProperties {
    constructor(propertiesPanel, modeling, formEditor, formFieldRegistry) {
      this.editor = { modeling, formEditor, registry: formFieldRegistry, facts, parts, isPart };
      propertiesPanel.registerProvider(this, 500); // after form-js's own
    }

    getGroups(field) {
      return (groups) => {
        if (!field) return groups;
        const kept = groups.map((group) => keepOf(group, field)).filter(Boolean);
        return [...kept, ...groupsOf(field, this.editor)];
      };
    }
  }
  OurProperties.$inject = ["propertiesPanel", "modeling", "formEditor", "formFieldRegistry"];
  return { __init__: ["ourProperties"], ourProperties: ["type", OurProperties] };
}

function keepOf(group, field) {
  if (!(group.id in KEPT)) return null;
  const names = KEPT[group.id];
  if (!names) return { ...group, shouldOpen: true };
  const kind = field.type === "textfield" ? property("kind").read(field) : "";
  const dropped = new Set(kind && kind !== "digits" ? OF_FREE_TEXT : []); // a kind brings its own
  if (field.type === "group") dropped.add("path");
  const entries = group.entries.filter(({ id }) => names.has(id.replace(`${field.id}-`, "")) && !dropped.has(id));
  return entries.length ? { ...group, entries, shouldOpen: group.id !== "layout" } : null;
}

/** One of our own properties of a component: how it is read, and written in place of the others that stay. */
function property(name) {
  return {
    read: (field) => field.properties?.[name] ?? "",
    change: (field, value) => ({ properties: withProperty(field, name, value) }),
  };
}

function withProperty(field, name, value) {
  const { [name]: _, ...others } = field.properties ?? {};
  const all = value ? { ...others, [name]: value } : others;
  return Object.keys(all).length ? all : undefined;
}

function groupsOf(field, editor) {
  const group = (id, label, entries) => ({ id: `gc-${id}`, label, shouldOpen: true, entries: entries.map((each) => each(field, editor)) });
  if (field.type === "default") return [group("form", editor.isPart ? "共用部分" : "表单", formEntries(editor))];
  const groups = [];
  if (mayHoldPart(field, editor)) groups.push(group("part", "共用部分", partEntries(editor)));
  const kind = kindEntries(field);
  if (kind.length) groups.push(group("kind", "数据类型", kind));
  if (field.type === "dynamiclist") groups.push(group("rows", "明细表", listEntries()));
  // What stands in a row of a list applies to every row, and a line between the fields always stays.
  const conditional = !insideList(field, editor);
  if (conditional && field.type !== "separator") groups.push(group("condition", "显示条件", [comparisonEntry("hide")]));
  if (FIELDS.has(field.type) || field.type === "dynamiclist") groups.push(group("business", "业务属性", businessEntries(field, conditional)));
  return groups;
}

/** A group that is empty or holds a part already; a part itself holds none. */
function mayHoldPart(field, { parts, isPart }) {
  if (field.type !== "group" || isPart) return false;
  return Boolean(partOf(field)) || (!field.components?.length && Object.keys(parts).length > 0);
}

function partEntries({ parts }) {
  const options = [["", "不引用"], ...Object.entries(parts).map(([key, { title }]) => [key, `${title}（${key}）`])];
  const help = "引用后，分组中显示该共用部分的内容；内容在共用部分中修改，用到它的表单同时改变。分组不写名称时，内容直接排在表单中。";
  return [entry("choice", "part", "引用共用部分", { ...property("part"), options, help })];
}

function formEntries({ isPart }) {
  if (isPart) return [entry("text", "title", "共用部分名称", { ...property("title"), help: "选用和查看时的名称，不显示给办理人。" })];
  return [
    entry("text", "title", "表单名称", { ...property("title"), help: "办理人看到的名称。" }),
    entry("box", "prefill", "带出本件已有信息", {
      read: (field) => field.properties?.prefill === "facts",
      change: (field, value) => ({ properties: withProperty(field, "prefill", value ? "facts" : "") }),
      help: "勾选后，同一标识的字段自动带出先前已填的内容；用于申报表的补正和核对，不用于各人独立出具的意见。",
    }),
  ];
}

function kindEntries(field) {
  if (field.type === "radio") {
    return [
      entry("choice", "kind", "结果类型", {
        options: [["", "所选的选项值"], ["boolean", "是或否"]],
        read: property("kind").read,
        change: (each, value) => ({ ...property("kind").change(each, value), ...(value ? { values: BOOLEAN_CHOICES } : {}) }),
        help: "“是或否”的两个选项值固定为true和false。",
      }),
    ];
  }
  if (field.type !== "textfield") return [];
  const kind = property("kind").read(field);
  const help = "决定如何校验和显示。金额、吨数按十进制精确计算。";
  const entries = [entry("choice", "kind", "数据类型", { options: KINDS, read: property("kind").read, change: changeKind, help })];
  if (DECIMAL.has(kind)) {
    const usual = UNITS[kind] ? `不填为“${UNITS[kind]}”。` : "如：兆瓦时、平方米。";
    entries.push(
      entry("text", "unit", "计量单位", { read: property("unit").read, change: changeUnit, help: usual }),
      entry("text", "min", "最小值", { ...property("min"), help: "如0或0.01。" }),
      entry("text", "max", "最大值", property("max")),
    );
  }
  if (kind === "decimal") entries.push(entry("choice", "decimals", "小数位数", { ...property("decimals"), options: PLACES }));
  return entries;
}

/** Another kind takes other properties: those that it does not take are dropped, and form-js shows its unit. */
function changeKind(field, kind) {
  const { kind: _, unit, min, max, decimals, ...others } = field.properties ?? {};
  const properties = {
    ...others,
    ...(kind ? { kind } : {}),
    ...(DECIMAL.has(kind) && min ? { min } : {}),
    ...(DECIMAL.has(kind) && max ? { max } : {}),
    ...(kind === "decimal" && unit ? { unit } : {}),
    ...(kind === "decimal" && decimals ? { decimals } : {}),
  };
  const suffixAdorner = properties.unit ?? UNITS[kind];
  const { minLength, maxLength, pattern, patternErrorMessage, validationType, ...validate } = field.validate ?? {};
  return {
    properties: Object.keys(properties).length ? properties : undefined,
    appearance: suffixAdorner ? { suffixAdorner } : undefined,
    ...(kind ? { validate: kind === "digits" ? { ...validate, minLength: 1, maxLength: 20 } : validate } : {}),
  };
}

function changeUnit(field, unit) {
  const suffixAdorner = unit || UNITS[field.properties?.kind];
  return { ...property("unit").change(field, unit), appearance: suffixAdorner ? { suffixAdorner } : undefined };
}

function listEntries() {
  return [
    entry("text", "description", "填写说明", { ...property("description"), lines: 3 }),
    entry("text", "min_items", "最少行数", { ...property("min_items"), help: "不填为0，即可以不填。" }),
    entry("text", "max_items", "最多行数", { ...property("max_items"), help: "不填为100，最多500。" }),
  ];
}

function businessEntries(field, conditional) {
  const entries = [entry("text", "name", "简称", { ...property("name"), help: "提示和文书中的称呼；不填用名称。" })];
  if (conditional && !field.readonly && field.type !== "dynamiclist") entries.push(comparisonEntry("required_when"));
  entries.push(source("prefill", "预填来源", "打开表单时自动填入的内容。只读字段不填来源时，带出同一标识的已有信息。"));
  if (field.type === "dynamiclist") {
    entries.push(entry("box", "example", "样例含一行明细", {
      read: (each) => Boolean(each.properties?.example),
      change: (each, value) => ({ properties: withProperty(each, "example", value ? "rows" : "") }),
      help: "用各栏的样例组成一行，用于演示数据和接口文档。",
    }));
  } else if (!field.readonly) {
    entries.push(source("example", "样例", EXAMPLE));
  }
  return entries;
}

/** Where a first value comes from: typed freely, with the sources that there are as suggestions. */
function source(name, label, help) {
  return (field, editor) => entry("text", name, label, { ...property(name), help, suggestions: editor.facts })(field, editor);
}
