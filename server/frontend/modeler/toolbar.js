// The line above the drawing: what is saved, and what can be done with the whole diagram.
const STATES = {
  saved: "已保存",
  unsaved: "未保存",
  saving: "正在保存…",
  conflict: "有冲突",
  refused: "未保存",
  unwritable: "未保存",
  failed: "未保存",
  closed: "未保存",
  readonly: "只读",
};

export class Toolbar {
  /** `actions` maps the data-does of a button to what it does. */
  constructor(holder, canvas, actions) {
    Object.assign(this, { holder, canvas });
    for (const node of holder.querySelectorAll("[data-does]"))
      node.addEventListener("click", () => actions[node.dataset.does]());
    canvas.get("eventBus").on(["commandStack.changed", "import.done"], () => this.refresh());
    this.simulating = false;
    this.refresh();
  }

  state(state) {
    const chip = this.holder.querySelector("[data-state]");
    chip.dataset.state = state;
    chip.textContent = STATES[state];
  }

  refresh() {
    const stack = this.canvas.get("commandStack", false);
    this.enable("undo", stack?.canUndo() && !this.simulating);
    this.enable("redo", stack?.canRedo() && !this.simulating);
    for (const name of ["import", "export", "check"]) this.enable(name, !this.simulating);
    const toggle = this.holder.querySelector("[data-does=simulate]");
    toggle.setAttribute("aria-pressed", String(this.simulating));
    toggle.classList.toggle("active", this.simulating);
  }

  enable(name, may) {
    const node = this.holder.querySelector(`[data-does=${name}]`);
    if (node) node.disabled = !may;
  }
}
