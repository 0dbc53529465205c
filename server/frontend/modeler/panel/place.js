// Where a case stands while it is at an element: its status for everybody, its stage on the line of stages.
import { getBusinessObject } from "../model";
import { select } from "./fields";

export function place(model, element) {
  return [
    attribute(model, element, "gc:status", "状态", "statuses", "申报件停在这里时显示的状态。"),
    attribute(model, element, "gc:stage", "环节", "stages", "留空时，被引用的流程沿用引用处的环节。"),
  ];
}

/** What the end of the main process leaves behind. */
export function ending(model, element) {
  return [
    attribute(model, element, "gc:status", "办理结果（状态）", "statuses", "在此结束的申报件的最终状态。"),
    attribute(model, element, "gc:reason", "结果原因", "reasons", ""),
  ];
}

function attribute(model, element, name, label, list, help) {
  const node = getBusinessObject(element);
  return select({
    label,
    help,
    read: () => node.get(name),
    options: () => model.terms[list],
    commit: (value) => model.set(element, { [name]: value || undefined }),
  });
}
