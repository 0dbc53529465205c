// What sections of the panel read and change of the drawing: one place for bpmn-js's services.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

export { getBusinessObject, is };

export class Model {
  constructor(canvas, terms, scope) {
    Object.assign(this, { canvas, terms, scope });
    this.registry = canvas.get("elementRegistry");
    this.modeling = canvas.get("modeling", false);
    this.moddle = canvas.get("moddle");
  }

  set(element, properties) {
    this.modeling.updateProperties(element, properties);
  }

  /** Changes a part that is no element of its own: an event's definition, a condition. */
  setPart(element, part, properties) {
    this.modeling.updateModdleProperties(element, part, properties);
  }

  /** Several changes as one step of undo. */
  together(changes) {
    this.canvas.get("commandStack").execute("together", { changes });
  }

  /** Makes a part with its parent, which bpmn-moddle needs to write it. */
  create(type, parent, properties = {}) {
    const made = this.moddle.create(type, properties);
    made.$parent = parent;
    return made;
  }

  get definitions() {
    return this.canvas.getDefinitions();
  }

  get process() {
    return this.definitions.rootElements.find((root) => root.$type === "bpmn:Process");
  }

  /** What stands for the diagram as a whole: its pool, or the root where none is drawn. */
  get whole() {
    return this.registry.find((each) => is(each, "bpmn:Participant")) ?? this.canvas.get("canvas").getRootElement();
  }

  /** Every node and flow of the process, embedded sub-processes included, as business objects. */
  *flowElements(scope = this.process) {
    for (const each of scope?.flowElements ?? []) {
      yield each;
      if (each.$type === "bpmn:SubProcess") yield* this.flowElements(each);
    }
  }

  named(list, value) {
    return this.terms[list].find((each) => (each.value ?? each.name ?? each.key) === value);
  }

  /** The innermost lane that an element lies in. */
  laneOf(element) {
    const node = getBusinessObject(element);
    const lanes = this.registry.filter((each) => is(each, "bpmn:Lane"));
    const holding = lanes.filter((lane) => getBusinessObject(lane).flowNodeRef?.includes(node));
    return holding.find((lane) => !getBusinessObject(lane).childLaneSet) ?? holding[0];
  }
}

export function nameOf(businessObject) {
  return businessObject?.name?.replace(/\s+/g, " ") || businessObject?.id || "";
}
