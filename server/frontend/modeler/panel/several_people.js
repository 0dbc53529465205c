// One task for each of several people.
//
// bpmn-moddle writes the reference to the list only where it finds an element of that id: the input item carries the
// variable's name as its id, and the name under which each of the tasks knows its own person.
import { getBusinessObject } from "../model";
import { variableOptions } from "../variables";
import { check, select, text } from "./fields";

const VARIABLE = /^[A-Za-z_]\w{0,79}$/;

export function severalPeople(model, element) {
  const node = getBusinessObject(element);
  const loop = () => node.loopCharacteristics;
  const item = () => loop()?.inputDataItem?.name ?? loop()?.inputDataItem?.id;
  const fields = [
    check({
      label: "多人同时办理",
      read: () => Boolean(loop()),
      commit: (wanted) => (wanted ? begin(model, element, node) : end(model, element, node)),
    }),
  ];
  if (loop()) {
    fields.push(
      select({
        label: "人员名单（变量）",
        help: "保存各人用户名的变量，由前面的服务任务给出。",
        read: () => loop()?.loopDataInputRef?.id,
        options: () => variableOptions(model, element, (each) => each.gives === "people"),
        commit: (value) => write(model, element, node, value, item() ?? "person"),
      }),
      text({
        label: "每人的代号",
        mono: true,
        help: "各人的任务以此名取得自己的用户名。",
        read: item,
        check: (value) => (VARIABLE.test(value) ? "" : "请用字母、数字和下划线，以字母开头。"),
        commit: (value) => rename(model, element, node, item(), value),
      }),
    );
  }
  // A task of one person is claimed by whoever holds the post; a variable that is left there is shown to be cleared.
  if (loop() || node.get("gc:assignee")) fields.push(assignee(model, element, node));
  return fields;
}

function assignee(model, element, node) {
  return text({
    label: "指定办理人（变量）",
    mono: true,
    help: node.loopCharacteristics ? "与每人的代号相同。" : "不是多人同时办理，请清空，由岗位内人员领取。",
    read: () => node.get("gc:assignee"),
    check: (value) => (!value || VARIABLE.test(value) ? "" : "请填写变量名。"),
    commit: (value) => model.set(element, { "gc:assignee": value || undefined }),
  });
}

export function severalShape(element) {
  const node = getBusinessObject(element);
  return `${Boolean(node.loopCharacteristics)} ${Boolean(node.get("gc:assignee"))}`;
}

function begin(model, element, node) {
  const lists = variableOptions(model, element, (each) => each.gives === "people");
  write(model, element, node, lists[0]?.value ?? "", "person", "person");
}

function end(model, element, node) {
  const assignee = node.get("gc:assignee");
  const own = assignee === node.loopCharacteristics.inputDataItem?.name;
  model.set(element, { loopCharacteristics: undefined, ...(own ? { "gc:assignee": undefined } : {}) });
}

/** Whoever was given the task by that name is given it by the new one. */
function rename(model, element, node, old, name) {
  const list = node.loopCharacteristics?.loopDataInputRef?.id ?? "";
  const assignee = node.get("gc:assignee");
  write(model, element, node, list, name, assignee === old ? name : assignee);
}

function write(model, element, node, list, name, assignee = node.get("gc:assignee")) {
  const loop = model.create("bpmn:MultiInstanceLoopCharacteristics", node);
  // Where another task of the diagram goes through the same list, its item has the id already.
  const other = [...model.flowElements()].find((each) => each !== node && itemOf(each)?.id === list && list);
  const input = model.create("bpmn:DataInput", loop, other ? { name } : { id: list || undefined, name });
  loop.set("inputDataItem", input);
  if (list) loop.set("loopDataInputRef", other ? itemOf(other) : input);
  model.set(element, { loopCharacteristics: loop, "gc:assignee": assignee });
}

function itemOf(node) {
  return node.loopCharacteristics?.inputDataItem;
}
