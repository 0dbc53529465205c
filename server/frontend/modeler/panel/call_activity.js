// A call of another process of the library.
import { make } from "../dom";
import { getBusinessObject } from "../model";
import { say, select } from "./fields";

export function callActivity(model, element, { addresses }) {
  const node = getBusinessObject(element);
  return [
    select({
      label: "引用的流程",
      read: () => node.calledElement,
      options: () => model.terms.processes.map(({ key, title }) => ({ value: key, label: `${title}　${key}` })),
      commit: (value) => {
        const title = model.named("processes", value)?.title;
        model.set(element, { calledElement: value || undefined, ...(node.name ? {} : { name: title }) });
      },
    }),
    say("", () => {
      if (!node.calledElement) return null;
      return make(
        "div",
        { className: "panel-links" },
        make("a", { href: addresses.diagrams + node.calledElement }, "打开被引用的流程"),
      );
    }),
  ];
}
