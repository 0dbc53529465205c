// What may be drawn (workflows/engine/model.py): palette, context pad and replace menu offer this and nothing else.
const MESSAGE = { eventDefinitionType: "bpmn:MessageEventDefinition" };
const TIMER = { eventDefinitionType: "bpmn:TimerEventDefinition" };

/** key, group of the palette, icon, Chinese, BPMN type, options of the shape */
const CONSTRUCTS = [
  ["start", "event", "start-event-none", "开始", "bpmn:StartEvent"],
  ["end", "event", "end-event-none", "结束", "bpmn:EndEvent"],
  [
    "message",
    "event",
    "intermediate-event-catch-message",
    "等待消息（拖到任务边框上为中断）",
    "bpmn:IntermediateCatchEvent",
    MESSAGE,
  ],
  [
    "timer",
    "event",
    "intermediate-event-catch-timer",
    "等待时限（拖到任务边框上为逾期）",
    "bpmn:IntermediateCatchEvent",
    TIMER,
  ],
  ["user-task", "activity", "user-task", "人工任务", "bpmn:UserTask"],
  ["service-task", "activity", "service-task", "服务任务（系统自动）", "bpmn:ServiceTask"],
  ["call-activity", "activity", "call-activity", "引用流程", "bpmn:CallActivity"],
  ["receive-task", "activity", "receive-task", "接收任务", "bpmn:ReceiveTask"],
  ["exclusive-gateway", "gateway", "gateway-xor", "排他网关：按条件走一条", "bpmn:ExclusiveGateway"],
  ["parallel-gateway", "gateway", "gateway-parallel", "并行网关：同时走各条", "bpmn:ParallelGateway"],
  ["event-gateway", "gateway", "gateway-eventbased", "事件网关：先到者定", "bpmn:EventBasedGateway"],
  ["annotation", "artifact", "text-annotation", "批注", "bpmn:TextAnnotation"],
];
const BEHIND_A_NODE = [
  "user-task",
  "service-task",
  "call-activity",
  "exclusive-gateway",
  "parallel-gateway",
  "message",
  "timer",
  "end",
];
const TOOLS = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator"];
const KEPT_IN_PAD = [
  "append.receive-task",
  "append.message-intermediate-event",
  "append.timer-intermediate-event",
  "append.text-annotation",
  "connect",
  "delete",
  "replace",
  "lane-insert-above",
  "lane-insert-below",
  "lane-divide-two",
  "lane-divide-three",
];
const REPLACEMENTS = [
  "replace-with-user-task",
  "replace-with-service-task",
  "replace-with-receive-task",
  "replace-with-call-activity",
  "replace-with-exclusive-gateway",
  "replace-with-parallel-gateway",
  "replace-with-event-based-gateway",
  "replace-with-message-intermediate-catch",
  "replace-with-timer-intermediate-catch",
  "replace-with-message-boundary",
  "replace-with-timer-boundary",
  "replace-with-default-flow",
  "replace-with-sequence-flow",
];
const LOW_PRIORITY = 500; // after bpmn-js's own providers, whose entries are narrowed

class Constructs {
  constructor(palette, contextPad, popupMenu, create, elementFactory, injector) {
    Object.assign(this, { create, elementFactory, autoPlace: injector.get("autoPlace", false) });
    palette.registerProvider(LOW_PRIORITY, this);
    contextPad.registerProvider(LOW_PRIORITY, this);
    popupMenu.registerProvider("bpmn-replace", LOW_PRIORITY, {
      getPopupMenuEntries: () => (entries) => pick(entries, REPLACEMENTS),
      getPopupMenuHeaderEntries: () => () => ({}),
    });
  }

  getPaletteEntries() {
    return (entries) => {
      const drawn = CONSTRUCTS.map(([key, group, icon, title, ...shape]) => {
        const start = (event) => this.create.start(event, this.shape(...shape));
        return [
          `create.${key}`,
          { group, className: `bpmn-icon-${icon}`, title, action: { click: start, dragstart: start } },
        ];
      });
      const start = (event) => this.startSubProcess(event);
      const subProcess = {
        group: "activity",
        className: "bpmn-icon-subprocess-expanded",
        title: "子流程",
        action: { click: start, dragstart: start },
      };
      return { ...pick(entries, TOOLS), ...Object.fromEntries(drawn), "create.sub-process": subProcess };
    };
  }

  getContextPadEntries(element) {
    return (entries) => {
      const kept = pick(entries, KEPT_IN_PAD);
      const appendable = "append.append-task" in entries;
      if (!appendable) return kept;
      const appended = BEHIND_A_NODE.map((key) => {
        const [, , icon, words, ...shape] = CONSTRUCTS.find(([name]) => name === key);
        const title = `添加${words.replace(/[（：].*/, "")}`;
        const start = (event) => this.create.start(event, this.shape(...shape), { source: element });
        const click = (event) => (this.autoPlace ? this.autoPlace.append(element, this.shape(...shape)) : start(event));
        return [
          `append.${key}`,
          { group: "model", className: `bpmn-icon-${icon}`, title, action: { click, dragstart: start } },
        ];
      });
      return { ...Object.fromEntries(appended), ...kept };
    };
  }

  shape(type, options = {}) {
    return this.elementFactory.createShape({ type, ...options });
  }

  startSubProcess(event) {
    const frame = this.elementFactory.createShape({ type: "bpmn:SubProcess", x: 0, y: 0, isExpanded: true });
    const begin = this.elementFactory.createShape({ type: "bpmn:StartEvent", x: 40, y: 82, parent: frame });
    this.create.start(event, [frame, begin], { hints: { autoSelect: [frame] } });
  }
}
Constructs.$inject = ["palette", "contextPad", "popupMenu", "create", "elementFactory", "injector"];

function pick(entries, names) {
  return Object.fromEntries(names.filter((name) => name in entries).map((name) => [name, entries[name]]));
}

export default { __init__: ["constructs"], constructs: ["type", Constructs] };
