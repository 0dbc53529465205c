// A timer: due at the instant that a variable holds, or some time after it was reached.
import { getBusinessObject } from "../model";
import { variableOptions } from "../variables";
import { select, text } from "./fields";

const DURATION = /^P(?=.*[1-9])(?:\d{1,3}W|(?:\d{1,4}D)?(?:T(?=.)(?:\d{1,4}H)?(?:\d{1,5}M)?(?:\d{1,6}S)?)?)$/;

export function timer(model, element) {
  const node = getBusinessObject(element);
  const definition = node.eventDefinitions[0];
  const write = (property, body) => {
    const expression = body ? model.create("bpmn:FormalExpression", definition, { body }) : undefined;
    model.setPart(element, definition, {
      timeDate: undefined,
      timeDuration: undefined,
      timeCycle: undefined,
      [property]: expression,
    });
  };
  const instants = () => variableOptions(model, element, (each) => each.gives === "instant");
  const kind = select({
    label: "到期时间",
    empty: null,
    read: () => timerKind(definition),
    options: () => [
      { value: "date", label: "变量中的时刻" },
      { value: "duration", label: "到达后经过一段时间（自然日）" },
    ],
    commit: (value) => (value === "date" ? write("timeDate", instants()[0]?.value) : write("timeDuration", "P1D")),
  });
  if (timerKind(definition) === "duration") {
    return [
      kind,
      text({
        label: "时长",
        mono: true,
        help: "P10D 为10天，PT12H 为12小时。工作日期限请用“计算办理期限”服务任务。",
        read: () => definition.timeDuration?.body,
        check: (value) => (DURATION.test(value) ? "" : "时长写作 P10D、PT12H 或 P1DT6H。"),
        commit: (value) => write("timeDuration", value),
      }),
    ];
  }
  return [
    kind,
    select({
      label: "时刻（变量）",
      help: "由前面的服务任务按工作日算出。",
      read: () => definition.timeDate?.body,
      options: instants,
      commit: (value) => write("timeDate", value),
    }),
  ];
}

export function timerKind(definition) {
  return definition.timeDuration ? "duration" : "date";
}

export function timerShape(element) {
  return timerKind(getBusinessObject(element).eventDefinitions[0]);
}
