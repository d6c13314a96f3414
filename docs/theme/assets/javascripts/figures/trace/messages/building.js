// Messages about arguments: when a layer is built, or when it is called with what it cannot take.

const names = "in_channels, out_channels, kernel_size"

// Kinds in which nothing is to be worked out: id, anchor, patterns, [text, code] of each cure.
const plain = (id, at, find, cures) => ({ id, at, find, says: [id.replaceAll("-", "_")], cures })

const word = {
  id: "word", at: "word",
  find: ["Invalid padding string '<word?>', should be one of {'same', 'valid'}", "Invalid padding string: '<word?>'", "Invalid padding string '<word?>'"],
  read: v => ({ small: v.word.toLowerCase() }),
  says: v => [v.small === "same" || v.small === "valid" ? "word_case" : v.small === "causal" ? "word_causal" : "word"],
  cures: v => (v.small === "same" || v.small === "valid"
    ? [["word_cure_case", `layer = nn.Conv1d(${names}, padding="{small}")`]]
    : [
      ["word_cure_causal", `layer = nn.Conv1d(${names})\ny = layer(F.pad(x, (kernel_size - 1, 0)))`],
      ["word_cure_same", `layer = nn.Conv1d(${names}, padding="same")\ny = layer(x)`],
    ]),
}

const MODES = { constant: "zeros", zero: "zeros", reflection: "reflect", symmetric: "reflect", mirror: "reflect", edge: "replicate", nearest: "replicate", wrap: "circular", periodic: "circular" }
const mode = {
  id: "mode", at: "mode",
  find: ["padding_mode must be one of {…}, but got padding_mode='<mode?>'", "padding_mode must be one of"],
  read: v => ({ right: MODES[v.mode] ?? "zeros" }),
  says: v => [v.mode ? "mode" : "mode_bare"],
  cures: [["mode_cure", `layer = nn.Conv1d(${names}, padding_mode="{right}")`]],
}

// stride, padding or dilation given as several numbers
const several = {
  id: "two-paddings", at: "two-paddings",
  find: ["expected <what?> to be a single integer value or a list of <n> values to match the convolution dimensions, but got <same?>=[<given*>]", "expected padding to be a single integer value"],
  read: v => ({ what: v.what ?? "padding", given: v.given ?? [], number: v.given?.[0] }),
  says: v => [v.what === "padding" ? "two_paddings" : "two_numbers"],
  cures: v => (v.what === "padding" && v.given.length === 2
    ? [["two_paddings_cure", "layer.padding = (0,)\ny = layer(F.pad(x, ({given})))"]]
    : v.what !== "padding" && v.number > 0 ? [["two_numbers_cure", "layer.{what} = ({number},)\ny = layer(x)"]] : []),
}

const zero = {
  id: "non-positive", at: v => (v.what ? "non-positive" : "elsewhere"),
  find: ["non-positive <what?> is not supported", "<word?> should be greater than zero, but got [<given*>]", "dilation should be greater than zero", "stride should be greater than zero"],
  is: v => (!v.what && !v.word) || /^(?:.*[^a-z])?(?:stride|dilation)$/i.test(v.what ?? v.word),
  read: v => ({ name: /stride/i.test(v.what ?? v.word ?? "") ? "stride" : "dilation" }),
  says: ["zero"], cures: [["zero_cure", "layer.{name} = (1,)\ny = layer(x)"]],
}

const wide = {
  id: "too-wide", at: "too-wide",
  find: ["Padding size should be less than the corresponding input dimension, but got: padding (<given*>) at dimension <d> of input [<input*>]"],
  is: v => v.given.length === 2 && v.d >= 0 && v.d < v.input.length,
  read: v => ({
    l: v.input[v.d], most: v.input[v.d] - 1, left: Math.min(v.given[0], v.input[v.d] - 1), right: Math.min(v.given[1], v.input[v.d] - 1),
  }),
  says: ["wide"],
  cures: v => [
    ["wide_cure", "layer.padding_mode, layer.padding = \"zeros\", (0,)\ny = layer(F.pad(x, ({given}), \"replicate\"))"],
    v.most > 0 && ["wide_cure_less", "layer.padding_mode, layer.padding = \"zeros\", (0,)\ny = layer(F.pad(x, ({left}, {right}), \"reflect\"))"],
  ],
}

const AT_RING = "p, L = layer.padding[0], x.shape[-1]\nring = x[..., torch.arange(-p, L + p) % L]\ny = F.conv1d(ring, layer.weight, layer.bias, layer.stride, 0, layer.dilation, layer.groups)"

// What stands between the brackets of "got (…)", and between exclamation marks further on.
const wrong = ({ got = "", behind: all }) => {
  const behind = all.toLowerCase()
  return /^packedsequence/i.test(got) || behind.includes("!packedsequence!") ? "packed"
    : got.startsWith("numpy.ndarray") ? "array"
    : got.startsWith("list") ? "list"
    : got.startsWith("tuple") ? "tuple"
    : got.startsWith("NoneType") ? "nothing"
    : got.includes("padding_mode=") ? "mode"
    : got.includes("bias=bool") ? "bias"
    : behind.includes("tupleof(float") || got.includes("=float") ? "float" : "other"
}
const CALLS = {
  array: ["y = layer(torch.from_numpy(x).float())"],
  packed: ["batch, lengths = nn.utils.rnn.pad_packed_sequence(x, batch_first=True)\ny = layer(batch.permute(0, 2, 1))"],
  list: ["y = layer(torch.stack([torch.as_tensor(each) for each in x]).float())"],
  tuple: ["y = layer(x[0])"],
  float: ["layer.stride, layer.padding, layer.dilation = (tuple(map(int, sizes)) for sizes in (layer.stride, layer.padding, layer.dilation))\ny = layer(x)"],
  bias: ["y = F.conv1d(x, weight)"],
  mode: ["y = F.conv1d(F.pad(x, (1, 1), \"circular\"), weight)"],
}
const call = {
  id: "arguments", at: "arguments",
  find: [
    "conv1d() received an invalid combination of arguments - got (<got~>), but expected one of",
    "conv_transpose1d() received an invalid combination of arguments - got (<got~>), but expected one of",
    "conv1d() received an invalid combination of arguments",
  ],
  read: v => ({ case: wrong(v) }),
  says: v => [`arguments_${v.case}`],
  cures: v => (CALLS[v.case] ?? []).map(code => [`arguments_cure_${v.case}`, code]),
}

