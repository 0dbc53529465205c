// Keeps what is edited a moment after it changes; a colleague's newer version is never overwritten.
const PAUSE = 1200;
const AGAIN = 5000;

export class Saving {
  constructor(page, written) {
    this.page = page;
    this.written = written;
    this.etag = page.dataset.etag;
    this.editable = page.dataset.editable === "true";
    this.kept = null;
    this.timer = null;
    this.sending = false;
    page.querySelector("[data-reload]").addEventListener("click", () => {
      this.editable = false; // what is here is given up knowingly
      location.reload();
    });
    addEventListener("beforeunload", (event) => {
      if (this.editable && (this.timer || this.sending)) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.timer) this.save();
    });
  }

  soon(pause = PAUSE) {
    if (!this.editable) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
    this.state("正在保存…");
  }

  async save() {
    if (this.sending) return this.soon(); // one after the other: each needs the etag of the one before
    clearTimeout(this.timer);
    this.timer = null;
    const body = this.written();
    if (body === this.kept) return this.state("已保存");
    this.sending = true;
    try {
      await this.send(body);
    } catch {
      this.state("未保存");
      this.say("网络不通，修改尚未保存，将自动重试。");
      this.timer = setTimeout(() => this.save(), AGAIN);
    } finally {
      this.sending = false;
    }
  }

  async send(body) {
    const headers = {
      "Content-Type": "application/json",
      "If-Match": `"${this.etag}"`,
      "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
    };
    const answer = await fetch(this.page.dataset.contentUrl, { method: "PUT", headers, body });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.etag = said.etag;
      this.kept = body;
      this.say("");
      if (!this.timer) this.state(`已保存 ${new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })}`);
      return;
    }
    const final = [400, 401, 403, 404, 409, 412].includes(answer.status);
    if (final) this.editable = false;
    this.state("未保存");
    this.say(said.detail ?? "未能保存，请导出自己的版本后刷新页面。", final);
  }

  /** A sentence above the editor, "" for none; `final`: nothing more is saved from here. */
  say(words, final = false) {
    this.page.querySelector("[data-problem]").hidden = !words;
    this.page.querySelector("[data-problem-words]").textContent = words;
    this.page.querySelector("[data-problem-actions]").hidden = !final;
  }

  state(words) {
    this.page.querySelector("[data-saved]").textContent = words;
  }
}
