// Keeps the drawing: 1.5 s after the last change it is sent with the etag of what it was begun from, so that whoever
// saved in between is never overwritten.
const PAUSE = 1500;
const TRY_AGAIN = 10_000;

export class Autosave {
  /**
   * `read` resolves to the XML; `onState(state, answer)` hears what became of it: saved, unsaved, saving, conflict,
   * refused, failed or closed.
   */
  constructor({ address, etag, token, read, onState }) {
    Object.assign(this, { address, etag, token, read, onState });
    this.state = "saved";
    this.timer = 0;
    this.running = null;
    window.addEventListener("beforeunload", (event) => {
      if (this.pending) event.preventDefault();
    });
  }

  get pending() {
    return !["saved", "closed"].includes(this.state);
  }

  changed() {
    this.again = true;
    if (["conflict", "closed"].includes(this.state)) return;
    if (this.state !== "saving") this.tell("unsaved");
    this.later(PAUSE);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** Saves now what is not saved yet; resolves to whether everything is. */
  async save() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (["conflict", "closed"].includes(this.state)) return false;
    if (!this.again) return this.state === "saved";
    this.again = false;
    this.tell("saving");
    this.running = this.send();
    await this.running;
    this.running = null;
    return this.state === "saved";
  }

  async send() {
    let answer;
    try {
      answer = await fetch(this.address, {
        method: "PUT",
        headers: { "Content-Type": "application/xml", "If-Match": `"${this.etag}"`, "X-CSRFToken": this.token },
        body: await this.read(),
        redirect: "error",
      });
    } catch (error) {
      console.warn(error);
      return this.failed("网络中断或登录已失效，稍后自动重试。");
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.etag = said.etag;
      return this.tell(this.again ? "unsaved" : "saved", said);
    }
    if (answer.status === 412) return this.tell("conflict", said);
    if (answer.status === 409) return this.tell("closed", said);
    this.again = true;
    if (answer.status === 422 || answer.status === 413) return this.tell("refused", said);
    return this.failed(said.detail ?? "服务暂不可用，稍后自动重试。");
  }

  failed(detail) {
    this.again = true;
    this.tell("failed", { detail });
    this.later(TRY_AGAIN);
  }

  tell(state, answer = {}) {
    this.state = state;
    this.onState(state, answer);
  }
}
