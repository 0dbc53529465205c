// A gateway condition in its one permitted form: a variable compared with a constant (workflows/engine/expressions.py).
const FORM = /^\s*([A-Za-z_]\w*)\s*(==|!=|<=|>=|<|>)\s*(?:"([^"\\]*)"|'([^'\\]*)'|(-?\d+)|([Tt]rue|[Ff]alse))\s*$/;
const ALONE = /^\s*(not\s+)?([A-Za-z_]\w*)\s*$/;

export const OPERATORS = [
  { value: "==", label: "是" },
  { value: "!=", label: "不是" },
];
const ORDER = [
  { value: ">=", label: "不小于" },
  { value: "<=", label: "不大于" },
  { value: ">", label: "大于" },
  { value: "<", label: "小于" },
];

/** {variable, operator, constant}, the constant as it is typed ("text" without its quotes); null for another form. */
export function parse(text) {
  const alone = ALONE.exec(text ?? "");
  if (alone) return { variable: alone[2], operator: "==", constant: alone[1] ? "false" : "true" };
  const found = FORM.exec(text ?? "");
  if (!found) return null;
  const [, variable, operator, double, single, number, truth] = found;
  return { variable, operator, constant: double ?? single ?? number ?? truth.toLowerCase() };
}

export function format({ variable, operator, constant }) {
  const plain = /^(-?\d+|true|false)$/.test(constant);
  return `${variable} ${operator} ${plain ? constant : `"${constant}"`}`;
}

export function operatorsFor(constant, chosen) {
  const ordered = /^-?\d+$/.test(constant ?? "") || ORDER.some((each) => each.value === chosen);
  return ordered ? [...OPERATORS, ...ORDER] : OPERATORS;
}

/** A condition in words: 现场核查 是 审核通过. */
export function inWords(text, variables) {
  const found = parse(text);
  if (!found) return text;
  const variable = variables.get(found.variable);
  const operator = operatorsFor("0").find((each) => each.value === found.operator)?.label;
  const value = variable?.values.find((each) => each.value === found.constant)?.label ?? found.constant;
  return `${variable?.label ?? found.variable} ${operator} “${value}”`;
}
