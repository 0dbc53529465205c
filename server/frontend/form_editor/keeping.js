// How a form's page keeps what is edited, and says above the editor what is not kept and what can be done.
import { PROBLEMS, Saving } from "../saving.js";

/** The keeper of the form on this page; `written` gives the form as it is by now. */
export function keeper(page, written) {
  const saving = new Saving({
    address: page.dataset.contentUrl,
    type: "application/json",
    etag: page.dataset.etag,
    token: document.querySelector("meta[name=csrf-token]").content,
    write: written,
    tell: (state, { detail }) => show(page, state, detail),
    same: sameForm,
  });
  page.querySelector("[data-offer=retry]").addEventListener("click", () => saving.save());
  page.querySelector("[data-offer=reload]").addEventListener("click", () => {
    saving.abandon();
    location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saving.save();
  });
  return saving;
}

/** A sentence above the editor, "" for none, with the actions that are offered. */
export function say(page, words, offers = []) {
  page.querySelector("[data-problem]").hidden = !words;
  page.querySelector("[data-problem-words]").textContent = words;
  for (const button of page.querySelectorAll("[data-offer]")) button.hidden = !offers.includes(button.dataset.offer);
}

function show(page, state, detail) {
  const problem = PROBLEMS[state];
  if (problem) say(page, `${problem.title}：${detail}`, problem.offers);
  else if (state !== "saving") say(page, "");
  page.querySelector("[data-saved]").textContent = inWords(state);
}

function inWords(state) {
  if (state === "saving") return "正在保存…";
  if (state !== "saved") return "未保存";
  return `已保存 ${new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })}`;
}

/** The server writes a form's own properties in an order of its own. */
function sameForm(one, other) {
  const [first, second] = [one, other].map((text) => JSON.stringify(Object.entries(JSON.parse(text)).sort()));
  return first === second;
}
