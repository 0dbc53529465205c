// Our extension namespace for bpmn-moddle: what the engine reads of an element beside plain BPMN (bpmn/README.md).
const attributes = (...names) => names.map((name) => ({ name, isAttr: true, type: "String" }));

const PLACED = [
  "bpmn:UserTask",
  "bpmn:ServiceTask",
  "bpmn:ReceiveTask",
  "bpmn:CallActivity",
  "bpmn:SubProcess",
  "bpmn:IntermediateCatchEvent",
  "bpmn:BoundaryEvent",
  "bpmn:EventBasedGateway",
];

export default {
  name: "GreenCase",
  prefix: "gc",
  uri: "urn:greencase:bpmn:1",
  xml: { tagAlias: "lowerCase" },
  types: [
    { name: "Waiving", extends: ["bpmn:Process"], properties: attributes("waives", "waiverBasis", "waiverNumber", "waiverDate") },
    { name: "Placed", extends: PLACED, properties: attributes("status", "stage") },
    { name: "Done", extends: ["bpmn:UserTask"], properties: attributes("form", "due", "assignee", "separateFrom", "asks", "does", "seals") },
    { name: "Computed", extends: ["bpmn:ServiceTask"], properties: attributes("result") },
    { name: "Ended", extends: ["bpmn:EndEvent"], properties: attributes("status", "reason") },
    {
      name: "Parameter",
      superClass: ["Element"],
      meta: { allowedIn: ["bpmn:ServiceTask"] },
      properties: attributes("name", "value"),
    },
  ],
};
