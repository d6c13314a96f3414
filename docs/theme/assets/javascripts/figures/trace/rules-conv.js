// Conv1d, ConvTranspose1d and their lazy forms: what torch checks, in its order, and what comes out.
import { isList, isWhole, repr } from "./arguments.js"
import { listed, missing, runtime, type, value } from "./refuse.js"
import { divisor, fraction, product, tensor, window } from "./tensor.js"

const one = given => (isList(given) && given.items.length === 1 ? given.items[0] : given)
const pair = given => (isList(given) && given.items.length > 1 ? given.items : null)
const MODES = ["zeros", "reflect", "replicate", "circular"]

// ---- When the layer is created.

// What stands in the shape of the weight must be whole.
export const weigh = shape => {
  for (const [n, each] of shape.entries()) {
    if (isWhole(each)) continue
    const words = n ? `failed to unpack the object at pos ${n + 1} with error "type must be tuple of ints,but got ${typeName(each)}"`
      : `(position 1) must be tuple of ints, but found element of type ${typeName(each)} at pos 0`
    type("float", `empty(): argument 'size' ${words}`, { value: repr(each) })
  }
  const [negative] = shape.filter(each => each < 0)
  if (negative !== undefined)
    runtime("negative-size", `Trying to create tensor with negative dimension ${negative}: ${listed(shape)}`, { size: negative })
}
export const typeName = given =>
  given === null ? "NoneType" : typeof given === "string" ? "str" : typeof given === "boolean" ? "bool" : given.type ?? "int"

const checkGroups = ({ in_channels: inputs, out_channels: outputs, groups }) => {
  if (groups <= 0) value("groups", "groups must be a positive integer")
  if (isWhole(inputs) && inputs % groups) value("groups-in", "in_channels must be divisible by groups", { inputs, groups })
  if (isWhole(outputs) && outputs % groups) value("groups-out", "out_channels must be divisible by groups", { outputs, groups })
}

// A lazy layer looks at its channels when it meets them; at those that come out, only when it computes.
const checkLazily = ({ out_channels: outputs, groups, kernel_size: kernel }, inputs, transposed) => {
  if (inputs % groups) value("groups-in", "in_channels must be divisible by groups", { inputs, groups })
  if (outputs % groups && !transposed)
    runtime("groups-out", `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${listed([outputs, inputs / groups, one(kernel)])}] instead`, { outputs, groups })
}

const makeConv = (a, transposed) => {
  if (transposed && a.padding_mode !== "zeros")
    value("transposed-mode", `Only "zeros" padding mode is supported for ${a.in_channels === undefined ? "Lazy" : ""}ConvTranspose1d`)
  if (a.in_channels === undefined) checkGroups({ ...a, out_channels: 0 })
  else checkGroups(a)
  if (typeof a.padding === "string" && !transposed) {
    if (!["same", "valid"].includes(a.padding))
      value("word", `Invalid padding string ${repr(a.padding)}, should be one of {'valid', 'same'}`, { word: a.padding })
    if (a.padding === "same" && one(a.stride) !== 1)
      value("same", "padding='same' is not supported for strided convolutions", { stride: one(a.stride) })
  }
  if (!MODES.includes(a.padding_mode))
    value("mode", `padding_mode must be one of {'replicate', 'reflect', 'zeros', 'circular'}, but got padding_mode=${repr(a.padding_mode)}`, { mode: a.padding_mode })
  const groups = a.groups, kernel = pair(a.kernel_size) ?? [one(a.kernel_size)]
  if (a.in_channels === undefined) {
    weigh([0, 0, ...kernel]) // the rest of the weight has no shape yet
    return
  }
  const [first, second] = transposed ? [a.in_channels, a.out_channels] : [a.out_channels, a.in_channels]
  weigh([first ?? 0, isWhole(second) && isWhole(groups) ? second / groups : isWhole(second) ? groups : second ?? 0, ...kernel])
}

const NAMES = { conv1d: "Conv1d", conv_transpose1d: "ConvTranspose1d" }

// ---- When it is given an input.

const LONG = "expected scalar type Long but found Float"

const checkAxes = (x, a, name) => {
  const count = x.shape.length
  if (count === 2 || count === 3) return
  if (["reflect", "replicate", "circular"].includes(a.padding_mode) && !a.lazy) missing("axes", `Padding size 2 is not supported for ${count}D input tensor.`, { count, name })
  const got = a.lazy ? `torch.Size(${listed(x.shape)})` : listed(x.shape)
  runtime("axes", `Expected 2D (unbatched) or 3D (batched) input to ${a.lazy ? `Lazy${NAMES[name]}` : name}, but got input of size: ${got}`, { count, name })
}

