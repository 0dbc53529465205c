// What is edited is kept: one request at a time, tried again when nobody answers, and never given up in silence.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Office, close, kept, pass, refuses, settled, silent } from "./office.mjs";

afterEach(close);

test("what is typed quickly is sent once, a moment after the last key", async () => {
  const office = new Office(kept("e1"));
  for (const text of ["a", "ab", "abc"]) {
    office.type(text);
    await pass(1);
  }
  assert.deepEqual(office.requests, []);
  assert.equal(office.state, "unsaved");
  await pass(0.5);
  const request = { address: "/content", method: "PUT", body: "abc", redirect: "manual", begun: '"e0"', token: "token" };
  assert.deepEqual(office.requests, [request]);
  assert.equal(office.state, "saved");
});

test("one request at a time, each with the etag of the one before", async () => {
  let answer;
  const office = new Office(() => new Promise((resolve) => (answer = resolve)), kept("e2"));
  office.type("one");
  await pass(2);
  office.type("two");
  const both = Promise.all([office.saving.save(), office.saving.save()]);
  await pass(2);
  assert.deepEqual(office.sent, ['"e0" one']);
  answer(kept("e1")());
  assert.deepEqual(await both, [true, true]);
  assert.deepEqual(office.sent, ['"e0" one', '"e1" two']);
  assert.equal(office.state, "saved");
});

test("what is typed while a request is under way is kept afterwards", async () => {
  let answer;
  const office = new Office(() => new Promise((resolve) => (answer = resolve)), kept("e2"));
  office.type("one");
  await pass(2);
  office.type("two");
  answer(kept("e1")());
  await settled();
  assert.equal(office.state, "unsaved");
  await pass(1.5);
  assert.deepEqual(office.sent, ['"e0" one', '"e1" two']);
});

test("what is kept already is not sent again", async () => {
  const office = new Office(kept("e1"));
  office.type("one");
  await pass(2);
  office.type("two");
  office.type("one");
  await pass(2);
  assert.equal(office.requests.length, 1);
  assert.equal(office.state, "saved");
});

for (const [what, answer, words] of [
  ["the network breaks", silent, "网络中断或服务没有响应，修改尚未保存，将自动重试。"],
  ["the server fails", refuses(500), "服务暂不可用，修改尚未保存，将自动重试。"],
  ["the server is away and says so", refuses(503, { detail: "数据库暂时不可用。" }), "数据库暂时不可用。"],
  ["there is too much to do", refuses(429), "操作过于频繁，修改尚未保存，稍后自动重试。"],
  ["somebody holds the draft", refuses(409), "其他人正在办理同一草稿，修改尚未保存，将自动重试。"],
]) {
  test(`when ${what} it is tried again by itself`, async () => {
    const office = new Office(answer, kept("e1"));
    office.type("one");
    await pass(1.5);
    assert.deepEqual([office.state, office.words, office.warns], ["failed", words, true]);
    await pass(2);
    assert.deepEqual(office.sent, ['"e0" one', '"e0" one']);
    assert.deepEqual([office.state, office.warns], ["saved", false]);
  });
}

test("the pauses between tries grow, whatever is typed meanwhile, and begin anew after a success", async () => {
  const office = new Office(...Array(7).fill(refuses(502)), kept("e1"), refuses(502), kept("e2"));
  office.type("one");
  await pass(1.5);
  for (const [number, seconds] of [2, 5, 10, 30, 60, 60, 60].entries()) {
    assert.equal(office.requests.length, number + 1);
    await pass(seconds - 0.1);
    office.type(`one ${number}`);
    assert.equal(office.requests.length, number + 1);
    await pass(0.1);
  }
  assert.deepEqual([office.state, office.requests.at(-1).body], ["saved", "one 6"]);
  office.type("two");
  await pass(1.5);
  await pass(2);
  assert.deepEqual([office.state, office.requests.length], ["saved", 10]);
});

test("a request that nobody answers is broken off after a minute and tried again", async () => {
  const office = new Office(() => undefined, kept("e1"));
  office.type("one");
  await pass(1.5);
  await pass(59);
  assert.equal(office.state, "saving");
  await pass(1);
  assert.equal(office.state, "failed");
  await pass(2);
  assert.equal(office.state, "saved");
});

test("the next try does not wait for its time when the network comes back", async () => {
  const office = new Office(silent, kept("e1"));
  office.type("one");
  await pass(1.5);
  office.page.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(office.state, "saved");
});

