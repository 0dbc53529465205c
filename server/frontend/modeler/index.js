// The diagram editor's page: the drawing, the panel beside it, the findings below it, and the draft it is saved in.
import { Saving } from "../saving.js";
import { Banners } from "./banners";
import { createCanvas, goTo, open, xmlOf } from "./canvas";
import { ask, download } from "./dom";
import { Findings } from "./findings";
import { Model } from "./model";
import { Panel } from "./panel";
import { Toolbar } from "./toolbar";
import { Scope } from "./variables";

const NARROW = window.matchMedia("(max-width: 1180px)"); // the minimap would cover too much

class Workbench {
  constructor(page) {
    this.page = page;
    this.given = JSON.parse(page.querySelector("[data-diagram]").textContent);
    const { given } = this;
    this.canvas = createCanvas(page.querySelector("[data-canvas]"), given);
    this.scope = new Scope();
    this.model = new Model(this.canvas, given.terms, this.scope);
    this.findings = new Findings(this.canvas, page.querySelector("[data-findings]"), given);
    this.panel = new Panel(
      page.querySelector("[data-panel]"),
      this.model,
      {
        addresses: given.addresses,
        show: (id) => goTo(this.canvas, id),
        findingsOf: (id) => this.findings.nodesOf(id),
      },
      given,
    );
    this.toolbar = new Toolbar(page, this.canvas, this.actions());
    this.banners = new Banners(page.querySelector("[data-banners]"), {
      reload: () => this.reload(),
      exportOwn: () => this.exportFile(),
      retry: () => this.saving.save(),
    });
    this.saving = this.keeper();
    this.listen();
  }

  keeper() {
    return new Saving({
      address: this.given.addresses.content,
      type: "application/xml",
      etag: this.given.etag,
      token: document.querySelector("meta[name=csrf-token]").content,
      write: () => this.read(),
      tell: (state, answer) => {
        this.toolbar.state(state);
        this.banners.show(state, answer);
        if (state === "saved" && !this.leaving) this.check();
      },
    });
  }

  /** What is drawn; where everything was undone, the very file that was opened, which then counts as unchanged. */
  async read() {
    const untouched = this.begun && !this.canvas.get("commandStack").canUndo();
    return untouched ? this.begun : xmlOf(this.canvas);
  }

  async start() {
    await open(this.canvas, this.given.xml);
    this.begun = this.given.xml;
    this.toolbar.state(this.given.editable ? "saved" : "readonly");
    if (!NARROW.matches) this.canvas.get("minimap").open();
    const wanted = new URLSearchParams(location.search).get("element");
    if (wanted) goTo(this.canvas, wanted);
    await this.check();
  }

  listen() {
    const events = this.canvas.get("eventBus");
    events.on("commandStack.changed", ({ trigger }) => {
      if (trigger !== "clear") this.saving.changed();
    });
    events.on("selection.changed", ({ newSelection }) =>
      this.page.classList.toggle("workbench-selected", newSelection.length > 0),
    );
    // A double click on a call opens what is called; its name is changed in the panel.
    events.on("element.dblclick", 2000, ({ element }) => {
      const called = element.businessObject?.calledElement;
      if (called) this.leaveFor(this.given.addresses.diagrams + called);
      return called ? false : undefined;
    });
    events.on("tokenSimulation.toggleMode", ({ active }) => {
      this.toolbar.simulating = active;
      this.page.classList.toggle("workbench-simulating", active);
      this.toolbar.refresh();
    });
    // Whoever follows a link takes along what is not saved yet.
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      const elsewhere = !link || link.download || link.target || event.ctrlKey || event.metaKey || event.shiftKey;
      if (elsewhere || event.defaultPrevented || !this.saving.pending) return;
      event.preventDefault();
      this.leaveFor(link.href);
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        this.keepNow();
      }
    });
    // A form made in another window is offered when one comes back.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.refreshTerms();
      else this.keepNow();
    });
  }

  actions() {
    return {
      undo: () => this.canvas.get("commandStack").undo(),
      redo: () => this.canvas.get("commandStack").redo(),
      check: async () => {
        await this.keepNow();
        await this.check();
        this.page.querySelector("[data-findings]").open = true;
      },
      import: () => this.page.querySelector("[data-file]").click(),
      export: () => this.exportFile(),
      simulate: () => this.simulate(),
      fit: () => this.canvas.get("canvas").zoom("fit-viewport", "auto"),
      closer: () => this.canvas.get("zoomScroll").stepZoom(1),
      wider: () => this.canvas.get("zoomScroll").stepZoom(-1),
      panel: () => this.page.classList.toggle("workbench-panel-away"),
    };
  }

  async keepNow() {
    if (!this.given.editable || this.toolbar.simulating) return true;
    this.panel.flush();
    return this.saving.save();
  }

  /** Saves and goes; where saving fails the browser asks whether to leave without. */
  async leaveFor(address) {
    this.leaving = true;
    await this.keepNow();
    this.leaving = false;
    location.assign(address);
  }

  async check() {
    const answer = await this.findings.ask();
    if (answer) this.scope.known = answer.scope;
    this.panel.refresh();
  }

  async refreshTerms() {
    const answer = await fetch(this.given.addresses.terms, { redirect: "error" }).catch(() => null);
    if (!answer?.ok) return;
    this.model.terms = await answer.json();
    this.panel.refresh();
  }

  /** What is drawn is saved before. Where that failed a later try saves it: without the simulation's colours. */
  async simulate() {
    await this.keepNow();
    this.canvas.get("toggleMode").toggleMode();
  }

  reload() {
    this.saving.abandon(); // what is left behind was agreed to
    location.reload();
  }

  async exportFile() {
    this.panel.flush();
    download(`${this.given.process}.bpmn`, await xmlOf(this.canvas), "application/xml");
  }

  async importFile(file) {
    if (!file || !(await ask(`用“${file.name}”的内容替换当前流程图吗？替换后不能撤销；需要时请先导出。`, "替换")))
      return;
    const before = await this.read();
    const wrong = await this.replace(await file.text());
    if (!wrong) {
      this.begun = null;
      this.saving.changed();
      return;
    }
    await open(this.canvas, before);
    this.begun = before;
    this.banners.say("未导入", wrong);
  }

  /** Shows other content; answers why it cannot be taken, or nothing. */
  async replace(xml) {
    try {
      await open(this.canvas, xml);
    } catch (error) {
      return `文件不是可以显示的BPMN流程图（${error.message.slice(0, 120)}）。`;
    }
    const { process } = this.model;
    return process?.id === this.given.process
      ? ""
      : `文件中的流程编号是“${process?.id ?? "无"}”，应为“${this.given.process}”。`;
  }
}

const workbench = new Workbench(document.querySelector("[data-workbench]"));
const file = document.querySelector("[data-file]");
file?.addEventListener("change", async () => {
  await workbench.importFile(file.files[0]);
  file.value = "";
});
workbench.start().catch((error) => {
  console.error(error);
  workbench.banners.say("流程图无法显示", error.message);
});
// For the browser tests and for support: what is drawn, as bpmn-js knows it.
window.diagramEditor = workbench.canvas;
