// A gateway asks and its flows answer: what leaves it, and on which condition.
import { inWords } from "../condition";
import { button, make } from "../dom";
import { getBusinessObject, nameOf } from "../model";
import { variablesOf } from "../variables";
import { say, select } from "./fields";

export function gateway(model, element, { show }) {
  const node = getBusinessObject(element);
  const flows = () => node.outgoing ?? [];
  return [
    select({
      label: "默认流向",
      help: "其他条件都不成立时走这一条。退回、暂缓等稳妥的一条宜作默认。",
      read: () => node.default?.id,
      options: () => flows().map((flow) => ({ value: flow.id, label: ends(flow) })),
      commit: (value) =>
        makeDefault(
          model,
          element,
          flows().find((flow) => flow.id === value),
        ),
    }),
    say("流出", () => {
      const variables = variablesOf(model);
      if (!flows().length) return "还没有流出的连线。";
      return make(
        "ul",
        { className: "panel-flows" },
        flows().map((flow) => row(flow, node, variables, show)),
      );
    }),
  ];
}

function row(flow, node, variables, show) {
  const condition = flow.conditionExpression?.body;
  const said = flow === node.default ? "默认" : condition ? inWords(condition, variables) : "未设条件";
  const missing = flow !== node.default && !condition;
  return make(
    "li",
    {},
    button(ends(flow), () => show(flow.id), "btn btn-link p-0"),
    make("span", { className: missing ? "text-danger" : "text-secondary" }, said),
  );
}

function ends(flow) {
  const target = nameOf(flow.targetRef);
  return flow.name ? `${flow.name} → ${target}` : `→ ${target}`;
}

/** The default has no condition of its own: one that it had goes in the same step. */
export function makeDefault(model, gatewayShape, flow) {
  model.together(() => {
    const shape = flow && model.registry.get(flow.id);
    if (flow?.conditionExpression) model.set(shape, { conditionExpression: undefined });
    model.set(gatewayShape, { default: flow });
  });
}
