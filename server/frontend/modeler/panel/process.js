// The diagram as a whole.
import { make } from "../dom";
import { say, several, text } from "./fields";

export function process(model, element) {
  return [...summary(model), ...(model.terms.waivable.length ? waiver(model, element) : [])];
}

/** 免去环节: what this type goes without, and the document that allows it; the core is not offered. */
function waiver(model, element) {
  const node = () => model.process;
  const set = (properties) => model.setPart(element, node(), properties);
  return [
    several({
      label: "免去的必经环节",
      help: "有文件依据才可免去；由另一名负责人复核发布。法定环节不得免去。",
      read: () => (node()?.get("gc:waives") ?? "").split(/\s+/).filter(Boolean),
      options: () => model.terms.waivable,
      commit: (chosen) => set({ "gc:waives": chosen.join(" ") || undefined }),
    }),
    text({
      label: "免去的依据",
      help: "依据文件的标题全称，可注明条款。",
      read: () => node()?.get("gc:waiverBasis"),
      commit: (value) => set({ "gc:waiverBasis": value || undefined }),
    }),
    text({
      label: "依据文件的文号",
      help: "例如：通经信绿〔2026〕1号。",
      read: () => node()?.get("gc:waiverNumber"),
      commit: (value) => set({ "gc:waiverNumber": value || undefined }),
    }),
    text({
      label: "依据文件的日期",
      help: "例如：2026-11-30。",
      read: () => node()?.get("gc:waiverDate"),
      commit: (value) => set({ "gc:waiverDate": value || undefined }),
    }),
  ];
}

function summary(model) {
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
