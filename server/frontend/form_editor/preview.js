// Shows the form as the server renders it, a moment after each change; what was chosen in the preview stays chosen.
const PAUSE = 350;

export class Preview {
  constructor(page, written, select) {
    this.url = page.dataset.previewUrl;
    this.holder = page.querySelector("[data-preview]");
    this.written = written;
    this.number = 0;
    this.holder.addEventListener("click", (event) => {
      const wrong = event.target.closest("[data-select]");
      if (wrong) select(wrong.dataset.select);
      // Rows of a list are added on a case's own page.
      if (event.target.closest("button[type=submit]")) event.preventDefault();
    });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PAUSE);
  }

  async show() {
    const number = ++this.number;
    const headers = {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
    };
    const answer = await fetch(this.url, { method: "POST", headers, body: this.written() }).catch(() => null);
    if (number !== this.number || !answer) return; // a newer one is under way
    if (!answer.ok) {
      this.holder.textContent = "预览暂不可用。";
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    keepEntries(this.holder, fresh);
    this.holder.replaceChildren(...fresh.childNodes);
  }
}

function keepEntries(from, to) {
  const entries = new Map();
  for (const input of from.querySelectorAll("input, select, textarea")) {
    if (!["radio", "checkbox"].includes(input.type)) entries.set(input.name, input.value);
    else if (input.checked) entries.set(`${input.name}=${input.value}`, true);
  }
  for (const input of to.querySelectorAll("input, select, textarea")) {
    if (["radio", "checkbox"].includes(input.type)) input.checked = entries.has(`${input.name}=${input.value}`);
    else if (entries.has(input.name)) input.value = entries.get(input.name);
  }
}