for (const [status, said, state, words] of [
  [413, undefined, "refused", "内容过大，超过允许的大小。请精简后重试。"],
  [413, { detail: "文件过大，未保存。" }, "refused", "文件过大，未保存。"],
  [422, { detail: "有1处不符合要求。" }, "refused", "有1处不符合要求。"],
  [400, undefined, "refused", "页面已过期。请先导出自己的版本，再重新打开本页。"],
  [403, undefined, "refused", "当前登录的用户无权修改本草稿。"],
  [404, undefined, "refused", "草稿中已没有这一文件，可能已被移除。"],
  [418, undefined, "refused", "服务器没有接受当前内容。"],
  [409, { detail: "该草稿已发布，不能再修改。" }, "closed", "该草稿已发布，不能再修改。"],
]) {
  test(`after ${status} ${said ? "with" : "without"} words it is told what is wrong, kept unsaved, and sent on demand`, async () => {
    const office = new Office(refuses(status, said), kept("e1"));
    office.type("one");
    await pass(1.5);
    assert.deepEqual([office.state, office.words, office.warns], [state, words, true]);
    await pass(600);
    assert.equal(office.requests.length, 1);
    assert.equal(await office.saving.save(), true);
    assert.deepEqual(office.sent, ['"e0" one', '"e0" one']);
    assert.equal(office.warns, false);
  });
}

test("what was refused is sent again once it is changed", async () => {
  const office = new Office(refuses(413), kept("e1"));
  office.type("too long");
  await pass(1.5);
  office.type("short");
  await pass(1.5);
  assert.deepEqual([office.state, office.sent.at(-1)], ["saved", '"e0" short']);
});

test("whoever is signed out is told so", async () => {
  const redirected = { ok: false, status: 0, type: "opaqueredirect", text: () => Promise.resolve("") };
  const office = new Office(() => redirected, kept("e1"));
  office.type("one");
  await pass(1.5);
  assert.deepEqual([office.state, office.warns], ["refused", true]);
  assert.equal(office.words, "登录已失效。请在新窗口登录后，回到本页重试。");
  assert.equal(await office.saving.save(), true);
});

test("what a colleague has saved is not overwritten, and nothing more is sent", async () => {
  const office = new Office(refuses(412, { detail: "他人已保存了新的内容。" }));
  office.type("one");
  await pass(1.5);
  assert.deepEqual([office.state, office.words], ["conflict", "你的修改没有覆盖它，尚未保存。"]);
  office.type("two");
  await pass(600);
  assert.equal(await office.saving.save(), false);
  assert.deepEqual([office.requests.length, office.warns], [1, true]);
});

test("what one has saved oneself, by a request whose answer was lost, is no conflict", async () => {
  const there = () => new Response("one", { headers: { ETag: 'W/"e1"' } });
  const office = new Office(silent, refuses(412), there, kept("e2"));
  office.type("one");
  await pass(1.5);
  office.type("two");
  await pass(2);
  assert.deepEqual(office.sent, ['"e0" one', '"e0" two', "undefined undefined", '"e1" two']);
  assert.equal(office.requests[2].method, "GET");
  assert.equal(office.state, "saved");
});

test("a lost answer and a colleague's work are told apart", async () => {
  const there = () => new Response("a colleague's", { headers: { ETag: '"e9"' } });
  const office = new Office(refuses(504), refuses(412), silent, refuses(412), there);
  office.type("one");
  await pass(1.5);
  await pass(2);
  assert.equal(office.state, "failed"); // whose it is could not be read
  await pass(5);
  assert.equal(office.state, "conflict");
});

test("content that cannot be written is told as what it is and not tried for ever", async () => {
  const office = new Office(kept("e1"));
  const { write } = office.saving;
  office.saving.write = () => Promise.reject(new Error("no such element"));
  office.type("one");
  await pass(1.5);
  assert.deepEqual([office.state, office.warns], ["unwritable", true]);
  assert.match(office.words, /^编辑器无法把当前内容写成文件。.*（no such element）。$/);
  await pass(600);
  assert.deepEqual(office.requests, []);
  office.saving.write = write;
  office.type("two");
  await pass(1.5);
  assert.deepEqual([office.state, office.sent], ["saved", ['"e0" two']]);
});

test("whoever leaves is warned from the first key until it is kept", async () => {
  let answer;
  const office = new Office(() => new Promise((resolve) => (answer = resolve)));
  assert.equal(office.warns, false);
  office.type("one");
  assert.equal(office.warns, true);
  await pass(1.5);
  assert.deepEqual([office.state, office.warns], ["saving", true]);
  answer(kept("e1")());
  await settled();
  assert.equal(office.warns, false);
});

test("what is given up knowingly holds nobody and is not sent", async () => {
  const office = new Office();
  office.type("one");
  office.saving.abandon();
  await pass(600);
  assert.deepEqual([office.requests, office.warns], [[], false]);
});