const size = { // of torch.empty, which makes the weight
  id: "size", at: "reference/parameters#in-channels",
  find: ["empty(): argument 'size' failed to unpack the object at pos <n> with error \"type must be tuple of ints,but got <type?>\""],
  read: v => ({ which: { 1: "out_channels", 2: "in_channels", 3: "kernel_size" }[v.n] ?? "size" }),
  says: ["size"], cures: [["size_cure", "layer = nn.Conv1d(int(in_channels), int(out_channels), int(kernel_size))"]],
}
const negative = {
  id: "negative-size", at: "reference/parameters#in-channels",
  find: ["Trying to create tensor with negative dimension <n>: [<weight*>]"],
  says: ["negative_size"], cures: [["negative_size_cure", ""]],
}

export const building = [
  word, mode, several, zero, wide, call, size, negative,
  plain("negative", "negative", ["negative padding is not supported"], [["negative_cure", "p = layer.padding[0]\nlayer.padding = (0,)\ny = layer(F.pad(x, (p, p)))"]]),
  plain("ring", "too-wide", ["Padding value causes wrapping around more than once"], [["ring_cure", AT_RING]]),
  plain("kernel-missing", "kernel-missing", ["missing <n> required positional argument…'kernel_size'"], [["kernel_missing_cure", `layer = nn.Conv1d(${names})`]]),
  plain("same", "same", ["padding='same' is not supported for strided convolutions"], [
    ["same_cure", `layer = nn.Conv1d(${names}, stride, padding=kernel_size // 2)`],
    ["same_cure_tensorflow", "need = max(0, (-(-x.shape[-1] // stride) - 1) * stride + kernel_size - x.shape[-1])\nlayer = nn.Conv1d(in_channels, out_channels, kernel_size, stride)\ny = layer(F.pad(x, (need // 2, need - need // 2)))"],
  ]),
  plain("groups-in", "groups", ["in_channels must be divisible by groups"], [["groups_cure", `layer = nn.Conv1d(${names}, groups=math.gcd(in_channels, out_channels))`], ["groups_cure_one", `layer = nn.Conv1d(${names})`]]),
  plain("groups-out", "groups", ["out_channels must be divisible by groups"], [["groups_cure_out", `layer = nn.Conv1d(in_channels, -(-out_channels // groups) * groups, kernel_size, groups=groups)`], ["groups_cure_one", `layer = nn.Conv1d(${names})`]]),
  plain("groups-zero", "groups-zero", ["groups must be a positive integer", "non-positive groups is not supported"], [["groups_zero_cure", `layer = nn.Conv1d(${names}, groups=1)`]]),
  plain("kernel-zero", "reference/parameters#kernel-size", ["kernel size should be greater than zero, but got kernel_height: <h> kernel_width: <w>"], [["kernel_zero_cure", "layer = nn.Conv1d(layer.in_channels, layer.out_channels, 1)\ny = layer(x)"]]),
  plain("transposed-same", "transposed-same", ["conv_transpose1d(): argument 'padding'…must be tuple of ints"], [
    ["transposed_same_cure", `layer = nn.ConvTranspose1d(${names})\ny = layer(x)[:, :, (kernel_size - 1) // 2:][:, :, :x.shape[-1]]`],
    ["transposed_same_cure_double", "layer = nn.ConvTranspose1d(in_channels, out_channels, 4, stride=2, padding=1)\ny = layer(x)"],
  ]),
  plain("transposed-mode", "transposed-mode", ["Only \"zeros\" padding mode is supported for ConvTranspose1d"], [["transposed_mode_cure", `layer = nn.ConvTranspose1d(${names})\ny = layer(F.pad(x, (1, 1), "reflect"))[:, :, 1:-1]`]]),
  plain("output-padding-negative", "output-padding", ["negative output_padding is not supported"], [["output_padding_negative_cure", "layer.output_padding = (0,)\ny = layer(x)"]]),
  plain("pad-mode", "guide/padding#errors", ["Unrecognised padding mode <mode?>"], [["pad_mode_cure", "x = F.pad(x, (1, 1), \"constant\")"]]),
  plain("dtype-string", "reference/parameters#dtype", ["empty(): argument 'dtype' must be torch.dtype, not str"], [["dtype_string_cure", `layer = nn.Conv1d(${names}, dtype=torch.float64)`]]),
  plain("device-unknown", "reference/parameters#device", ["device type at start of device string: <name?>"], [["device_unknown_cure", `layer = nn.Conv1d(${names}, device="cuda" if torch.cuda.is_available() else "cpu")`]]),
  plain("whole-weights", "guide/precision#int64", ["Only Tensors of floating point and complex dtype can require gradients"], [["whole_weights_cure", `layer = nn.Conv1d(${names}).requires_grad_(False)`]]),
  plain("no-len", "output-size", ["object of type 'int' has no len()"], [["no_len_cure", "y = layer(x, output_size=[length])"]]),
]