// The layer's numbers, as whole numbers; what is no single one is refused as torch does it, once there is an input.
const numbersOf = (x, a, weight) => {
  if (weight.length > 3)
    runtime("pair", `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight ${listed(weight)}, but got 3-dimensional input of size ${listed(batched(x))} instead`)
  for (const name of ["stride", "padding", "dilation"]) {
    if (!pair(a[name])) continue
    runtime("pair-of", `expected ${name} to be a single integer value or a list of 1 values to match the convolution dimensions, but got ${name}=${listed(a[name].items)}`, { name, first: a[name].items[0], last: a[name].items.at(-1) })
  }
  return { stride: one(a.stride), dilation: one(a.dilation), kernel: one(a.kernel_size), padding: one(a.padding) }
}
const batched = x => (x.shape.length === 2 ? [1, ...x.shape] : x.shape)

const checkNumbers = ({ stride, dilation, padding, kernel, output = 0 }) => {
  if (typeof padding === "number" && padding < 0) runtime("negative", "negative padding is not supported", { padding })
  if (output < 0) runtime("negative-output", "negative output_padding is not supported", { output })
  if (stride <= 0) runtime("stride", "non-positive stride is not supported", { stride })
  if (dilation < 0) runtime("dilation", "dilation should be greater than zero", { dilation })
  return { stride, dilation, padding, kernel }
}

const checkChannels = (x, weight, channels, transposed, groups) => {
  const shape = batched(x)
  if (shape[1] === channels) return
  const start = transposed ? `Given transposed=1, weight of size ${listed(weight)}` : `Given groups=${groups}, weight of size ${listed(weight)}`
  runtime("channels", `${start}, expected input${listed(shape)} to have ${channels} channels, but got ${shape[1]} channels instead`, { want: channels, got: shape[1] })
}

const DILATION = "dilation should be greater than zero, but got [1, "

// Left and right padding, and the index behind a padded position, -1 for a zero.
const padded = (x, { padding, dilation, kernel }, mode) => {
  const total = dilation * (kernel - 1), length = x.shape.at(-1)
  const left = padding === "same" ? Math.floor(total / 2) : padding === "valid" ? 0 : padding
  const right = padding === "same" ? total - left : left
  if (mode !== "zeros") checkPadding(x, left, right, mode)
  return { left, right, fold: FOLDS[mode](length) }
}
export const FOLDS = {
  zeros: length => i => (i >= 0 && i < length ? i : -1),
  constant: length => FOLDS.zeros(length),
  replicate: length => i => Math.min(Math.max(i, 0), length - 1),
  circular: length => i => ((i % length) + length) % length,
  reflect: length => i => {
    const at = Math.abs(i)
    return at < length ? at : 2 * (length - 1) - at
  },
}
export const checkPadding = (x, left, right, mode) => {
  const length = x.shape.at(-1), dim = x.shape.length - 1
  if (mode === "reflect" && (left >= length || right >= length))
    runtime("too-wide", `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${left}, ${right}) at dimension ${dim} of input ${listed(x.shape)}`, { length, most: length - 1 })
  if (mode === "circular" && (left > length || right > length))
    runtime("too-wide", "Padding value causes wrapping around more than once.", { length, most: length })
  if (length + left + right < 0) runtime("nothing-left", "narrow(): length must be non-negative.")
}

const channelled = (x, length, channels) => {
  const shape = x.shape.length === 3 ? [x.shape[0], channels, length] : [channels, length]
  return [shape, x.shape.length === 3 ? ["N", "C", "L"] : ["C", "L"]]
}

const runConv = (x, a) => {
  const dtype = () => x.long && a.bias && runtime("long", "Input type (long int) and bias type (float) should be the same")
  if (!a.lazy && a.padding_mode === "zeros") dtype()
  checkAxes(x, a, "conv1d")
  const inputs = a.in_channels ?? batched(x)[1]
  if (a.lazy) checkLazily(a, inputs)
  dtype()
  const kernels = pair(a.kernel_size) ?? [one(a.kernel_size)], weight = [a.out_channels, inputs / a.groups, ...kernels]
  const numbers = numbersOf(x, a, weight), { stride, dilation, kernel } = numbers
  const outer = a.padding_mode !== "zeros" // torch then pads before it looks at anything else
  const ends = outer ? padded(x, numbers, a.padding_mode) : null
  checkNumbers(ends ? { ...numbers, padding: 0 } : numbers)
  const { left, right, fold } = ends ?? padded(x, numbers, "zeros"), length = x.shape.at(-1) + left + right
  const seen = ends ? { ...x, shape: [...x.shape.slice(0, -1), length] } : x
  checkChannels(seen, weight, inputs, false, a.groups)
  const span = dilation * (kernel - 1) + 1
  if (length < span)
    runtime("too-short", `Calculated padded input size per channel: (${length}). Kernel size: (${span}). Kernel size can't be greater than actual input size`, { padded: length, span, kernel, dilation, least: span - left - right })
  if (dilation <= 0) runtime("dilation", `${DILATION}${dilation}]`, { dilation })
  if (kernel <= 0) runtime("kernel", `kernel size should be greater than zero, but got kernel_size: ${kernel}`, { kernel })
  if (x.long) runtime("long", LONG)
  const [shape, axes] = channelled(x, Math.floor((length - span) / stride) + 1, a.out_channels)
  const links = x.axes.at(-1) === "L" ? [{ of: x, reads: t => [t * stride - left, dilation, kernel], fold }] : [{ of: x, all: true }]
  return tensor(shape, axes, { links, step: fraction(x.step[0] * stride, x.step[1]), regular: x.axes.at(-1) === "L" ? window(x, left, kernel, dilation) : undefined })
}

