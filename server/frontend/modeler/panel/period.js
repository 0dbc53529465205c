// A period in working days: a fixed number of them, or a legal value.
import { select, text } from "./fields";

const isNumber = (value) => /^\d+$/.test(value ?? "");

/** The fields of a period; `read` and `commit` know where it stands. */
export function period(model, { read, commit, ...words }) {
  const known = () =>
    model.terms.periods.map(({ id, label, value }) => ({
      value: id,
      label: value ? `${label}（现行默认${value}）` : label,
      group: "政策口径",
    }));
  const fields = [
    select({
      ...words,
      read: () => (isNumber(read()) ? "days" : read()),
      options: () => [{ value: "days", label: "固定天数" }, ...known()],
      commit: (value) => commit(value === "days" ? "5" : value),
    }),
  ];
  if (isNumber(read()))
    fields.push(
      text({
        label: "工作日",
        read,
        check: (value) => (/^[1-9]\d{0,2}$/.test(value) ? "" : "请填写1至999的整数。"),
        commit,
      }),
    );
  return fields;
}

/** What decides which fields there are. */
export const periodShape = (value) => (isNumber(value) ? "days" : "");
