// Keeps what an editor holds: a moment after the last change it is sent, with the etag of what it was begun from. One
// request at a time, so that nothing overtakes itself and whoever saved in between is never overwritten.

const SECOND = 1000;
const PAUSE = 1.5 * SECOND; // after the last change
const WAITS = [2, 5, 10, 30, 60].map((seconds) => seconds * SECOND); // before each new try
const PATIENCE = 60 * SECOND; // a request without an answer has failed

/** What is not kept, by state: its title, and what can be done about it. */
export const PROBLEMS = {
  failed: { title: "暂时未能保存", offers: ["retry"] },
  refused: { title: "当前内容未能保存", offers: ["retry", "export"] },
  unwritable: { title: "当前内容未能保存", offers: ["retry"] },
  conflict: { title: "他人已保存了新的内容", offers: ["export", "reload"] },
  closed: { title: "草稿目前不能修改", offers: ["retry", "export", "reload"] },
};

const WORDS = {
  unanswered: "网络中断或服务没有响应，修改尚未保存，将自动重试。",
  unavailable: "服务暂不可用，修改尚未保存，将自动重试。",
  busy: "操作过于频繁，修改尚未保存，稍后自动重试。",
  clash: "其他人正在办理同一草稿，修改尚未保存，将自动重试。",
  conflict: "你的修改没有覆盖它，尚未保存。",
  unwritable: "编辑器无法把当前内容写成文件。请撤销最近的修改后再试；仍不能保存的，请联系系统管理员",
  signedOut: "登录已失效。请在新窗口登录后，回到本页重试。",
  refused: "服务器没有接受当前内容。",
};
const REFUSALS = {
  400: "页面已过期。请先导出自己的版本，再重新打开本页。",
  403: "当前登录的用户无权修改本草稿。",
  404: "草稿中已没有这一文件，可能已被移除。",
  413: "内容过大，超过允许的大小。请精简后重试。",
};

export class Saving {
  /**
   * `write` gives the content (or a promise of it); `tell(state, {detail, findings})` hears what became of it: saved,
   * unsaved, saving, or one of PROBLEMS. `same` says whether what the server has is what was sent.
   */
  constructor({ address, type, etag, token, write, tell, same = (one, other) => one === other, page = window }) {
    Object.assign(this, { address, type, etag, token, write, tell, same });
    this.state = "saved";
    this.dirty = false; // something is neither kept nor on its way
    this.turn = Promise.resolve();
    this.tries = 0;
    this.unsure = new Set(); // what was sent and never answered for
    page.addEventListener("beforeunload", (event) => {
      if (this.pending) event.preventDefault();
    });
    page.addEventListener("online", () => {
      if (this.state === "failed") this.save();
    });
  }

  /** Whether something would be lost by leaving. */
  get pending() {
    return this.state !== "saved" && !this.abandoned;
  }

  changed() {
    this.dirty = true;
    if (["conflict", "closed"].includes(this.state)) return; // somebody decides first
    if (this.state === "failed") return; // the next try takes it along
    if (this.state !== "saving") this.become("unsaved");
    this.later(PAUSE);
  }

  /** Saves now what is not kept; resolves to whether everything is. */
  async save() {
    clearTimeout(this.timer);
    this.turn = this.turn.then(() => this.send());
    await this.turn;
    return this.state === "saved";
  }

  /** What is not kept is given up knowingly: nothing holds whoever leaves. */
  abandon() {
    clearTimeout(this.timer);
    this.abandoned = true;
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  async send() {
    if (!this.dirty || this.state === "conflict" || this.abandoned) return;
    this.dirty = false;
    this.become("saving");
    let content;
    try {
      content = await this.write();
    } catch (error) {
      console.error(error);
      this.lacks("unwritable", { detail: `${WORDS.unwritable}（${error.message}）。` });
      return;
    }
    if (content === this.kept) this.keeps();
    else await this.hear(content, await this.request("PUT", content));
  }

  /** An answer with what it says, or null when none came. */
  async request(method, content) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    const headers = content === undefined ? {} : this.headers();
    try {
      const sent = { method, headers, body: content, redirect: "manual", signal: patience.signal };
      const answer = await fetch(this.address, sent);
      return { answer, text: await answer.text() };
    } catch (error) {
      console.warn(error);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  headers() {
    return { "Content-Type": this.type, "If-Match": `"${this.etag}"`, "X-CSRFToken": this.token };
  }

  async hear(content, heard) {
    const status = heard?.answer.status;
    const said = heard ? parsed(heard.text) : {};
    if (isAway(heard)) {
      this.unsure.add(content); // it may have been kept all the same
      this.failed(said.detail ?? (heard ? WORDS.unavailable : WORDS.unanswered));
    } else if (heard.answer.ok) {
      this.etag = said.etag;
      this.kept = content;
      this.unsure.clear();
      this.keeps(said);
    } else if (status === 412) {
      await this.settle();
    } else if (status === 429) {
      this.failed(said.detail ?? WORDS.busy);
    } else if (status === 409 && !said.detail) {
      this.failed(WORDS.clash); // the draft's state would have been named
    } else {
      this.refused(heard.answer, said);
    }
  }

  /** Somebody saved since: perhaps we ourselves, with a request whose answer was lost. */
  async settle() {
    this.dirty = true;
    if (!this.unsure.size) return this.lacks("conflict", { detail: WORDS.conflict });
    const heard = await this.request("GET");
    if (isAway(heard)) return this.failed(WORDS.unanswered);
    const ours = heard.answer.ok ? [...this.unsure].find((each) => this.same(heard.text, each)) : undefined;
    if (ours === undefined) return this.lacks("conflict", { detail: WORDS.conflict });
    this.etag = heard.answer.headers.get("ETag").replace(/^W\/|"/g, "");
    this.kept = ours;
    this.unsure.clear();
    return this.send();
  }

  keeps(said = {}) {
    this.tries = 0;
    this.become(this.dirty ? "unsaved" : "saved", said);
  }

  failed(detail) {
    this.lacks("failed", { detail });
    this.later(WAITS[Math.min(this.tries, WAITS.length - 1)]);
    this.tries += 1;
  }

  refused({ type, status }, said) {
    const detail = type === "opaqueredirect" ? WORDS.signedOut : (said.detail ?? REFUSALS[status] ?? WORDS.refused);
    this.lacks(status === 409 ? "closed" : "refused", { ...said, detail });
  }

  lacks(state, said) {
    this.dirty = true;
    this.become(state, said);
  }

  become(state, said = {}) {
    this.state = state;
    this.tell(state, said);
  }
}

function isAway(heard) {
  return !heard || heard.answer.status >= 500;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // a page, as from a proxy
  }
}
