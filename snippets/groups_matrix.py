# %% data
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

names = [
    "inputs", "outputs", "groups", "kernel", "length",
    "stride", "padding", "dilation", "extra",
]
start = dict(zip(names, (4, 4, 2, 3, 5, 2, 1, 1, 0), strict=True))

def run(transposed=False, **changes):
    """The layer, its output and its multiply-adds, or what torch says."""
    p = start | changes
    shared = ["stride", "padding", "dilation", "groups"]
    options = {name: p[name] for name in shared}
    try:
        if transposed:
            layer = nn.ConvTranspose1d(
                p["outputs"], p["inputs"], p["kernel"],
                output_padding=p["extra"], **options,
            )
            x = torch.zeros(1, p["outputs"], 3)
        else:
            layer = nn.Conv1d(
                p["inputs"], p["outputs"], p["kernel"], **options
            )
            x = torch.zeros(1, p["inputs"], p["length"])
        with FlopCounterMode(display=False) as counter:
            y = layer(x)
        return {
            "parameters": sum(w.numel() for w in layer.parameters()),
            "madds": counter.get_total_flops() // 2,
            "length_out": y.shape[2],
        }
    except (ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"

tried = [
    {"groups": 1}, {}, {"groups": 4}, {"groups": 4, "outputs": 6},
    {"groups": 3}, {"inputs": 6, "groups": 3}, {"inputs": 6, "outputs": 6, "groups": 6},
]
rows = [start | each | {"gives": run(**each)} for each in tried]
refusals = {
    "inputs": run(groups=3),
    "outputs": run(inputs=6, groups=3),
    "long": run(length=3, padding=0, dilation=2)
    .replace("(3)", "({padded})")
    .replace("(5)", "({span})"),
    "extra": run(transposed=True, extra=3)
    .replace("width: 3", "width: {extra}")
    .replace("stride_width: 2", "stride_width: {stride}")
    .replace("dilation_width: 1", "dilation_width: {dilation}"),
}
