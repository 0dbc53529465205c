// A server that answers what a test says, and an editor's page without a browser.
import { mock } from "node:test";

import { Saving } from "../../server/frontend/saving.js";

/** Lets everything run that waits for nothing but its turn. */
export async function settled() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

export function pass(seconds) {
  mock.timers.tick(seconds * 1000);
  return settled();
}

export const kept = (etag) => () => new Response(JSON.stringify({ etag }));
export const refuses = (status, said) => () => new Response(said ? JSON.stringify(said) : "<html>", { status });
export const silent = () => {
  throw new TypeError("Failed to fetch");
};

/** An editor whose content is `text`, and the requests that its keeper sends to be answered by `answers` in turn. */
export class Office {
  constructor(...answers) {
    mock.timers.enable({ apis: ["setTimeout"] });
    Object.assign(this, { answers, text: "", requests: [], told: [], page: new EventTarget() });
    mock.method(console, "warn", () => {});
    mock.method(console, "error", () => {});
    mock.method(globalThis, "fetch", (address, sent) => this.receive(address, sent));
    this.saving = new Saving({
      address: "/content",
      type: "text/plain",
      etag: "e0",
      token: "token",
      write: () => this.text,
      tell: (state, said) => this.told.push([state, said.detail ?? ""]),
      page: this.page,
    });
  }

  receive(address, { method, headers, body, redirect, signal }) {
    this.requests.push({ address, method, body, redirect, begun: headers["If-Match"], token: headers["X-CSRFToken"] });
    const next = this.answers.shift();
    if (!next) throw new Error("nobody expected this request");
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      Promise.resolve().then(next).then((answer) => answer && resolve(answer), reject);
    });
  }

  type(text) {
    this.text = text;
    this.saving.changed();
  }

  get state() {
    return this.told.at(-1)?.[0] ?? "saved";
  }

  get words() {
    return this.told.at(-1)[1];
  }

  get sent() {
    return this.requests.map(({ begun, body }) => `${begun} ${body}`);
  }

  /** Whether the browser would ask before leaving. */
  get warns() {
    const event = new Event("beforeunload", { cancelable: true });
    this.page.dispatchEvent(event);
    return event.defaultPrevented;
  }
}

export function close() {
  mock.timers.reset();
  mock.restoreAll();
}
