// Norms, linear layers, recurrent layers, embeddings, activations and what only changes axes.
import { numeric, repr, sequence, wholes } from "./arguments.js"
import { axis, division, index, listed, missing, runtime, value } from "./refuse.js"
import { weigh } from "./rules-conv.js"
import { elementwise, mixed, pointwise, product, tensor } from "./tensor.js"

// ---- Norms over channels and over what comes last.

const channelsOf = x => x.shape[1]
const checkNormAxes = x => {
  const count = x.shape.length
  if (count !== 2 && count !== 3) value("norm-axes", `expected 2D or 3D input (got ${count}D input)`, { count })
}
const oneValue = shape => value("one-value", `Expected more than 1 value per channel when training, got input size ${shape}`)

// A lazy norm takes its number of features from the second axis, also where that is the length.
const lazily = x => (x.shape.length > 1 ? x.shape[1] : index("norm-axes", "tuple index out of range", { count: x.shape.length }))

const batchNorm = (x, a) => {
  if (a.num_features === undefined) lazily(x)
  checkNormAxes(x)
  const features = a.num_features ?? lazily(x), got = channelsOf(x), values = { want: features, got }
  if (product(x.shape) / got === 1 && !(a.evaluating && a.track_running_stats)) oneValue(`torch.Size(${listed(x.shape)})`)
  if (got !== features && a.track_running_stats) runtime("features", `running_mean should contain ${got} elements not ${features}`, values)
  if (got !== features && a.affine) runtime("features", `weight should contain ${got} elements not ${features}`, values)
  if (x.long) missing("long", "\"batch_norm\" not implemented for 'Long'")
  return pointwise(x, x.shape, x.axes, { statistics: true })
}
const instanceNorm = (x, a) => {
  if (a.num_features === undefined) lazily(x)
  checkNormAxes(x)
  const at = x.shape.length - 2, features = a.num_features ?? lazily(x), got = x.shape[at], samples = at ? x.shape[0] : 1
  if (got !== features && a.affine)
    value("features", `expected input's size at dim=${at} to match num_features (${features}), but got: ${got}.`, { want: features, got })
  if (x.shape.at(-1) === 1 && !(a.evaluating && a.track_running_stats))
    value("one-value", `Expected more than 1 spatial element when training, got input size torch.Size(${listed(at ? x.shape : [1, ...x.shape])})`, { spatial: 1 })
  if (got !== features && a.track_running_stats)
    runtime("features", `running_mean should contain ${samples * got} elements not ${samples * features}`, { want: features, got })
  if (x.long) missing("long", "\"batch_norm\" not implemented for 'Long'")
  return pointwise(x, x.shape, x.axes, { statistics: true })
}
const two = (a, count) => (a.affine ? (a.bias === false ? 1 : 2) * count : 0)

export const normOverBatch = (takes, init) => ({
  takes, init, run: batchNorm, parameters: (a, x) => two(a, a.num_features ?? channelsOf(x)),
})
export const normOverSample = (takes, init) => ({
  takes, init, run: instanceNorm, parameters: (a, x) => two(a, a.num_features ?? lazily(x)),
})

const makeGroups = ({ num_groups: groups, num_channels: channels }) => {
  if (groups === 0) division("norm-groups", "integer modulo by zero", { groups, channels })
  if (channels % groups) value("norm-groups", `num_channels (${channels}) must be divisible by num_groups (${groups})`, { groups, channels })
}
const groupNorm = (x, a) => {
  const count = x.shape.length, got = channelsOf(x), { num_groups: groups, num_channels: want } = a
  if (count < 2) runtime("group-axes", `Expected at least 2 dimensions for input tensor but received ${count}`, { count })
  const rest = x.shape.slice(2), samples = Math.floor((x.shape[0] * got) / groups)
  if (samples * product(rest) === 1) oneValue(listed([samples, groups, ...rest]))
  if (x.long) runtime("long", "mixed dtype (CPU): all inputs must share same datatype.")
  if (got % groups)
    runtime("group-channels", `Expected number of channels in input to be divisible by num_groups, but got input of shape ${listed(x.shape)} and num_groups=${groups}`, { got, want, groups })
  if (got !== want && a.affine)
    runtime("group-channels", `Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape ${listed([want])} and input of shape ${listed(x.shape)}`, { got, want, groups })
  return pointwise(x, x.shape, x.axes, { statistics: true })
}
export const normOverGroups = takes => ({ takes, make: makeGroups, run: groupNorm, parameters: a => two(a, a.num_channels) })

