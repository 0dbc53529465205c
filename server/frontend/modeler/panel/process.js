// The diagram as a whole.
import { make } from "../dom";
import { say } from "./fields";

export function process(model) {
  return [
    say("流程编号", () => make("code", {}, model.process?.id ?? "")),
    say("用于", () => model.terms.users.map((each) => each.title).join("、") || "还没有支持事项引用"),
    say("规模", () => {
      const nodes = [...model.flowElements()].filter((each) => each.$type !== "bpmn:SequenceFlow");
      const count = (type) => nodes.filter((each) => each.$type === type).length;
      const [people, system, calls] = ["UserTask", "ServiceTask", "CallActivity"].map((type) => count(`bpmn:${type}`));
      return `${nodes.length}个节点，其中人工任务${people}个、服务任务${system}个、引用流程${calls}个`;
    }),
  ];
}
