// A flow that leaves an exclusive gateway: its condition, chosen from variables and the values that they can take.
import { OPERATORS, format, operatorsFor, parse } from "../condition";
import { getBusinessObject, nameOf } from "../model";
import { variableOptions, variablesOf } from "../variables";
import { check, say, select, text } from "./fields";
import { makeDefault } from "./gateway";

export function flow(model, element) {
  const node = getBusinessObject(element);
  const ends = say("", () => `${nameOf(node.sourceRef)} → ${nameOf(node.targetRef)}`);
  if (node.sourceRef?.$type !== "bpmn:ExclusiveGateway") return [ends];
  const isDefault = () => node.sourceRef.default === node;
  const fields = [
    ends,
    check({
      label: "默认流向",
      help: "其他条件都不成立时走这里。",
      read: isDefault,
      commit: (wanted) => makeDefault(model, model.registry.get(node.sourceRef.id), wanted ? node : undefined),
    }),
  ];
  return isDefault() ? fields : [...fields, ...condition(model, element, node)];
}

/** What the section consists of: it is built anew when this changes. */
export function flowShape(element) {
  const node = getBusinessObject(element);
  const read = parse(node.conditionExpression?.body);
  const body = node.conditionExpression?.body;
  return `${node.sourceRef?.default === node} ${body && !read ? "free" : (read?.variable ?? "")}`;
}

function condition(model, element, node) {
  const body = () => node.conditionExpression?.body ?? "";
  const write = (value) => model.set(element, { conditionExpression: expression(model, node, value) });
  if (body() && !parse(body())) {
    return [text({ label: "条件", mono: true, help: "只能是一个变量与一个常量的比较。", read: body, commit: write })];
  }
  const now = () => parse(body()) ?? { variable: "", operator: "==", constant: "" };
  const values = () => variablesOf(model).get(now().variable)?.values ?? [];
  const change = (part) => write(format({ ...now(), ...part }));
  const variable = select({
    label: "当",
    read: () => now().variable,
    options: () => variableOptions(model, model.registry.get(node.sourceRef.id), (each) => each.gives === "word"),
    commit: (name) => {
      if (!name) return write("");
      const first = variablesOf(model).get(name)?.values[0]?.value ?? "";
      return write(format({ variable: name, operator: "==", constant: first }));
    },
  });
  if (!now().variable) return [variable];
  const operator = select({
    label: "比较",
    empty: null,
    read: () => now().operator,
    options: () => operatorsFor(now().constant, now().operator),
    commit: (chosen) => change({ operator: chosen || OPERATORS[0].value }),
  });
  const shared = { label: "值", read: () => now().constant, commit: (constant) => change({ constant }) };
  const value = values().length
    ? select({
        ...shared,
        empty: null,
        options: () => values().map((each) => ({ value: each.value, label: `${each.label}　${each.value}` })),
      })
    : text({ ...shared, mono: true, help: "这一变量没有固定的取值，请填写它的值。" });
  return [variable, operator, value, say("", () => body())];
}

function expression(model, node, body) {
  return body ? model.create("bpmn:FormalExpression", node, { body }) : undefined;
}
