// A Conv1d as a matrix, in plain numbers. tests/browser/test_groups_matrix.py holds every function here to torch.
import { lengthOut, padding } from "./conv.js"

// What the layer is called by its groups.
export const kind = ({ groups, inputs }) => (groups === 1 ? "dense" : groups === inputs ? "depthwise" : "grouped")

// Whether output channel `o` reads input channel `c`.
export const joined = ({ groups, inputs, outputs }, o, c) =>
  Math.floor(o / (outputs / groups)) === Math.floor(c / (inputs / groups))

// The weight in row (o, t) and column (c, i), as the indices [o, c within the group, k]; null for a zero.
export const weightAt = (p, o, t, c, i) => {
  if (!joined(p, o, c)) return null
  const way = i - t * p.stride + padding(p)[0], k = way / p.dilation
  return way >= 0 && Number.isInteger(k) && k < p.kernel ? [o, c % (p.inputs / p.groups), k] : null
}

export const parameters = (p, transposed = false) =>
  p.outputs * (p.inputs / p.groups) * p.kernel + (transposed ? p.inputs : p.outputs)
export const multiplyAdds = p => p.outputs * lengthOut(p) * (p.inputs / p.groups) * p.kernel

// The lengths of the input that give as long an output, the shortest first.
export const sources = p => {
  const least = (lengthOut(p) - 1) * p.stride - 2 * p.padding + p.dilation * (p.kernel - 1) + 1
  return Array.from({ length: p.stride }, (_, e) => least + e)
}
// The length that ConvTranspose1d leads back to.
export const lengthBack = (p, extra) => sources(p)[0] + extra

// Rows of weights' indices: (o, t) by (c, i); transposed (c, i) by (o, t), with the length that leads back.
export const matrix = (p, transposed = false, extra = 0) => {
  const out = lengthOut(p), length = transposed ? lengthBack(p, extra) : p.length
  const pairs = (channels, places) =>
    Array.from({ length: channels * places }, (_, n) => [Math.floor(n / places), n % places])
  const y = pairs(p.outputs, out), x = pairs(p.inputs, length)
  return transposed
    ? x.map(([c, i]) => y.map(([o, t]) => weightAt(p, o, t, c, i)))
    : y.map(([o, t]) => x.map(([c, i]) => weightAt(p, o, t, c, i)))
}

// Why torch would refuse this output_padding: the numbers in its message, or null.
export const refusedExtra = ({ stride, dilation }, extra) =>
  extra < Math.max(stride, dilation) ? null : { extra, stride, dilation }