const runTransposed = (x, a) => {
  checkAxes(x, a, "conv_transpose1d")
  const inputs = a.in_channels ?? batched(x)[1]
  if (a.lazy) checkLazily(a, inputs, true)
  if (typeof a.padding === "string")
    type("transposed-same", "conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, but found element of type str at pos 0")
  const each = Math.floor(a.out_channels / a.groups)
  const kernels = pair(a.kernel_size) ?? [one(a.kernel_size)], weight = [inputs, each, ...kernels]
  const numbers = numbersOf(x, a, weight), output = one(a.output_padding), { stride, dilation, kernel, padding } = numbers
  checkNumbers({ ...numbers, output })
  checkChannels(x, weight, inputs, true, a.groups)
  if (each * a.groups !== a.out_channels && a.bias)
    runtime("groups-out", `Given transposed=1, weight of size ${listed(weight)}, expected bias to be 1-dimensional with ${each * a.groups} elements, but got bias of size [${a.out_channels}] instead`, { outputs: a.out_channels, groups: a.groups })
  if (dilation <= 0) runtime("dilation", `${DILATION}${dilation}]`, { dilation })
  if (kernel <= 0) runtime("kernel", `kernel size should be greater than zero, but got kernel_size: ${kernel}`, { kernel })
  if (output >= stride && output >= dilation)
    runtime("output-padding", `output padding must be smaller than either stride or dilation, but got output_padding_height: 0 output_padding_width: ${output} stride_height: 1 stride_width: ${stride} dilation_height: 1 dilation_width: ${dilation}`, { output, most: Math.max(stride, dilation) - 1 })
  const before = x.shape.at(-1), length = (before - 1) * stride - 2 * padding + dilation * (kernel - 1) + output + 1
  if (length <= 0)
    runtime("transposed-small", `Given input size per channel: (1 x ${before}). Calculated output size per channel: (1 x ${length}). Output size is too small`, { length, padding })
  if (x.long) runtime("long", LONG)
  const [shape, axes] = channelled(x, length, each * a.groups), apart = divisor(stride, dilation)
  const links = x.axes.at(-1) === "L"
    ? [{ of: x, reads: t => sources(t + padding, stride, dilation, kernel, apart), fold: i => (i >= 0 && i < before ? i : -1) }]
    : [{ of: x, all: true }]
  return tensor(shape, axes, { links, step: fraction(x.step[0], x.step[1] * stride) })
}

// Which positions i of the input meet i·stride + k·dilation = at for some k: from the first on, in equal steps.
const sources = (at, stride, dilation, kernel, common) => {
  const period = stride / common
  let k = 0
  while (k < period && ((at - k * dilation) % stride)) k++
  if (k >= period || k >= kernel) return [0, 1, 0]
  const count = Math.floor((kernel - 1 - k) / period) + 1, apart = dilation / common
  return [(at - k * dilation) / stride - (count - 1) * apart, apart, count]
}

// ---- The entries of modules.js.

const kernelOf = a => product(pair(a.kernel_size) ?? [one(a.kernel_size)])
const dense = (a, x) => ((a.in_channels ?? batched(x)[1]) * a.out_channels * kernelOf(a)) / a.groups
const bias = a => (a.bias ? a.out_channels : 0)

export const convolution = (takes, lazy = false) => ({
  takes, make: a => makeConv(a, false), run: (x, a) => runConv(x, { ...a, lazy }),
  parameters: (a, x) => dense(a, x) + bias(a),
  madds: (a, x, y) => (dense(a, x) * product(y.shape)) / a.out_channels,
})
export const transposed = (takes, lazy = false) => ({
  takes, make: a => makeConv(a, true), run: (x, a) => runTransposed(x, { ...a, lazy }),
  parameters: (a, x) => dense(a, x) + bias(a),
  madds: (a, x) => (dense(a, x) * product(x.shape)) / (a.in_channels ?? batched(x)[1]),
})
