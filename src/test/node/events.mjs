// Events written, sent and read by CloudEvents' own SDK for JavaScript; the first argument is the service's URL.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { CloudEvent, HTTP, Mode, emitterFor } = createRequire(process.argv[3])('cloudevents');

const url = process.argv[2];

async function post(message) {
  const response = await fetch(url, { method: 'POST', headers: message.headers, body: message.body });
  const body = await response.text();
  assert.equal(response.status, 200, JSON.stringify([...response.headers]));
  return HTTP.toEvent({ headers: Object.fromEntries(response.headers), body });
}

function event(id, data, more = {}) {
  return new CloudEvent({ id, source: '/node', type: 'dev.headroom.infer', data, ...more });
}

function assertAnswers(reply, id, outputs) {
  assert.ok(reply.validate());
  assert.equal(reply.type, 'dev.headroom.infer.result');
  assert.equal(reply.source, 'headroom');
  assert.equal(reply.causationid, id);
  assert.ok(Math.abs(Date.now() - Date.parse(reply.time)) < 60_000, reply.time);
  assert.equal(reply.data.outputs.length, outputs);
  assert.equal(reply.data.outputs[0].embedding.length, 384);
}

for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
  const emit = emitterFor(post, { mode });
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const reply = await emit(event(mode, { inputs: ['a', 'b'] }, { subject: 's', traceparent, headroompriority: 'interactive' }));
  assertAnswers(reply, mode, 2);
  assert.equal(reply.subject, 's');
  assert.equal(reply.traceparent, traceparent);
  assertAnswers(await emit(event(`${mode} text`, 'a text', { datacontenttype: 'text/plain' })), `${mode}${mode === Mode.BINARY ? '%20' : ' '}text`, 1);
}

const batch = [event('1', { inputs: 'a' }), event('2', { inputs: [] }), event('3', { inputs: ['b', 'c', 'd'] })];
const replies = await post({
  headers: { 'content-type': 'application/cloudevents-batch+json' },
  body: JSON.stringify(batch),
});
assert.equal(replies.length, 3);
assertAnswers(replies[0], '1', 1);
assert.ok(replies[1].validate());
assert.equal(replies[1].type, 'dev.headroom.infer.error');
assert.equal(replies[1].causationid, '2');
assert.equal(replies[1].data.status, 400);
assertAnswers(replies[2], '3', 3);
