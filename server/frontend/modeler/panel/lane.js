// A lane is a role: its id is the role's code, its name what officials call it.
import { getBusinessObject } from "../model";
import { say, select } from "./fields";

export function lane(model, element) {
  const node = getBusinessObject(element);
  const taken = () =>
    new Set(model.registry.filter((each) => each.type === "bpmn:Lane" && each !== element).map((each) => each.id));
  return [
    select({
      label: "岗位",
      help: "泳道内的人工任务由这一岗位办理；服务任务放在“系统（自动）”泳道。",
      read: () => (model.named("roles", node.id) ? node.id : ""),
      options: () => model.terms.roles.filter((each) => !taken().has(each.value)),
      commit: (role) => {
        const holder = model.moddle.ids.assigned(role);
        if (!role || (holder && holder !== node)) return;
        model.set(element, { id: role, name: model.named("roles", role).label });
      },
    }),
    say("", () =>
      model.moddle.ids.assigned(node.id) === node && model.named("roles", node.id) ? null : "请为泳道选择岗位。",
    ),
  ];
}
