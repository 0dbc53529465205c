// A gateway's condition is taken apart for the panel and put together again as the engine reads it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { format, inWords, operatorsFor, parse } from "../../server/frontend/modeler/condition.js";

test("what is taken apart is put together as it was", () => {
  for (const text of ['review == "pass"', 'site_inspection != "return"', "score >= -60", "over_cap == true", 'r == ""']) {
    assert.equal(format(parse(text)), text);
  }
});

test("blanks, single quotes and Python's truth are read, and written in the one form", () => {
  assert.equal(format(parse("  review=='pass' ")), 'review == "pass"');
  assert.equal(format(parse("over_cap == True")), "over_cap == true");
});

test("a variable alone asks whether it is true", () => {
  assert.deepEqual(parse("over_cap"), { variable: "over_cap", operator: "==", constant: "true" });
  assert.deepEqual(parse("not over_cap"), { variable: "over_cap", operator: "==", constant: "false" });
});

test("what the engine would not read is left alone", () => {
  for (const text of ['a == "b" and c == "d"', "a = 1", 'a == "b\\""', "len(a) > 1", "a == 1.5", "", undefined]) {
    assert.equal(parse(text), null);
  }
});

test("order is offered for numbers, and where it is chosen already", () => {
  const signs = (...given) => operatorsFor(...given).map((each) => each.value);
  assert.deepEqual(signs("pass"), ["==", "!="]);
  assert.deepEqual(signs("60"), ["==", "!=", ">=", "<=", ">", "<"]);
  assert.deepEqual(signs(undefined, "<"), ["==", "!=", ">=", "<=", ">", "<"]);
});

test("a condition is said in the words of its task and its choices", () => {
  const values = [{ value: "pass", label: "审核通过" }];
  const variables = new Map([["review", { label: "现场核查", values }]]);
  assert.equal(inWords('review == "pass"', variables), "现场核查 是 “审核通过”");
  assert.equal(inWords('review != "other"', variables), "现场核查 不是 “other”");
  assert.equal(inWords("score >= 60", variables), "score 不小于 “60”");
  assert.equal(inWords("len(a) > 1", variables), "len(a) > 1");
});
