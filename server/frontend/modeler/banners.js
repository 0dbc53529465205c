// What went wrong with saving, above the drawing, with what can be done about it.
import { PROBLEMS } from "../saving.js";
import { ask, button, make } from "./dom";

export class Banners {
  constructor(holder, { reload, exportOwn, retry }) {
    Object.assign(this, { holder, reload, exportOwn, retry });
  }

  show(state, { detail = "", findings = [] }) {
    if (!(state in PROBLEMS)) {
      if (state !== "saving") this.holder.replaceChildren();
      return;
    }
    const list = findings.slice(0, 5).map((each) => make("li", {}, `${each.message} ${each.mend}`));
    const words = make(
      "div",
      {},
      make("strong", {}, PROBLEMS[state].title),
      detail ? `：${detail}` : "",
      list.length ? make("ul", { className: "mb-0" }, list) : "",
    );
    const tone = state === "failed" ? "alert-warning" : "alert-danger";
    this.holder.replaceChildren(
      make(
        "div",
        { className: `alert ${tone} workbench-banner`, role: "alert" },
        words,
        make("div", { className: "btn-list" }, this.actions(state)),
      ),
    );
  }

  say(title, detail) {
    const close = button("知道了", () => this.holder.replaceChildren());
    this.holder.replaceChildren(
      make(
        "div",
        { className: "alert alert-danger workbench-banner", role: "alert" },
        make("div", {}, make("strong", {}, title), `：${detail}`),
        close,
      ),
    );
  }

  actions(state) {
    const offers = {
      retry: () => button("立即重试", this.retry),
      export: () => button("另存本地（导出我的版本）", this.exportOwn),
      reload: () => button("查看他人版本（重新载入）", () => this.reloadIfAgreed(), "btn btn-sm btn-primary"),
    };
    return PROBLEMS[state].offers.map((name) => offers[name]());
  }

  async reloadIfAgreed() {
    const question = "重新载入后，你尚未保存的修改将不再保留；需要的请先另存本地。确定重新载入吗？";
    if (await ask(question, "重新载入")) this.reload();
  }
}
