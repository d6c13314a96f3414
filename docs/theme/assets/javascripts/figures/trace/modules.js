// The modules of torch.nn that the trace knows: one entry each.
//
//   takes       the parameters of its __init__, as Python has them (the tests compare them with inspect.signature)
//   init        whose __init__ Python names in an error, if it is not the module's own
//   make(a)     what torch refuses when the module is created
//   run(x, a)   the tensor that comes out, or what torch refuses then (tensor.js, refuse.js)
//   parameters(a, x), madds(a, x, y)   how many; none, if they are left out
//
// To add one, add an entry, and what its arguments may be to tests/browser/trace_draws.py: networks with it are then
// made at random and compared with torch.
import { adaptive, padding, pooling, resizing } from "./rules-pool.js"
import {
  dropout, embedding, flattening, halving, linearLayer, normOverBatch, normOverGroups, normOverLast, normOverSample, plain,
  recurrence, shuffling, slopes, softmax, unflattening,
} from "./rules-axes.js"
import { convolution, transposed } from "./rules-conv.js"

const CONV = "kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None"
const UP = "kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None"
const NORM = "eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True"
const INSTANCE = "eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, device=None, dtype=None, *, bias=True"
const RNN = "input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False"

export const MODULES = {
  Conv1d: convolution(`in_channels, out_channels, ${CONV}`),
  LazyConv1d: convolution(`out_channels, ${CONV}`, true),
  ConvTranspose1d: transposed(`in_channels, out_channels, ${UP}`),
  LazyConvTranspose1d: transposed(`out_channels, ${UP}`, true),

  MaxPool1d: pooling("kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False", "max_pool1d", "_MaxPoolNd"),
  AvgPool1d: pooling("kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True", "avg_pool1d"),
  LPPool1d: pooling("norm_type, kernel_size, stride=None, ceil_mode=False", "avg_pool1d", "_LPPoolNd"),
  AdaptiveAvgPool1d: adaptive("output_size", "adaptive_avg_pool1d", "_AdaptiveAvgPoolNd"),
  AdaptiveMaxPool1d: adaptive("output_size, return_indices=False", "adaptive_max_pool1d", "_AdaptiveMaxPoolNd"),

  BatchNorm1d: normOverBatch(`num_features, ${NORM}`, "_BatchNorm"),
  LazyBatchNorm1d: normOverBatch(NORM, "_LazyNormBase"),
  InstanceNorm1d: normOverSample(`num_features, ${INSTANCE}`, "_InstanceNorm"),
  LazyInstanceNorm1d: normOverSample(NORM, "_LazyNormBase"),
  GroupNorm: normOverGroups("num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True"),
  LayerNorm: normOverLast("normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None"),
  RMSNorm: normOverLast("normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None", true),

  Linear: linearLayer("in_features, out_features, bias=True, device=None, dtype=None"),
  LazyLinear: linearLayer("out_features, bias=True, device=None, dtype=None"),
  Embedding: embedding("num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None"),
  LSTM: recurrence(`${RNN}, proj_size=0, device=None, dtype=None`, "LSTM"),
  GRU: recurrence(`${RNN}, device=None, dtype=None`, "GRU"),
  RNN: recurrence("input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False, dropout=0.0, bidirectional=False, device=None, dtype=None", "RNN"),

  Flatten: flattening("start_dim=1, end_dim=-1"),
  Unflatten: unflattening("dim, unflattened_size"),
  Upsample: resizing("size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None"),
  ConstantPad1d: padding("padding, value", "constant"),
  ZeroPad1d: padding("padding", "constant"),
  ReflectionPad1d: padding("padding", "reflect"),
  ReplicationPad1d: padding("padding", "replicate"),
  CircularPad1d: padding("padding", "circular"),
  ChannelShuffle: shuffling("groups"),

  Dropout: dropout("p=0.5, inplace=False"),
  Dropout1d: dropout("p=0.5, inplace=False", true),
  AlphaDropout: dropout("p=0.5, inplace=False"),
  FeatureAlphaDropout: dropout("p=0.5, inplace=False", false, true),

  Softmax: softmax("dim=None", "softmax_kernel_impl"),
  LogSoftmax: softmax("dim=None", "log_softmax_kernel_impl"),
  Softmin: softmax("dim=None", "softmax_kernel_impl"),
  GLU: halving("dim=-1"),
  PReLU: slopes("num_parameters=1, init=0.25, device=None, dtype=None"),
  Identity: plain("*args, **kwargs"),
  ReLU: plain("inplace=False"),
  ReLU6: plain("inplace=False"),
  LeakyReLU: plain("negative_slope=0.01, inplace=False", "leaky_relu_cpu"),
  ELU: plain("alpha=1.0, inplace=False", "elu_cpu"),
  CELU: plain("alpha=1.0, inplace=False", "elu_cpu"),
  SELU: plain("inplace=False", "elu_cpu"),
  GELU: plain("approximate='none'", "GeluKernelImpl"),
  SiLU: plain("inplace=False", "silu_cpu"),
  Mish: plain("inplace=False", "mish_cpu"),
  Sigmoid: plain("*args, **kwargs", "", "Module", { floats: true }),
  Tanh: plain("*args, **kwargs", "", "Module", { floats: true }),
  LogSigmoid: plain("*args, **kwargs", "log_sigmoid_cpu", "Module"),
  Softsign: plain("*args, **kwargs", "", "Module", { floats: true }),
  Tanhshrink: plain("*args, **kwargs", "", "Module", { floats: true }),
  Softplus: plain("beta=1.0, threshold=20.0", "softplus_cpu"),
  Hardtanh: plain("min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None"),
  Hardswish: plain("inplace=False", "hardswish_cpu"),
  Hardsigmoid: plain("inplace=False", "hardsigmoid_cpu"),
  Softshrink: plain("lambd=0.5", "softshrink_cpu"),
  Hardshrink: plain("lambd=0.5", "hardshrink_cpu"),
}
