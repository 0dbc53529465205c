// The variables of a process: what this diagram sets, what the diagrams around it set, and which of them surely have a
// value when a token reaches an element.
import { nameOf } from "./model";

/** [{name, label, gives, values, process?}] by name; this diagram's own first. */
export function variablesOf(model) {
  const found = new Map();
  for (const each of model.flowElements()) {
    for (const variable of setBy(model, each)) if (!found.has(variable.name)) found.set(variable.name, variable);
  }
  for (const variable of model.terms.variables) if (!found.has(variable.name)) found.set(variable.name, variable);
  return found;
}

/** Options for a select: those that surely have a value at the element first, where the server has told. */
export function variableOptions(model, element, fits = () => true) {
  const sure = model.scope.at(element.id);
  const options = [...variablesOf(model).values()].filter(fits).map(({ name, label, process }) => ({
    value: name,
    label: `${label}　${name}`,
    group: groupOf(sure, name, process),
  }));
  const order = ["此处必有取值", "本图中设置", "引用流程中设置", "此处可能尚无取值"];
  return options.sort((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
}

function groupOf(sure, name, process) {
  if (sure) return sure.has(name) ? "此处必有取值" : "此处可能尚无取值";
  return process ? "引用流程中设置" : "本图中设置";
}

function* setBy(model, node) {
  const { $type: type, id } = node;
  if (type === "bpmn:UserTask" && !node.loopCharacteristics) {
    const form = model.named("forms", node.get("gc:form"));
    yield { name: id, label: nameOf(node), gives: "word", values: form?.decisions ?? [] };
  }
  const result = type === "bpmn:ServiceTask" && node.get("gc:result");
  if (result) {
    const operation = model.named("operations", node.implementation);
    yield { name: result, label: nameOf(node), gives: operation?.gives ?? "word", values: operation?.results ?? [] };
  }
  const message = (node.messageRef ?? node.eventDefinitions?.[0]?.messageRef)?.name;
  if (message) {
    const known = model.named("messages", message);
    yield { name: message, label: known?.title ?? message, gives: "word", values: known?.values ?? [] };
  }
}

/** What the server's analysis of the saved draft says; elements drawn since are not in it. */
export class Scope {
  known = {};

  at(id) {
    return this.known[id] ? new Set(this.known[id]) : null;
  }
}
