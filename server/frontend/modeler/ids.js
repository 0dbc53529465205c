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

/** Numbers are given once: the label of an element that was renamed keeps the id that it had while the page is open. */
class ReadableIds extends BpmnFactory {
  given = new Map();

  _ensureId(element) {
    if (element.id || !this._needsId(element)) {
      super._ensureId(element);
      return;
    }
    const type = element.$type.replace(/^.*:/, "");
    const stem = SHORT[type] ?? snakeCase(type);
    let number = (this.given.get(stem) ?? 0) + 1;
    while (this._model.ids.assigned(`${stem}_${number}`)) number += 1;
    this.given.set(stem, number);
    element.id = `${stem}_${number}`;
    this._model.ids.claim(element.id, element);
  }
}
ReadableIds.$inject = ["moddle"];

/** A sequence flow is called after its ends, as in the shipped diagrams: `site_inspection_to_outcome`. */
class FlowIds extends CommandInterceptor {
  constructor(eventBus, modeling, moddle, elementRegistry) {
    super(eventBus);
    const free = (stem) => {
      let id = stem;
      for (let n = 2; moddle.ids.assigned(id) || elementRegistry.get(`${id}_label`); n += 1) id = `${stem}_${n}`;
      return id;
    };
    const name = (connection) => {
      const { sourceRef, targetRef, $type } = connection.businessObject;
      if ($type !== "bpmn:SequenceFlow" || !sourceRef || !targetRef) return;
      modeling.updateProperties(connection, { id: free(`${sourceRef.id}_to_${targetRef.id}`) });
    };
    this.postExecuted("connection.create", ({ context: { connection } }) => name(connection));
    this.postExecuted("connection.reconnect", ({ context: { connection, oldSource, oldTarget } }) => {
      const before = `${(oldSource ?? connection.source).id}_to_${(oldTarget ?? connection.target).id}`;
      const moved = before !== `${connection.source.id}_to_${connection.target.id}`;
      if (moved && connection.id === before) name(connection);
    });
  }
}
FlowIds.$inject = ["eventBus", "modeling", "moddle", "elementRegistry"];

function snakeCase(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

export default {
  __init__: ["flowIds"],
  bpmnFactory: ["type", ReadableIds],
  flowIds: ["type", FlowIds],
};