const normLast = (x, a, square) => {
  const wanted = wholes(a.normalized_shape) ?? [a.normalized_shape], last = x.shape.slice(-wanted.length)
  if (x.long) runtime("long", "mixed dtype (CPU): all inputs must share same datatype.")
  if (x.shape.length < wanted.length || last.join() !== wanted.join())
    runtime("norm-last", `Given normalized_shape=${listed(wanted)}, expected input with shape [*${square ? "" : ", "}${wanted.join(", ")}], but got input of size${listed(x.shape)}`, { want: wanted.at(-1), got: x.shape.at(-1), count: wanted.length, last: wanted.length > 1 ? listed(last) : last[0] })
  return x.axes.slice(-wanted.length).includes("L") ? mixed(x, x.shape, x.axes) : pointwise(x)
}
export const normOverLast = (takes, square = false) => ({
  takes, run: (x, a) => normLast(x, a, square),
  parameters: a => (a.elementwise_affine ? product(wholes(a.normalized_shape) ?? [a.normalized_shape]) * (square || a.bias === false ? 1 : 2) : 0),
})

// ---- What works on the last axis, and along it step by step.

const renamed = (x, name) => [...x.axes.slice(0, -1), name]

const linear = (x, a) => {
  const got = x.shape.at(-1), want = a.in_features ?? got, rows = product(x.shape.slice(0, -1))
  if (x.long) runtime("long", a.bias ? "mat1 and mat2 must have the same dtype, but got Long and Float" : "expected m1 and m2 to have the same dtype, but got: long int != float")
  if (got !== want) runtime("linear", `mat1 and mat2 shapes cannot be multiplied (${rows}x${got} and ${want}x${a.out_features})`, { rows, got, want, out: a.out_features })
  const shape = [...x.shape.slice(0, -1), a.out_features]
  return x.axes.at(-1) === "L" ? mixed(x, shape, renamed(x, "F")) : pointwise(x, shape, x.shape.length > 2 && x.axes.includes("L") ? renamed(x, "C") : renamed(x, "F"))
}
const makeLinear = a => weigh([a.out_features, a.in_features ?? 0])
export const linearLayer = takes => ({
  takes, make: makeLinear, run: linear,
  parameters: (a, x) => (a.in_features ?? x.shape.at(-1)) * a.out_features + (a.bias ? a.out_features : 0),
  madds: (_a, x, y) => product(y.shape) * x.shape.at(-1),
})

const embed = (x, a) => {
  if (!x.long)
    runtime("tokens", "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.FloatTensor instead (while checking arguments for embedding)")
  return pointwise(x, [...x.shape, a.embedding_dim], [...x.axes, "C"], { long: false })
}
export const embedding = takes => ({ takes, run: embed, parameters: a => a.num_embeddings * a.embedding_dim })

