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
    changeRows(form, submitter);
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

/**
 * Adds or removes a row of a list in place; the server renders it, and what was typed elsewhere stays. Where there is no
 * such list in the answer the form is sent as it is without scripts; where there is no answer the page stays as it is.
 */
async function changeRows(form, submitter) {
  const list = document.getElementById(`f-${submitter.value.split(":")[0]}`);
  const data = new URLSearchParams(new FormData(form));
  data.append(submitter.name, submitter.value);
  list.disabled = true; // what was typed into it by now would be lost
  const heard = await post(form.action, data);
  list.disabled = false;
  if (!heard?.answer.ok) {
    sayBeside(submitter, `${whyNoRow(heard)}填写的内容仍在本页，请稍后再试。`);
    return;
  }
  const fresh = heard.page.getElementById(list.id);
  if (!fresh) {
    sendPlainly(form, submitter);
    return;
  }
  list.replaceWith(fresh);
  const rows = fresh.querySelectorAll(":scope > fieldset");
  const next = submitter.name === "_add" ? rows[rows.length - 1] : fresh;
  (next.querySelector("input, select, textarea") ?? fresh).focus();
}

/** The answer to a form and the page in it, or null where none came. */
async function post(address, data) {
  try {
    const answer = await fetch(address, { method: "POST", body: data, redirect: "manual" });
    return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } catch (error) {
    console.warn(error);
    return null;
  }
}

/** Sends a form as a browser without scripts does when this button is pressed. */
function sendPlainly(form, submitter) {
  const chosen = document.createElement("input");
  chosen.type = "hidden";
  chosen.name = submitter.name;
  chosen.value = submitter.value;
  form.append(chosen);
  HTMLFormElement.prototype.submit.call(form);
}

function whyNoRow(heard) {
  if (!heard) return "网络中断，未能增减行。";
  if (heard.answer.type === "opaqueredirect") return "登录已失效，未能增减行；请先在新窗口登录。";
  return errorIn(heard.page) || "服务暂不可用，未能增减行。";
}

function sayBeside(button, text) {
  const words = button.parentElement.querySelector(":scope > [data-row-error]") ?? document.createElement("div");
  words.dataset.rowError = "";
  words.className = "invalid-feedback d-block";
  words.setAttribute("role", "alert");
  words.textContent = text;
  button.after(words);
  button.focus();
}

/** What a page of the server says went wrong; "" for another page. */
function errorIn(page) {
  const error = page.querySelector("[role=alert], .alert-danger, .empty-subtitle, main");
  return error?.textContent.trim().replace(/\s+/g, " ").slice(0, 300) ?? "";
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
    words.textContent = errorIn(answer) || "上传未成功，请稍后重试。";
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
