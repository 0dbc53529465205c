// Which sections an element shows, from its type. `shape` names what a section consists of: when it changes, the
// section is built anew; otherwise its fields only take the model's new values.
import { getBusinessObject, is } from "../model";
import { callActivity } from "./call_activity";
import { flow, flowShape } from "./flow";
import { gateway } from "./gateway";
import { documentation, general } from "./general";
import { lane } from "./lane";
import { message } from "./message";
import { ending, place } from "./place";
import { process } from "./process";
import { serviceShape, serviceTask } from "./service_task";
import { severalPeople, severalShape } from "./several_people";
import { timer, timerShape } from "./timer";
import { due, dueShape, separation, userTask } from "./user_task";

const SECTIONS = [
  { title: "", fits: () => true, fields: general },
  {
    title: "",
    fits: (node) => is(node, "bpmn:Process") || is(node, "bpmn:Participant") || is(node, "bpmn:Collaboration"),
    fields: process,
  },
  { title: "", fits: (node) => is(node, "bpmn:Lane"), fields: lane },
  { title: "办理", fits: (node) => is(node, "bpmn:UserTask"), fields: userTask },
  { title: "期限", fits: (node) => is(node, "bpmn:UserTask"), fields: due, shape: dueShape },
  { title: "服务", fits: (node) => is(node, "bpmn:ServiceTask"), fields: serviceTask, shape: serviceShape },
  { title: "引用", fits: (node) => is(node, "bpmn:CallActivity"), fields: callActivity },
  { title: "消息", fits: (node) => is(node, "bpmn:ReceiveTask") || hasDefinition(node, "Message"), fields: message },
  { title: "时限", fits: (node) => hasDefinition(node, "Timer"), fields: timer, shape: timerShape },
  { title: "分支", fits: (node) => is(node, "bpmn:ExclusiveGateway"), fields: gateway },
  { title: "条件", fits: (node) => is(node, "bpmn:SequenceFlow"), fields: flow, shape: flowShape },
  { title: "状态与环节", fits: isPlaced, fields: place },
  { title: "结果", fits: endsTheCase, fields: ending },
  { title: "多人办理", fits: (node) => is(node, "bpmn:UserTask"), fields: severalPeople, shape: severalShape },
  { title: "分工制约", fits: (node) => is(node, "bpmn:UserTask"), fields: separation },
  { title: "", fits: (node) => is(node, "bpmn:FlowNode"), fields: documentation },
];
const KINDS = {
  "bpmn:UserTask": "人工任务",
  "bpmn:ServiceTask": "服务任务",
  "bpmn:ReceiveTask": "接收任务",
  "bpmn:CallActivity": "引用流程",
  "bpmn:SubProcess": "子流程",
  "bpmn:ExclusiveGateway": "排他网关",
  "bpmn:ParallelGateway": "并行网关",
  "bpmn:EventBasedGateway": "事件网关",
  "bpmn:StartEvent": "开始",
  "bpmn:EndEvent": "结束",
  "bpmn:IntermediateCatchEvent": "等待事件",
  "bpmn:BoundaryEvent": "边界事件",
  "bpmn:SequenceFlow": "流向",
  "bpmn:Lane": "泳道",
  "bpmn:Participant": "流程",
  "bpmn:Collaboration": "流程",
  "bpmn:Process": "流程",
  "bpmn:TextAnnotation": "批注",
};

export function sectionsOf(model, element) {
  const node = getBusinessObject(element);
  return SECTIONS.filter((section) => section.fits(node, model));
}

export function kindOf(element) {
  return KINDS[getBusinessObject(element).$type] ?? "图形";
}

function hasDefinition(node, kind) {
  return node.eventDefinitions?.[0]?.$type === `bpmn:${kind}EventDefinition`;
}

function isPlaced(node) {
  const types = [
    "UserTask",
    "ServiceTask",
    "ReceiveTask",
    "CallActivity",
    "SubProcess",
    "IntermediateCatchEvent",
    "BoundaryEvent",
    "EventBasedGateway",
  ];
  return types.some((type) => is(node, `bpmn:${type}`));
}

/** Only the main process ends the case; the end of a call merely leads back. */
function endsTheCase(node, model) {
  return is(node, "bpmn:EndEvent") && model.terms.main && node.$parent?.$type === "bpmn:Process";
}
