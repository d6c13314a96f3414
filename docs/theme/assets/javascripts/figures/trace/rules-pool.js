// Pooling, padding and resizing along the last axis.
import { isList, isWhole, numeric, repr, wholes } from "./arguments.js"
import { missing, listed, runtime, type, value } from "./refuse.js"
import { checkPadding, FOLDS, typeName } from "./rules-conv.js"
import { fraction, pointwise, tensor, windowed } from "./tensor.js"

const one = given => (isList(given) && given.items.length === 1 ? given.items[0] : given)
const single = (given, name, what, words) => {
  const found = one(given)
  if (isList(found)) runtime("pair", words(found.items.length), { name, what, first: found.items[0] })
  return found
}

// What comes in the order in memory that `x` has, as pooling keeps it.
const likewise = (shape, x) => {
  const strides = [], order = shape.map((_, i) => i).sort((a, b) => x.strides[b] - x.strides[a] || a - b)
  order.reduceRight((all, i) => {
    strides[i] = all
    return all * shape[i]
  }, 1)
  return strides
}

// ---- Pooling.

const sizesOf = (a, name) => {
  const words = key => count => name === "max_pool1d"
    ? `${name}() ${key} must be an int, list of ints or tuple of ints of size 1 but got size ${count}`
    : `${name}() argument '${key}' should contain one int (got ${count})`
  const kernel = single(a.kernel_size, "kernel_size", name, words("kernel_size"))
  const stride = a.stride === null || (isList(a.stride) && !a.stride.items.length) ? kernel : single(a.stride, "stride", name, words("stride"))
  return { kernel, stride, padding: single(a.padding ?? 0, "padding", name, words("padding")), dilation: one(a.dilation ?? 1) }
}

const checkMax = (x, { kernel, stride, padding, dilation }) => {
  for (const [name, given] of [["kernel_size", kernel], ["stride", stride]])
    if (given <= 0) runtime("pool-number", `max_pool1d() ${name} must be greater than zero, but got ${given}`, { name })
  if (padding < 0) runtime("pool-number", `max_pool1d() padding must be non-negative, but got ${padding}`, { name: "padding" })
  if (padding > kernel / 2)
    runtime("pool-padding", `max_pool1d() padding should be at most half of kernel size, but got padding=${padding} and kernel_size=${kernel}`, { most: Math.floor(kernel / 2) })
  if (dilation <= 0) runtime("pool-number", `max_pool1d() dilation must be greater than zero, but got ${dilation}`, { name: "dilation" })
  if (x.long) missing("long", "\"max_pool1d_impl\" not implemented for 'Long'")
}

const checkAverage = (_x, { kernel, stride, padding }) => {
  if (stride === 0) runtime("pool-number", "stride should not be zero", { name: kernel === 0 ? "kernel_size" : "stride" })
  if (kernel <= 0) runtime("pool-number", `kernel size should be greater than zero, but got kH: 1 kW: ${kernel}`, { name: "kernel_size" })
  if (padding < 0) runtime("pool-number", `pad must be non-negative, but got pad: ${padding}`, { name: "padding" })
  if (padding > kernel / 2)
    runtime("pool-padding", `pad should be at most half of effective kernel size, but got pad=${padding}, kernel_size=${kernel} and dilation=1`, { most: Math.floor(kernel / 2) })
  if (stride < 0) runtime("pool-number", `stride should be greater than zero, but got dH: 1 dW: ${stride}`, { name: "stride" })
}
// Looked at before anything else.
const checkAxes = (x, name) => {
  const count = x.shape.length
  if (count === 2 || count === 3) return
  if (name === "max_pool1d")
    runtime("axes", `max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${listed(x.shape)}`, { count })
  runtime("axes", `Expected 2 to 3 dimensions, but got ${count}-dimensional tensor for argument #1 'self' (while checking arguments for ${name})`, { count })
}

