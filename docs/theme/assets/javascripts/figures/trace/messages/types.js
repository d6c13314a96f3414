// Messages about number types and devices.

// What a type in a message says: { device, dtype }. The names are those of C++ ("long int"), of tensors
// ("torch.cuda.HalfTensor", "MPSFloatType", "CPUBFloat16Type"), of scalars ("Double") and Python's ("torch.float16").
const DTYPES = {
  double: "float64", float: "float32", half: "float16", bfloat16: "bfloat16", long: "int64", longint: "int64",
  __int64: "int64", longlong: "int64", int: "int32", short: "int16", shortint: "int16", byte: "uint8", unsignedchar: "uint8",
  char: "int8", signedchar: "int8", bool: "bool", complexfloat: "complex64", complexdouble: "complex128",
}
const readType = text => {
  const small = text.toLowerCase()
  const device = /cuda|hip/.test(small) ? "cuda" : small.startsWith("mps") ? "mps" : small.startsWith("xpu") ? "xpu" : "cpu"
  const bare = small.replace(/^torch\./, "").replace(/^(?:cuda|cpu|mps|hip|xpu|mkldnn|sparse)\.?/, "")
    .replace(/^struct/, "").replace(/^c10::/, "").replace(/<(\w{1,10})>/, "$1").replace(/(?:tensor|type)$/, "")
  return { device, dtype: DTYPES[bare] ?? (/^(?:b?float|int|uint|complex)\d+$/.test(bare) ? bare : "") }
}

const WHOLE = ["int64", "int32", "int16", "int8", "uint8", "bool"], SMALL = ["float16", "bfloat16"]
const GIVEN = "y = layer(x.to(layer.weight.dtype))", MOVED = "y = layer(x.to(layer.weight.device))"

const readBoth = v => {
  const a = readType(v.a), b = readType(v.b)
  return { input: a.dtype, weight: b.dtype, from: a.device, to: b.device, apart: a.device !== b.device }
}
const kind = v => (v.apart ? (v.from === "mps" || v.to === "mps" ? "mps-device" : "device")
  : v.input.startsWith("complex") ? "device"
  : SMALL.includes(v.weight) || SMALL.includes(v.input) ? "half" : "dtype")
const why = v => (v.input.startsWith("complex") ? "type_complex"
  : WHOLE.includes(v.input) ? "type_whole"
  : SMALL.includes(v.weight) ? "type_small_weight"
  : SMALL.includes(v.input) ? "type_small_input"
  : v.input === "float64" ? "type_numpy" : "")

const saysTypes = v => (v.apart ? ["device_apart", v.from === "cpu" ? "device_input" : "device_layer"]
  : [!v.input.startsWith("complex") && "type", why(v), v.from !== "cpu" && "type_both_gpu"])
const curesTypes = v => (v.apart
  ? [v.from === "cpu" ? ["device_cure_input", MOVED] : ["device_cure_layer", "layer = layer.to(x.device)\ny = layer(x)"]]
  : v.input.startsWith("complex")
    ? [["type_cure_complex", "real, imaginary = layer(x.real), layer(x.imag)"]]
    : [
      ["type_cure", GIVEN],
      v.input === "int64" && ["type_cure_embedding", ""],
      v.input === "float64" && ["type_cure_layer", "layer = layer.double()\ny = layer(x)"],
    ])

const known = v => readType(v.a).dtype && readType(v.b).dtype
const both = {
  id: "types", at: v => (/^torch\.b?float\d/.test(v.a) ? "device" : kind(v)),
  find: [
    "Input type (<a?>) and bias type (<b?>) should be the same",
    "Input type (<a?>) and weight type (<b?>) should be the same",
  ],
  is: known, read: readBoth, says: saysTypes, cures: curesTypes,
}

// Without a bias torch calls the input's type "expected" and the weight's "found".
const scalar = {
  id: "scalar", at: v => (v.input === "float32" && SMALL.includes(v.weight) ? "elsewhere" : kind(v)),
  find: ["expected scalar type <a!> but found <b!>"],
  read: readBoth,
  says: v => ["type_scalar", why(v), v.input === "int64" && "type_labels"],
  cures: curesTypes,
}

