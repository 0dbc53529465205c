// Comfort for the pages; every page works without it.
import "@tabler/core/dist/js/tabler.esm.js";
import htmx from "htmx.org";

window.htmx = htmx;
htmx.config.allowEval = false; // the pages' CSP forbids it anyway
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0; // pages hold personal data: none of it is left in the browser's storage

/** A form that was sent is not sent twice by an impatient second click. */
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const submitter = event.submitter;
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && form.dataset.confirmed !== "true") {
    event.preventDefault();
    event.stopPropagation();
    ask(question).then((agreed) => {
      if (!agreed) return;
      form.dataset.confirmed = "true";
      form.requestSubmit(submitter);
    });
    return;
  }
  delete form.dataset.confirmed;
  if (submitter?.matches("[name=_add], [name=_remove]") && !event.defaultPrevented) {
    event.preventDefault();
    changeRows(form, submitter).catch(() => location.reload());
    return;
  }
  if (event.defaultPrevented || form.method === "get" || form.hasAttribute("hx-post")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  if (form.matches("[data-upload]")) {
    event.preventDefault();
    upload(form, submitter);
  }
}, true);

// Coming back with the browser's button shows the page as it was left: its forms may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => sent.delete(form)));

// Whoever sent a form with errors hears of them first.
document.querySelector("#form-errors")?.focus();

// One box ticks all of its section.
document.querySelectorAll("[data-tick-all]").forEach((label) => {
  label.hidden = false;
  label.querySelector("input").addEventListener("change", ({ target }) => {
    label.closest("[data-tick-section]").querySelectorAll("input[name=chosen]").forEach((box) => (box.checked = target.checked));
  });
});

/** Adds or removes a row of a list in place; the server renders it, and what was typed elsewhere stays. */
async function changeRows(form, submitter) {
  const id = `f-${submitter.value.split(":")[0]}`;
  const data = new URLSearchParams(new FormData(form));
  data.append(submitter.name, submitter.value);
  const answer = await fetch(form.action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = page.getElementById(id);
  if (!answer.ok || !list) throw new Error(`no list ${id} in the answer`);
  document.getElementById(id).replaceWith(list);
  const rows = list.querySelectorAll(":scope > fieldset");
  const next = submitter.name === "_add" ? rows[rows.length - 1] : list;
  (next.querySelector("input, select, textarea") ?? list).focus();
}

/** Asks in a dialog; answers whether the person agreed. */
function ask(question) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  const words = document.createElement("p");
  words.textContent = question;
  const buttons = document.createElement("form");
  buttons.method = "dialog";
  buttons.className = "d-flex justify-content-end gap-2";
  for (const [value, label, look] of [["", "取消", "btn"], ["yes", "确定", "btn btn-primary"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = label;
    button.className = look;
    buttons.append(button);
  }
  dialog.append(words, buttons);
  document.body.append(dialog);
  return new Promise((resolve) => {
    // Not a form of the page: it must not reach the listener above.
    buttons.addEventListener("submit", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}

/** Sends a form with files while showing how far it is; then shows the page that the server answered with. */
function upload(form, submitter) {
  const limit = Number(form.dataset.maxBytes ?? 0);
  const tooLarge = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]).find((file) => limit && file.size > limit);
  const { bar, words } = progressOf(form);
  if (tooLarge) {
    sent.delete(form);
    words.textContent = `“${tooLarge.name}”超过 ${Math.floor(limit / 1048576)} MB，请压缩或拆分后再上传。`;
    return;
  }
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const request = new XMLHttpRequest();
  // A button without the attribute says the page's own address here, not the form's.
  request.open("POST", submitter?.hasAttribute("formaction") ? submitter.formAction : form.action);
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    bar.value = loaded / total;
    words.textContent = loaded < total ? `已上传 ${Math.floor((100 * loaded) / total)}%` : "正在保存…";
  });
  request.addEventListener("load", () => {
    sent.delete(form);
    if (request.status < 400) {
      const here = location.href.split("#")[0];
      if (request.responseURL.split("#")[0] === here) location.reload();
      else location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const error = answer.querySelector("[role=alert], .alert-danger, .empty-subtitle, main");
    words.textContent = error?.textContent.trim().replace(/\s+/g, " ").slice(0, 300) || "上传未成功，请稍后重试。";
    words.classList.add("text-danger");
  });
  request.addEventListener("error", () => {
    sent.delete(form);
    words.textContent = "网络中断，文件未上传，请重试。";
    words.classList.add("text-danger");
  });
  request.send(data);
}

function progressOf(form) {
  form.querySelector(".upload-progress")?.remove();
  const holder = document.createElement("div");
  holder.className = "upload-progress";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "上传进度");
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  words.textContent = "开始上传…";
  holder.append(bar, words);
  form.append(holder);
  return { bar, words };
}