const pooledLength = (length, { kernel, stride, padding, dilation }, ceil) => {
  const rest = length + 2 * padding - dilation * (kernel - 1) - 1 + (ceil ? stride - 1 : 0), out = Math.floor(rest / stride) + 1
  return ceil && (out - 1) * stride >= length + padding ? out - 1 : out
}

const pool = (x, a, name) => {
  if (a.norm_type !== undefined && isList(a.kernel_size)) type("pair", "mul(): argument 'other' (position 1) must be Tensor, not tuple", { name: "kernel_size", first: a.kernel_size.items[0] })
  checkAxes(x, name)
  const sizes = sizesOf(a, name), length = x.shape.at(-1), { kernel, stride, padding, dilation } = sizes
  if (name === "max_pool1d") checkMax(x, sizes)
  else checkAverage(x, sizes)
  const out = pooledLength(length, sizes, a.ceil_mode), values = { length, kernel, span: dilation * (kernel - 1) + 1 }
  if (out < 1 && name === "max_pool1d") runtime("pool-short", `max_pool1d() Invalid computed output size: ${out}`, values)
  if (out < 1) {
    const sample = x.shape.at(-2) ?? 1
    runtime("pool-short", `Given input size: (${sample}x1x${length}). Calculated output size: (${sample}x1x${out}). Output size is too small`, values)
  }
  const shape = [...x.shape.slice(0, -1), out], strides = name === "max_pool1d" ? undefined : likewise(shape, x)
  return along(x, shape, { stride, count: kernel, apart: dilation, left: padding }, { ...(strides && { strides }), ...(a.norm_type !== undefined && { long: false }) })
}

// A window over the last axis, whatever that stands for.
const along = (x, shape, window, values = {}) =>
  x.axes.at(-1) === "L" ? windowed(x, shape, x.axes, window, values) : pointwise(x, shape, x.axes, values)

export const pooling = (takes, name, init, missed = {}) => ({ takes, init, run: (x, a) => pool(x, { ...missed, ...a }, name) })

const adapt = (x, a, name) => {
  if (a.output_size === null) type("output-none", `${name}(): argument 'output_size' (position 2) must be tuple of ints, not NoneType`)
  checkAxes(x, name)
  const out = single(a.output_size, "output_size", name, given => `${name}() argument 'output_size' should contain one int (got ${given})`)
  if (out < 0 && name === "adaptive_avg_pool1d")
    runtime("pool-number", `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {1, ${out}}`, { name: "output_size" })
  if (out < 0) runtime("pool-number", `Trying to create tensor with negative dimension ${out}: ${listed([...x.shape.slice(0, -1), 1, out])}`, { name: "output_size" })
  if (x.long) missing("long", `"${name.replace("1d", "2d")}" not implemented for 'Long'`)
  const length = x.shape.at(-1), shape = [...x.shape.slice(0, -1), out], strides = likewise(shape, x)
  if (x.axes.at(-1) !== "L") return pointwise(x, shape, x.axes, { strides })
  const first = t => Math.floor((t * length) / out), last = t => Math.ceil(((t + 1) * length) / out)
  return tensor(shape, x.axes, {
    links: [{ of: x, reads: t => [first(t), 1, last(t) - first(t)], fold: i => i }],
    step: fraction(x.step[0] * length, x.step[1] * Math.max(1, out)), uneven: true, strides,
  })
}
export const adaptive = (takes, name, init) => ({ takes, init, run: (x, a) => adapt(x, a, name) })

// ---- Padding.

const pad = (x, a, mode) => {
  const [left, right] = wholes(a.padding) ?? [a.padding, a.padding], count = x.shape.length
  if (isList(a.padding) && a.padding.items.length !== 2) {
    if (a.padding.items.length % 2) runtime("pad-pairs", "Padding length must be divisible by 2")
  }
  if (mode === "circular" && count !== 2 && count !== 3) value("norm-axes", `expected 2D or 3D input (got ${count}D input)`, { count })
  if ((mode === "reflect" || mode === "replicate") && count !== 2 && count !== 3)
    missing("axes", `Padding size 2 is not supported for ${count}D input tensor.`, { count })
  checkPadding(x, left, right, mode)
  const length = x.shape.at(-1), shape = [...x.shape.slice(0, -1), length + left + right]
  return along(x, shape, { stride: 1, count: 1, apart: 1, left, fold: FOLDS[mode](length) })
}
export const padding = (takes, mode, init) => ({ takes, init, run: (x, a) => pad(x, a, mode) })