const GATES = { LSTM: 4, GRU: 3, RNN: 1 }
const makeRecurrent = a => {
  if (a.hidden_size <= 0) value("hidden", "hidden_size must be greater than zero")
  if (a.num_layers <= 0) value("hidden", "num_layers must be greater than zero")
}
const recurrent = (x, a, name) => {
  const count = x.shape.length, got = x.shape.at(-1)
  if (count !== 2 && count !== 3) value("rnn-axes", `${name}: Expected input to be 2D or 3D, got ${count}D ${name === "RNN" ? "tensor " : ""}instead`, { count })
  if (x.long) value("long", "RNN input dtype (torch.int64) does not match weight dtype (torch.float32). Convert input: input.to(torch.float32), or convert model: model.to(torch.int64)")
  if (got !== a.input_size) runtime("input-size", `input.size(-1) must be equal to input_size. Expected ${a.input_size}, got ${got}`, { want: a.input_size, got })
  const width = (a.proj_size || a.hidden_size) * (a.bidirectional ? 2 : 1), shape = [...x.shape.slice(0, -1), width]
  const axes = count === 2 ? ["L", "C"] : a.batch_first ? ["N", "L", "C"] : ["L", "N", "C"]
  const strides = count === 3 && a.batch_first ? [width, shape[0] * width, 1] : undefined
  return mixed(x, shape, axes, strides && { strides })
}
const recurrentParameters = (a, name) => {
  const gates = GATES[name] * a.hidden_size, out = a.proj_size || a.hidden_size, ways = a.bidirectional ? 2 : 1
  let all = 0
  for (let layer = 0; layer < a.num_layers; layer++)
    all += ways * (gates * (layer ? out * ways : a.input_size) + gates * out + (a.bias ? 2 * gates : 0) + (a.proj_size ? out * a.hidden_size : 0))
  return all
}
// The last state of each layer and direction; an LSTM has two.
const statesOf = (x, a, name) => {
  const count = a.num_layers * (a.bidirectional ? 2 : 1), samples = x.shape.length === 3 ? [x.shape[a.batch_first ? 0 : 1]] : []
  const state = width => mixed(x, [count, ...samples, width], ["layers", ...(samples.length ? ["N"] : []), "C"])
  return name === "LSTM" ? sequence("tuple", [state(a.proj_size || a.hidden_size), state(a.hidden_size)]) : state(a.hidden_size)
}
export const recurrence = (takes, name) => ({
  takes, make: makeRecurrent, states: (x, a) => statesOf(x, a, name), run: (x, a) => recurrent(x, a, name), parameters: a => recurrentParameters(a, name),
})

// ---- Element by element, and with a check of its own.

export const plain = (takes, long = "", init = "", values = {}) => ({
  takes, init, ...values,
  run: x => {
    if (x.long && long) missing("long", `"${long}" not implemented for 'Long'`)
    return elementwise(x, values.floats ? { long: false } : {})
  },
})

const makeDropout = ({ p }) => {
  if (numeric(p) < 0 || numeric(p) > 1) value("probability", `dropout probability has to be between 0 and 1, but got ${repr(p)}`)
}
export const dropout = (takes, channels = false, features = false) => ({
  takes, init: "_DropoutNd", make: makeDropout,
  run: x => {
    const count = x.shape.length
    if (channels && count !== 2 && count !== 3)
      runtime("axes", `dropout1d: Expected 2D or 3D input, but received a ${count}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`, { count })
    if (features && count < 2) runtime("axes", "Feature dropout requires at least 2 dimensions in the input", { count })
    if (x.long) runtime("long", "result type Float can't be cast to the desired output type Long")
    return elementwise(x)
  },
})

const usualDim = x => ([0, 1, 3].includes(x.shape.length) ? 0 : 1)
export const softmax = (takes, long) => ({
  takes,
  run: (x, a) => {
    const at = axis(a.dim ?? usualDim(x), x.shape.length)
    if (x.long) missing("long", `"${long}" not implemented for 'Long'`)
    return x.axes[at] === "L" ? mixed(x, x.shape, x.axes) : pointwise(x)
  },
})

