// A group in which a shared part stands: shown as it is, to be changed on a page of its own. What is in it never gets
// into this form's schema, so it is not saved with the form either.
import { h } from "preact";

import { nameOfType } from "./components.js";

/** The key of the shared part that stands in a component; "" for every other component. */
export function partOf(field) {
  return (field.type === "group" && field.properties?.part) || "";
}

/** `parts` by key: title, components, and the url of its own page. */
export function showSharedParts(parts) {
  class SharedParts {
    constructor(formFields) {
      const own = formFields.get("group");
      const either = (props) => {
        const key = partOf(props.field);
        return key ? h(SharedPart, { field: props.field, domId: props.domId, part: parts[key] }) : h(own, props);
      };
      either.config = own.config;
      formFields.register("group", either);
    }
  }
  // Behind the components' own names, which are set on what form-js brings.
  SharedParts.$inject = ["formFields", "onlySupported"];
  return { __init__: ["sharedParts"], sharedParts: ["type", SharedParts] };
}

function SharedPart({ field, domId, part }) {
  const name = field.label || (part ? part.title : field.properties.part);
  return h(
    "div",
    { class: "fjs-form-field fjs-form-field-grouplike gc-shared-part", role: "group", "aria-labelledby": domId },
    h(
      "div",
      { class: "gc-shared-part-head" },
      h("span", { id: domId, class: "fjs-form-field-label" }, name),
      h("span", { class: "status-tag" }, part ? "共用部分" : "共用部分不存在"),
      part && h("a", { class: "btn btn-sm", href: part.url, "aria-label": `打开共用部分“${part.title}”` }, "打开"),
    ),
    part && !part.components.length && h("p", { class: "text-danger mb-0" }, "该共用部分有误，暂不能显示，请打开更正。"),
    part && part.components.length > 0 && h(Contents, { components: part.components }),
  );
}

function Contents({ components }) {
  return h("div", { class: "gc-shared-part-content" }, components.map((each) => h(Content, { key: each.id, ...each })));
}

/** One component of a part: its name and what it asks for. */
function Content({ type, text, label, dateLabel, layout, readonly, validate, components }) {
  const style = { gridColumn: `span ${layout?.columns ?? 16}` };
  if (type === "separator") return h("hr", { style });
  if (type === "text") return h("p", { style, class: "text-secondary mb-0" }, text);
  const words = [nameOfType(type), readonly && "只读", validate?.required && "必填"].filter(Boolean).join(" · ");
  return h(
    "div",
    { style },
    h("span", { class: "fjs-form-field-label" }, label ?? dateLabel),
    components ? h(Contents, { components }) : h("span", { class: "gc-shared-part-field" }, words),
  );
}
