// New elements get ids that can be read: the id of a task is the name of the variable that holds its decision.
import BpmnFactory from "bpmn-js/lib/features/modeling/BpmnFactory";
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";

export const ID_FORM = /^[a-z][a-z0-9_]{0,79}$/;

// Types whose own name is long.
const SHORT = {
  IntermediateCatchEvent: "event",
  BoundaryEvent: "event",
  ExclusiveGateway: "gateway",
  ParallelGateway: "parallel",
  EventBasedGateway: "waiting",
  MessageEventDefinition: "message_definition",
  TimerEventDefinition: "timer_definition",
};

class ReadableIds extends BpmnFactory {
  _ensureId(element) {
    if (element.id || !this._needsId(element)) {
      super._ensureId(element);
      return;
    }
    const type = element.$type.replace(/^.*:/, "");
    element.id = freeId(this._model.ids, SHORT[type] ?? snakeCase(type));
    this._model.ids.claim(element.id, element);
  }
}
ReadableIds.$inject = ["moddle"];

/** A sequence flow is called after its ends, as in the shipped diagrams: `site_inspection_to_outcome`. */
class FlowIds extends CommandInterceptor {
  constructor(eventBus, modeling, moddle) {
    super(eventBus);
    const name = (connection) => {
      const { sourceRef, targetRef, $type } = connection.businessObject;
      if ($type !== "bpmn:SequenceFlow" || !sourceRef || !targetRef) return;
      const id = freeId(moddle.ids, `${sourceRef.id}_to_${targetRef.id}`, true);
      modeling.updateProperties(connection, { id });
    };
    this.postExecuted("connection.create", ({ context: { connection } }) => name(connection));
    this.postExecuted("connection.reconnect", ({ context: { connection, oldSource, oldTarget } }) => {
      const before = `${(oldSource ?? connection.source).id}_to_${(oldTarget ?? connection.target).id}`;
      const moved = before !== `${connection.source.id}_to_${connection.target.id}`;
      if (moved && connection.id === before) name(connection);
    });
  }
}
FlowIds.$inject = ["eventBus", "modeling", "moddle"];

function freeId(ids, stem, alone = false) {
  if (alone && !ids.assigned(stem)) return stem;
  let number = alone ? 2 : 1;
  while (ids.assigned(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

function snakeCase(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

export default {
  __init__: ["flowIds"],
  bpmnFactory: ["type", ReadableIds],
  flowIds: ["type", FlowIds],
};
