// A new id, and everything in this diagram that names the old one: conditions, separation of duties, what is summed up, flows' ids.
import { format, parse } from "./condition";
import { ID_FORM } from "./ids";
import { getBusinessObject } from "./model";

// What no expression takes for a variable.
const RESERVED = new Set(
  (
    "and as assert async await break class continue def del elif else except false finally for from global if import " +
    "in is lambda none nonlocal not null or pass raise return self true try while with yield"
  ).split(" "),
);

/** What is wrong with a new id, in a sentence; nothing when it may be used. */
export function whyNot(model, element, id) {
  if (!id) return "请填写编号。";
  if (!ID_FORM.test(id)) return "编号以小写字母开头，只用小写字母、数字和下划线，不超过80个字符。";
  if (RESERVED.has(id)) return "这是系统保留字，请换一个编号。";
  const holder = model.moddle.ids.assigned(id);
  if (holder && holder !== getBusinessObject(element)) return "本图中已有这一编号。";
  const label = model.registry.get(`${id}_label`);
  if (label && label.labelTarget !== element) return "这一编号刚刚用过，请换一个编号。";
  return "";
}

export function rename(model, element, id) {
  const old = element.id;
  model.together(() => {
    model.set(element, { id });
    for (const each of [...model.flowElements()]) {
      const shape = model.registry.get(each.id);
      if (shape) follow(model, shape, each, old, id);
    }
  });
}

function follow(model, shape, node, old, id) {
  const separated = node.$type === "bpmn:UserTask" && node.get("gc:separateFrom")?.split(/\s+/);
  if (separated && separated.includes(old)) {
    model.set(shape, { "gc:separateFrom": separated.map((each) => (each === old ? id : each)).join(" ") });
  }
  for (const parameter of node.extensionElements?.values ?? []) {
    if (parameter.$type !== "gc:Parameter" || parameter.name !== "tasks") continue;
    const named = parameter.value?.split(/\s+/) ?? [];
    if (named.includes(old)) {
      model.setPart(shape, parameter, { value: named.map((each) => (each === old ? id : each)).join(" ") });
    }
  }
  const condition = parse(node.conditionExpression?.body);
  if (condition?.variable === old) {
    model.setPart(shape, node.conditionExpression, { body: format({ ...condition, variable: id }) });
  }
  if (node.$type !== "bpmn:SequenceFlow") return;
  const [from, to] = [node.sourceRef?.id, node.targetRef?.id];
  const fresh = `${from}_to_${to}`;
  const before = [`${old}_to_${to}`, `${from}_to_${old}`, `${old}_to_${old}`];
  if (before.includes(node.id) && !model.moddle.ids.assigned(fresh)) model.set(shape, { id: fresh });
}
