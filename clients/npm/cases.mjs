// Cases of the official openai client against a running server.
// Usage: node cases.mjs http://127.0.0.1:30000
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: `${process.argv[2]}/v1`,
  apiKey: "none",
  maxRetries: 0,
  timeout: 60_000,
});
const sum = "Solve this problem step by step: What is 15% of 240?";
const tools = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Get the current weather",
      parameters: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
    },
  },
];

const ask = (content, fields = {}, options = {}) =>
  client.chat.completions.create(
    { model: "understudy", messages: [{ role: "user", content }], ...fields },
    options,
  );

/** Joins the deltas of a stream, with all finish reasons and the usage. */
async function joined(stream) {
  const all = { content: "", thought: "", calls: [], finish: [], usage: undefined };
  for await (const chunk of stream) {
    all.usage = chunk.usage ?? all.usage;
    for (const { delta, finish_reason: finish } of chunk.choices) {
      all.content += delta.content ?? "";
      all.thought += delta.reasoning_content ?? "";
      if (finish) all.finish.push(finish);
      for (const { index, id, function: called } of delta.tool_calls ?? []) {
        const call = (all.calls[index] ??= { id: "", name: "", arguments: "" });
        call.id ||= id ?? "";
        call.name += called?.name ?? "";
        call.arguments += called?.arguments ?? "";
      }
    }
  }
  return all;
}

async function until(condition) {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    assert(Date.now() < deadline, "not within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const cases = {
  async models() {
    const ids = (await client.models.list()).data.map((model) => model.id);
    assert(ids.length > 0);
  },

  async text() {
    const answer = await ask(sum);
    assert.match(answer.choices[0].message.content, /36/);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert(answer.usage.completion_tokens > 0);
  },

  async stream() {
    const fields = { stream: true, stream_options: { include_usage: true } };
    const all = await joined(await ask(sum, fields));
    assert.match(all.content, /36/);
    assert.deepEqual(all.finish, ["stop"]);
    assert(all.usage.completion_tokens > 0);
  },

  async thinking() {
    const whole = (await ask(sum)).choices[0].message;
    const streamed = await joined(await ask(sum, { stream: true }));
    assert.match(whole.reasoning_content, /240/);
    assert.equal(streamed.thought, whole.reasoning_content);
    // Streamed text keeps the blank lines behind the thought, as SGLang's does.
    assert.equal(streamed.content.trim(), whole.content.trim());
  },

  async tools() {
    const question = "What is the weather in Paris?";
    const whole = (await ask(question, { tools })).choices[0];
    assert.equal(whole.finish_reason, "tool_calls");
    assert.equal(whole.message.tool_calls[0].function.name, "get_weather");
    assert.deepEqual(JSON.parse(whole.message.tool_calls[0].function.arguments), { city: "Paris" });

    const streamed = await joined(await ask(question, { tools, stream: true }));
    assert.deepEqual(streamed.finish, ["tool_calls"]);
    assert.equal(streamed.calls[0].name, "get_weather");
    assert.deepEqual(JSON.parse(streamed.calls[0].arguments), { city: "Paris" });
    assert(streamed.calls[0].id);
  },

  async toolResult() {
    const question = { role: "user", content: "What is the weather in Paris?" };
    const { message } = (await ask(question.content, { tools })).choices[0];
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "sunny" };
    const answer = await client.chat.completions.create({
      model: "understudy",
      messages: [question, message, result],
      tools,
    });
    assert(answer.choices[0].message.content.length > 0);
  },

  async error() {
    // The envelope is SGLang's flat one: this client reads the status, and no message, from it.
    await assert.rejects(ask("x", { temperature: -1 }), OpenAI.BadRequestError);
    await assert.rejects(ask("x", { temperature: -1, stream: true }), OpenAI.BadRequestError);
    assert((await ask(sum)).choices.length === 1);
  },

  async cancel() {
    const endless = { stream: true, max_tokens: 3000, ignore_eos: true };
    const stream = await ask(sum, endless);
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.reasoning_content) break;
    }
    stream.controller.abort();

    const control = new AbortController();
    const pending = ask(sum, { ...endless, stream: false }, { signal: control.signal });
    setTimeout(() => control.abort(), 200);
    await assert.rejects(pending, OpenAI.APIUserAbortError);

    await until(async () => {
      const load = await client.get(`${process.argv[2]}/get_load`);
      return (Array.isArray(load) ? load : [load]).every((rank) => rank.num_reqs === 0);
    });
    assert.match((await ask(sum)).choices[0].message.content, /36/);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`pass  openai-npm ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  openai-npm ${name}: ${error.message.split("\n").slice(0, 6).join(" ")}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