const halve = (x, a) => {
  if (!x.shape.length) runtime("halves", "glu does not support scalars because halving size must be even", { at: 0, size: 1 })
  const at = axis(a.dim, x.shape.length), size = x.shape[at]
  if (size % 2) runtime("halves", `Halving dimension must be even, but dimension ${at} is size ${size}`, { at, size })
  if (x.long) missing("long", "\"glu_cpu\" not implemented for 'Long'")
  const shape = x.shape.with(at, size / 2)
  return x.axes[at] === "L" ? mixed(x, shape, x.axes) : pointwise(x, shape)
}
export const halving = takes => ({ takes, run: halve })

const sloped = (x, a) => {
  const channels = x.shape.length > 1 ? x.shape[1] : 1
  if (x.long) runtime("long", "prelu: Type promoting not supported. Got Long and Float")
  if (a.num_parameters !== 1 && a.num_parameters !== channels)
    runtime("slopes", `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${a.num_parameters} and channel size = ${channels}.`, { channels })
  return elementwise(x)
}
export const slopes = takes => ({ takes, run: sloped, parameters: a => a.num_parameters })

// ---- Axes made one, or taken apart.

export const mergedName = axes => axes.filter(each => each !== "1").join("·") || "1"

export const flatten = (x, first, last) => {
  const count = x.shape.length, from = axis(first, count), to = axis(last, count)
  if (from > to) runtime("flatten", "flatten() has invalid args: start_dim cannot come after end_dim")
  if (!count) return tensor([1], ["F"], { long: x.long })
  if (from === to) return elementwise(x)
  const within = x.axes.slice(from, to + 1), shape = [...x.shape.slice(0, from), product(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)]
  const axes = [...x.axes.slice(0, from), mergedName(within), ...x.axes.slice(to + 1)]
  if (axes.includes("L")) return pointwise(x, shape, axes)
  return x.axes.includes("L") ? mixed(x, shape, axes, { long: x.long }) : pointwise(x, shape, axes)
}
export const flattening = takes => ({ takes, run: (x, a) => flatten(x, a.start_dim, a.end_dim) })

const unflatten = (x, a) => {
  if (!x.shape.length) runtime("view", "unflatten got an unexpected error:\nDimension specified as 0 but tensor has no dimensions")
  const at = axis(a.dim, x.shape.length), given = wholes(a.unflattened_size) ?? [], open = given.filter(each => each === -1).length
  if (open > 1) runtime("view", "unflatten got an unexpected error:\nonly one dimension can be inferred")
  const rest = product(given.filter(each => each !== -1)), whole = x.shape[at]
  if (open ? whole % rest : rest !== whole)
    runtime("unflatten", `unflatten: Provided sizes ${listed(given)} don't multiply up to the size of dim ${at} (${whole}) in the input tensor`, { whole })
  const sizes = given.map(each => (each === -1 ? whole / rest : each)), count = sizes.length
  const names = count === 2 && x.shape.length === 2 ? ["C", "L"] : sizes.map((_, i) => (i < count - 1 ? "F" : x.axes[at]))
  const shape = [...x.shape.slice(0, at), ...sizes, ...x.shape.slice(at + 1)], axes = [...x.axes.slice(0, at), ...names, ...x.axes.slice(at + 1)]
  return x.axes.includes("L") && x.axes[at] !== "L" ? pointwise(x, shape, [...x.axes.slice(0, at), ...sizes.map(() => "F"), ...x.axes.slice(at + 1)]) : mixed(x, shape, axes, { long: x.long })
}
export const unflattening = takes => ({ takes, run: unflatten })

const shuffle = (x, { groups }) => {
  if (x.shape.length < 3) runtime("axes", `channel_shuffle expects input with > 2 dims, but got input with sizes ${listed(x.shape)}`, { count: x.shape.length })
  if (x.shape[1] % groups) runtime("shuffle", `Number of channels must be divisible by groups. Got ${x.shape[1]} channels and ${groups} groups.`, { channels: x.shape[1], groups })
  return pointwise(x)
}
export const shuffling = takes => ({ takes, run: shuffle })