// torch 1.x; the name of the argument tells whose it is (fastai#2573, Yet-Another-EfficientDet-Pytorch#92). "Expected"
// is the type of what came first: of the input where the weight is named, of the layer where the input is. Of other
// names nobody can say.
const object = {
  id: "object", at: "dtype",
  find: [
    "Expected object of scalar type <a!> but got scalar type <b!> for argument #<n> '<part?>'",
    "Expected object of scalar type <a!> but got scalar type <b!> for sequence element",
    "Expected object of type torch.<a?>Tensor but found type torch.<b?>Tensor for argument #<n> '<part?>'",
    "expected <a!> tensor (got <b!> tensor)",
  ],
  is: known,
  read: v => {
    const named = v.part ?? ""
    const weightNamed = /weight|mat2|bias/.test(named)
    const [input, weight] = weightNamed || !named ? [v.a, v.b] : [v.b, v.a]
    return { ...readBoth({ a: input, b: weight }), target: named === "target", sure: weightNamed || !named || /mat1|input/.test(named), from: "cpu" }
  },
  says: v => (v.target ? ["type_target"] : v.apart ? ["device_apart"] : v.sure ? ["type", why(v)] : ["type_two"]),
  cures: v => (v.target ? [["type_cure_target", "labels = labels.long()"]] : v.apart ? [["device_cure_input", MOVED]] : curesTypes(v)),
}

const linear = {
  id: "linear-type", at: "dtype",
  find: ["expected m1 and m2 to have the same dtype, but got: <a?> != <b?>", "mat1 and mat2 must have the same dtype, but got <a!> and <b!>"],
  is: known, read: readBoth,
  says: v => ["type", why(v)], cures: [["type_cure", GIVEN]],
}

// "max_pool1d_impl", "batch_norm", "reflection_pad1d" …; those that are about other things are not ours.
const OURS = /conv|pool|norm|pad|addmm|baddbmm|upsample/i
const operation = {
  id: "operation", at: v => (v.type === "half" && /conv|addmm/i.test(v.op) ? "half-cpu" : "dtype"),
  find: ["\"<op?>\" not implemented for '<name?>'", "not implemented for '<name?>'"],
  is: v => (v.op ? OURS.test(v.op) : !/["']$/.test(v.ahead)) && DTYPES[v.name.toLowerCase()],
  read: v => ({ type: v.name.toLowerCase(), input: DTYPES[v.name.toLowerCase()] }),
  says: v => [v.type === "half" ? "op_half" : WHOLE.includes(v.input) ? "op_whole" : "op"],
  cures: v => [v.type === "half" ? ["op_cure_half", "layer = layer.float()\ny = layer(x.float())"] : ["op_cure", "y = layer(x.float())"]],
}

const device = {
  id: "same-device", at: "same-device",
  find: [
    "Expected all tensors to be on the same device, but found at least two devices, <a?> and <b?>!",
    "Expected all tensors to be on the same device, but got",
    "Expected all tensors to be on the same device",
    "Expected object of device type <a?> but got device type <b?> for argument #<n> '<part?>'",
    "Expected object of backend <a?> but got backend <b?> for argument #<n> '<part?>'",
    "Input and parameter tensors are not at the same device, found input tensor at <a?> and parameter tensor at <b?>",
    "Tensor for argument #<n> '<part?>' is on CPU, but expected it to be on GPU",
    "Tensor for argument #<n> '<part?>' is on CPU, but expected them to be on GPU",
  ],
  says: v => [v.a ? "same_device_two" : "same_device"],
  cures: [["same_device_cure", MOVED], ["same_device_cure_layer", "layer = layer.to(x.device)\ny = layer(x)"]],
}

const mps = {
  id: "mps-device", at: "mps-device",
  find: ["slow_conv2d_forward_mps: input(device='<a?>') and weight(device=<b?>') must be on the same device"],
  says: ["mps_device"], cures: [["device_cure_input", MOVED]],
}

// Raised on no CPU: only what is known of them from elsewhere.
const simple = [
  ["mps", ["Output channels > 65536 not supported at the MPS device"], [["mps_cure", "y = layer.cpu()(x.cpu())"]]],
  ["mps-float64", ["Cannot convert a MPS Tensor to float64 dtype"], [["mps_float64_cure", "x = x.float()"]]],
  ["cudnn", ["CUDNN_STATUS_NOT_SUPPORTED"], [["cudnn_cure", "y = layer(x.contiguous())"], ["cudnn_cure_chunks", ""]]],
  ["norm-dtype", ["mixed dtype (CPU)", "expect parameter to have scalar type of Float"], [["type_cure", GIVEN]]],
].map(([id, find, cures]) => ({ id, at: id, find, says: [id.replace("-", "_")], cures }))

export const types = [both, scalar, object, linear, operation, device, mps, ...simple]
