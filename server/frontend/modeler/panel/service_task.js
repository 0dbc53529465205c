// What the system does by itself: an operation of the registry, its parameters, and the variable for its answer.
import { getBusinessObject } from "../model";
import { say, select, several, text } from "./fields";
import { period, periodShape } from "./period";
import { tasksToChoose } from "./user_task";

const VARIABLE = /^[A-Za-z_]\w{0,79}$/;

export function serviceTask(model, element) {
  const node = getBusinessObject(element);
  const operation = () => model.named("operations", node.implementation);
  const fields = [
    select({
      label: "服务操作",
      help: (value) => model.named("operations", value)?.help ?? "",
      read: () => node.implementation,
      options: () => model.terms.operations.map(({ name, title }) => ({ value: name, label: title })),
      commit: (value) => choose(model, element, node, value),
    }),
  ];
  for (const parameter of operation()?.parameters ?? []) fields.push(...parameterFields(model, element, parameter));
  if (node.get("gc:result") || !operation() || operation().gives !== "nothing")
    fields.push(result(model, element, node));
  fields.push(say("", () => words(operation())));
  return fields;
}

export function serviceShape(element) {
  const node = getBusinessObject(element);
  const periods = parametersOf(node).map((each) => periodShape(each.value));
  return `${node.implementation} ${Boolean(node.get("gc:result"))} ${periods}`;
}

function parameterFields(model, element, { name, help, kind }) {
  const node = getBusinessObject(element);
  const field = {
    label: `参数 ${name}`,
    help,
    read: () => parametersOf(node).find((each) => each.name === name)?.value,
    commit: (value) => setParameter(model, element, node, name, value),
  };
  if (kind === "tasks") {
    const read = () => (field.read() ?? "").split(/\s+/).filter(Boolean);
    const commit = (chosen) => field.commit(chosen.join(" "));
    return [several({ ...field, label: "所汇总的环节", read, commit, options: () => tasksToChoose(model) })];
  }
  return kind === "period" ? period(model, { ...field, empty: "请选择" }) : [text({ ...field, mono: true })];
}

function result(model, element, node) {
  return text({
    label: "结果变量",
    mono: true,
    help: "操作的答复存入此变量，供网关、定时事件或多人办理使用。",
    read: () => node.get("gc:result"),
    check: (value) => (!value || VARIABLE.test(value) ? "" : "请用字母、数字和下划线，以字母开头。"),
    commit: (value) => model.set(element, { "gc:result": value || undefined }),
  });
}

function words(operation) {
  if (!operation) return null;
  if (operation.gives === "instant") return "答复：一个时刻";
  if (operation.gives === "people") return "答复：人员名单";
  return operation.results.length ? `答复：${operation.results.map((each) => each.label).join("、")}` : "无答复";
}

function choose(model, element, node, name) {
  const operation = model.named("operations", name);
  const known = new Set(operation?.parameters.map((each) => each.name));
  model.together(() => {
    model.set(element, { implementation: name || undefined });
    const kept = parametersOf(node).filter((each) => known.has(each.name));
    if (kept.length !== parametersOf(node).length) setExtensions(model, element, node, kept);
    const fresh = !node.name && operation;
    if (fresh) model.set(element, { name: operation.title });
  });
}

function parametersOf(node) {
  return (node.extensionElements?.values ?? []).filter((each) => each.$type === "gc:Parameter");
}

function setParameter(model, element, node, name, value) {
  const others = parametersOf(node).filter((each) => each.name !== name);
  const added = value ? [model.moddle.create("gc:Parameter", { name, value })] : [];
  setExtensions(model, element, node, [...others, ...added]);
}

/** The parameters in place of those there were; other extensions stay. */
function setExtensions(model, element, node, parameters) {
  const others = (node.extensionElements?.values ?? []).filter((each) => each.$type !== "gc:Parameter");
  const values = [...others, ...parameters];
  if (!values.length) return model.set(element, { extensionElements: undefined });
  const extensions = model.create("bpmn:ExtensionElements", node, { values });
  for (const each of values) each.$parent = extensions;
  return model.set(element, { extensionElements: extensions });
}
