// Asks for tensors by gRPC as implemented in JavaScript, and prints what it reads as JSON.
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [address, proto] = process.argv.slice(2);
const definition = loadSync(proto, { longs: Number });
const { GRPCInferenceService } = grpc.loadPackageDefinition(definition).inference;
const client = new GRPCInferenceService(address, grpc.credentials.createInsecure());

const call = (method, request, options = {}) =>
  new Promise((resolve) =>
    client[method](request, new grpc.Metadata(), options, (error, response) =>
      resolve(error ? { code: error.code, details: error.details } : response)));

const input = (name, contents) => ({ name, datatype: 'INT64', shape: [1, 3], contents });
const bytes = (...values) => Buffer.from(BigInt64Array.from(values, BigInt).buffer);

const plain = await call('ModelInfer', {
  modelName: 'same',
  id: '7',
  inputs: [input('a', { int64Contents: [1, 2, 3] }), input('b', { int64Contents: [4, 5, 6] })],
});
const raw = await call('ModelInfer', {
  modelName: 'same',
  inputs: [input('a'), input('b')],
  outputs: [{ name: 'same_b' }],
  rawInputContents: [bytes(1, 2, 3), bytes(4, 5, 6)],
});
const unknown = await call('ModelInfer', { modelName: 'none', inputs: [input('a', { int64Contents: [1, 2, 3] })] });
const wrong = await call('ModelInfer', { modelName: 'same', inputs: [input('a', { int64Contents: [1] })] });

console.log(JSON.stringify({
  ready: (await call('ServerReady', {})).ready,
  id: plain.id,
  plain: plain.outputs.map((output) => output.contents.int64Contents),
  raw: raw.rawOutputContents.map((buffer) => buffer.equals(bytes(4, 5, 6))),
  unknown,
  wrong,
}));
client.close();
