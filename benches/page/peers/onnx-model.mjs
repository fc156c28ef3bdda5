// Writes ONNX models: the few messages of onnx.proto3 that a graph of standard operators needs.

const FLOAT = 1;
const INT64 = 7;
const INT_ATTRIBUTE = 2;
const IR_VERSION = 8;
const OPSET = 18;
const VARINT = 0;
const BYTES = 2;

const encoder = new TextEncoder();

/** A constant of floats. */
export const floats = (name, dims, values) => tensor(name, dims, FLOAT, new Uint8Array(Float32Array.from(values).buffer));

/** A constant of whole numbers. */
export const integers = (name, dims, values) => tensor(name, dims, INT64, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));

/** A node of a standard operator; attributes are whole numbers. */
export function node(operator, inputs, outputs, attributes = {}) {
  const attribute = ([name, value]) => bytes(5, join(text(1, name), number(3, value), number(20, INT_ATTRIBUTE)));
  return join(...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, operator), ...Object.entries(attributes).map(attribute));
}

/** A model: `inputs` are float tensors with their shapes, the first output is of floats, the second of indices. */
export function graphModel(nodes, constants, inputs, [values, indices]) {
  const graph = join(
    ...nodes.map((each) => bytes(1, each)),
    text(2, 'ranking'),
    ...constants.map((each) => bytes(5, each)),
    ...inputs.map(([name, dims]) => bytes(11, valueInfo(name, FLOAT, dims))),
    bytes(12, valueInfo(values, FLOAT)),
    bytes(12, valueInfo(indices, INT64)),
  );
  return join(number(1, IR_VERSION), bytes(7, graph), bytes(8, join(text(1, ''), number(2, OPSET))));
}

function tensor(name, dims, type, raw) {
  return join(...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), bytes(9, raw));
}

function valueInfo(name, type, dims) {
  const shape = dims ? bytes(2, join(...dims.map((dim) => bytes(1, number(1, dim))))) : new Uint8Array();
  return join(text(1, name), bytes(2, bytes(1, join(number(1, type), shape))));
}

const number = (field, value) => join(varint(field * 8 + VARINT), varint(value));
const text = (field, value) => bytes(field, encoder.encode(value));
const bytes = (field, value) => join(varint(field * 8 + BYTES), varint(value.length), value);

function varint(value) {
  const found = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...found, rest]);
    found.push((rest % 128) + 128);
  }
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
