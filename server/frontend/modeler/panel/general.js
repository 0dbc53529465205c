// What every element has: its name, its id, a note.
import { getBusinessObject, is } from "../model";
import { rename, whyNot } from "../rename";
import { text } from "./fields";

const ANNOTATION = "bpmn:TextAnnotation";
// Their ids say more than a name: a lane's is its role, the process's its file.
const FIXED_IDS = ["bpmn:Lane", "bpmn:Participant", "bpmn:Collaboration", "bpmn:Process"];

export function general(model, element) {
  const node = getBusinessObject(element);
  if (is(node, ANNOTATION)) {
    return [
      text({ label: "批注", rows: 4, read: () => node.text, commit: (value) => model.set(element, { text: value }) }),
    ];
  }
  const fields = [nameField(model, element, node)];
  if (!FIXED_IDS.some((type) => is(node, type))) fields.push(idField(model, element, node));
  return fields;
}

function nameField(model, element, node) {
  const flow = is(node, "bpmn:SequenceFlow");
  const pool = is(node, "bpmn:Participant");
  return text({
    label: flow ? "流向名称" : "名称",
    placeholder: flow ? "例如：审核通过" : "",
    read: () => node.name,
    commit: (value) => {
      const name = value || undefined;
      if (!pool) return model.set(element, { name });
      return model.together(() => {
        model.set(element, { name });
        model.setPart(element, node.processRef, { name });
      });
    },
  });
}

function idField(model, element, node) {
  const task = is(node, "bpmn:UserTask");
  return text({
    label: "编号",
    mono: true,
    help: task ? "办理结果存入同名变量。改编号时，本图中读取它的条件和岗位分离随之更新；其他流程图须另行修改。" : "",
    read: () => node.id,
    check: (value) => (value === node.id ? "" : whyNot(model, element, value)),
    commit: (value) => rename(model, element, value),
  });
}

/** A note for colleagues, kept in the diagram. */
export function documentation(model, element) {
  const node = getBusinessObject(element);
  return [
    text({
      label: "说明",
      rows: 3,
      placeholder: "供同事参考，不影响办理",
      read: () => node.documentation?.[0]?.text,
      commit: (value) => {
        const kept = value ? [model.create("bpmn:Documentation", node, { text: value })] : [];
        model.set(element, { documentation: kept });
      },
    }),
  ];
}
