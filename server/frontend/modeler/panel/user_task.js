// A task for people: its form, who does it, by when, and who may not.
import { make } from "../dom";
import { getBusinessObject, nameOf } from "../model";
import { say, select, several } from "./fields";
import { period, periodShape } from "./period";

const SYSTEM = "system"; // the lane of what the program does by itself

export function userTask(model, element, { addresses }) {
  const node = getBusinessObject(element);
  return [
    formField(model, element, node),
    formLinks(model, node, addresses),
    performer(model, element),
    said(model, element, node, "asks", "向办理人显示", "表单上方显示的事项，取自此前各环节。", model.terms.asks),
    said(model, element, node, "does", "提交后", "提交后程序随即办理的事项。", model.terms.effects),
    said(model, element, node, "seals", "密封", "提交的内容在全部评分到齐前只有本人可见。", [
      { value: "true", label: "密封保存" },
    ]),
  ];
}

function formField(model, element, node) {
  return select({
    label: "表单",
    read: () => node.get("gc:form"),
    options: () =>
      model.terms.forms.map(({ key, file, title }) => ({
        value: key,
        label: `${title}　${model.terms.main ? file : key}`,
      })),
    commit: (value) => model.set(element, { "gc:form": value || undefined }),
  });
}

/** What the diagram says that the program does at this task. */
function said(model, element, node, name, label, help, options) {
  return select({
    label,
    help,
    read: () => node.get(`gc:${name}`),
    options: () => options,
    commit: (value) => model.set(element, { [`gc:${name}`]: value || undefined }),
  });
}

function formLinks(model, node, addresses) {
  return say("", () => {
    const form = model.named("forms", node.get("gc:form"));
    const open = form && make("a", { href: addresses.forms + form.file }, "打开表单设计");
    const fresh = make("a", { href: addresses.forms.replace(/\/$/, "") }, "新建表单");
    const decisions = form?.decisions.map((each) => each.label).join("、");
    const says = form
      ? make("div", { className: "form-hint" }, decisions ? `办理结果：${decisions}` : "此表单没有办理结果字段。")
      : null;
    return [make("div", { className: "panel-links" }, ...[open, fresh].filter(Boolean)), says];
  });
}

function performer(model, element) {
  return say("办理岗位", () => {
    const lane = model.laneOf(element);
    const role = lane && model.named("roles", getBusinessObject(lane).id);
    const fits = role && role.value !== SYSTEM;
    const where = make(
      "span",
      { className: fits ? "panel-role" : "panel-role panel-role-missing" },
      role?.label ?? (lane ? nameOf(getBusinessObject(lane)) : "不在任何泳道内"),
    );
    const words = fits
      ? "由所在泳道决定；把任务拖到另一条泳道即改由该岗位办理。"
      : "人工任务须由岗位办理，请拖到办理岗位的泳道内。";
    return [where, make("div", { className: "form-hint" }, words)];
  });
}

export function due(model, element) {
  const node = getBusinessObject(element);
  return period(model, {
    label: "办理期限",
    empty: "不设期限",
    help: "按工作日计算。取自政策口径的，口径变更后随之变化。",
    read: () => node.get("gc:due"),
    commit: (value) => model.set(element, { "gc:due": value || undefined }),
  });
}

export const dueShape = (element) => periodShape(getBusinessObject(element).get("gc:due"));

/** The tasks for people of this drawing and of those around it, each once, without one of them. */
export function tasksToChoose(model, without) {
  const here = [...model.flowElements()].filter((each) => each.$type === "bpmn:UserTask" && each !== without);
  const elsewhere = model.terms.tasks.filter((each) => !here.some((other) => other.id === each.id));
  return [
    ...here.map((each) => ({ value: each.id, label: nameOf(each) })),
    ...elsewhere.map((each) => ({ value: each.id, label: `${each.name}（${each.process}）` })),
  ];
}

/** 岗位分离: whoever did one of these tasks of the case may not do this one. */
export function separation(model, element) {
  const node = getBusinessObject(element);
  return [
    several({
      label: "岗位分离",
      help: "办理过所选任务的人，不能再办理本任务。",
      read: () => (node.get("gc:separateFrom") ?? "").split(/\s+/).filter(Boolean),
      options: () => tasksToChoose(model, node),
      commit: (chosen) => model.set(element, { "gc:separateFrom": chosen.join(" ") || undefined }),
    }),
  ];
}
