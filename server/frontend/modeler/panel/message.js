// What an event or a receive task waits for: one of the messages that batches and objections send.
import { getBusinessObject } from "../model";
import { say, select } from "./fields";

export function message(model, element) {
  const node = getBusinessObject(element);
  const holder = node.$type === "bpmn:ReceiveTask" ? node : node.eventDefinitions[0];
  const name = () => holder.messageRef?.name;
  return [
    select({
      label: "等待的消息",
      read: name,
      options: () => model.terms.messages.map((each) => ({ value: each.name, label: `${each.title}　${each.name}` })),
      commit: (value) => listen(model, element, holder, value),
    }),
    say("", () => {
      const words = model
        .named("messages", name())
        ?.values.map((each) => each.label)
        .join("、");
      return words ? `消息到达时，变量 ${name()} 取值：${words}` : null;
    }),
  ];
}

/** The message is defined once in the file, under an id that no other diagram of a bundle has; one that nobody waits for any more goes. */
function listen(model, element, holder, name) {
  const { definitions } = model;
  const before = holder.messageRef;
  model.together(() => {
    let wanted = definitions.rootElements.find((root) => root.$type === "bpmn:Message" && root.name === name);
    let roots = definitions.rootElements;
    if (name && !wanted) {
      wanted = model.create("bpmn:Message", definitions, { id: `message_${model.process.id}_${name}`, name });
      const collaboration = roots.findIndex((root) => root.$type !== "bpmn:Message");
      roots = [...roots.slice(0, collaboration), wanted, ...roots.slice(collaboration)];
    }
    model.setPart(element, holder, { messageRef: wanted });
    const used = [...model.flowElements()].some(
      (each) => (each.messageRef ?? each.eventDefinitions?.[0]?.messageRef) === before,
    );
    if (before && !used) roots = roots.filter((root) => root !== before);
    if (roots !== definitions.rootElements) model.setPart(element, definitions, { rootElements: roots });
  });
}