// ---- Resizing.

const MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
const AXES = { linear: 3, bilinear: 4, bicubic: 4, trilinear: 5, lanczos: 4 }
const ALIGNED = ["linear", "bilinear", "bicubic", "trilinear"]

const checkResize = (x, a) => {
  const count = x.shape.length, wanted = AXES[a.mode]
  if (!ALIGNED.includes(a.mode) && a.align_corners !== null && a.mode !== "lanczos")
    value("align", "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
  if (a.size !== null && a.scale_factor !== null) value("one-of", "only one of size or scale_factor should be defined")
  if (a.size === null && a.scale_factor === null) value("one-of", "either size or scale_factor should be defined")
  const words = isList(a.scale_factor) ? a.scale_factor.items.length : isList(a.size) ? a.size.items.length : count - 2
  if (words !== count - 2 && count > 2) value("spatial", "Input and scale_factor must have the same number of spatial dimensions", { count })
  if (count < 3 || count > 5 || !(wanted || ["nearest", "nearest-exact", "area"].includes(a.mode)))
    missing("resize-axes", `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${count}D) for the modes: ${MODES} (got ${a.mode})`, { count, mode: a.mode })
  if (wanted && wanted !== count) missing("resize-mode", `Got ${count}D input, but ${a.mode} mode needs ${wanted}D input`, { mode: a.mode, count })
}

const resize = (x, a) => {
  checkResize(x, a)
  const length = x.shape.at(-1), scale = a.scale_factor === null ? null : numeric(one(a.scale_factor))
  const out = scale === null ? one(a.size) : Math.floor(length * scale)
  if (!isWhole(out)) type("float", `interpolate(): argument 'size' must be tuple of ints, not ${typeName(out)}`, { value: repr(out) })
  if (out <= 0) runtime("resize-small", `Input and output sizes should be greater than 0, but got input (W: ${length}) and output (W: ${out})`, { length })
  if (x.long) missing("long", "\"compute_indices_weights_nearest\" not implemented for 'Long'")
  const middle = x.shape.slice(2, -1).map((each, i) => (scale === null ? (isList(a.size) ? a.size.items[i] : out) : Math.floor(each * scale)))
  const shape = [...x.shape.slice(0, 2), ...middle, out]
  if (x.axes.at(-1) !== "L") return pointwise(x, shape)
  const whole = scale !== null && Number.isInteger(scale)
  const by = scale === null ? length / out : 1 / scale
  return tensor(shape, x.axes, {
    links: [{ of: x, reads: sampled(a, by, length, out), fold: FOLDS.replicate(length) }],
    step: whole ? fraction(x.step[0], x.step[1] * scale) : fraction(x.step[0] * length, x.step[1] * out), uneven: !whole,
  })
}

// Which positions of the input the output at t is made of.
const sampled = (a, by, length, out) => {
  if (a.mode === "nearest") return t => [Math.floor(t * by + 1e-9), 1, 1]
  if (a.mode === "nearest-exact") return t => [Math.floor((t + 0.5) * by + 1e-9), 1, 1]
  if (a.mode === "area") return t => [Math.floor((t * length) / out), 1, Math.ceil(((t + 1) * length) / out) - Math.floor((t * length) / out)]
  const place = a.align_corners ? t => (out > 1 ? (t * (length - 1)) / (out - 1) : 0) : t => (t + 0.5) * by - 0.5
  return t => {
    const at = place(t), first = Math.floor(at + 1e-9)
    return [first, 1, at - first > 1e-6 ? 2 : 1]
  }
}
export const resizing = takes => ({ takes, run: resize })
