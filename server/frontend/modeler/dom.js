// Elements in one call, and a question that wants an answer.

/** A DOM element with properties, then children: nodes or texts. */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat());
  return node;
}

export function button(label, onClick, className = "btn btn-sm") {
  const node = make("button", { type: "button", className }, label);
  node.addEventListener("click", onClick);
  return node;
}

export function icon(name) {
  return make("i", { className: `ti ${name}`, ariaHidden: "true" });
}

/** Asks in a dialog; resolves to whether the answer was yes. */
export function ask(question, yes) {
  const dialog = make("dialog", { className: "confirm" });
  const answer = (value) =>
    button(value ? yes : "取消", () => dialog.close(value ? "yes" : ""), value ? "btn btn-primary" : "btn");
  dialog.append(
    make("p", {}, question),
    make("div", { className: "d-flex justify-content-end gap-2" }, answer(false), answer(true)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}

export function download(name, text, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
