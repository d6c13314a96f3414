"""The search, asked in readers' own words: each question leads to the section that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from searching import ask_all

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# What people type who ask on forums, and what they paste; and the pages or sections that would do, without
# their folders.
ENGLISH = {
    "conv1d which dimension is channels": "shapes",
    "embedding permute conv1d": "text",
    "Expected 2D (unbatched) or 3D (batched) input to conv1d": "errors",
    "expected input to have 4 channels, but got 7 channels instead": "errors shapes text",
    "channels_last": "shapes",
    "padding same": "padding same-padding",
    "numbers differ by 1e-7": "precision",
    "one output by hand": "one-output",
    "kaiming_uniform sqrt(5)": "initial-values",
    "receptive field dilation": "receptive-field kernel-size",
    "output length formula": "output-length",
    "Kernel size can't be greater than actual input size": "errors",
    "output_padding": "transposed",
    "causal convolution": "padding causal",
    "np.correlate flip": "correlation weights",
    "does conv1d flip the kernel": "correlation",
    "convolution or cross-correlation": "correlation",
    "different results on every run": "seeds",
    "pointwise linear": "same-thing",
    "padding batch leaks mask": "padded-batches masked text",
    "padding_mode reflect": "padding parameters",
    "depthwise separable parameters": "depthwise",
    "nondeterministic seed": "seeds",
    "keras weights": "weights keras",
    "expected scalar type Double but found Float": "errors dtypes",
    "which dtypes does conv1d take": "dtypes",
    "im2col unfold": "same-thing",
    "in_channels must be divisible by groups": "errors groups",
    "negative padding is not supported": "errors",
    "padding='same' is not supported for strided convolutions": "errors",
    "RuntimeError: non-positive stride is not supported": "errors",
    "Argument #4: Padding size should be less than": "errors padding",
    'Only "zeros" padding mode is supported for ConvTranspose1d': "errors transposed",
    "tcn": "receptive-field padding tcn",
    "time series": "time-series",
    "multivariate": "time-series",
    "predict next value of a time series": "time-series forecast",
    "sliding window": "time-series",
    "conv1d or conv2d multivariate time series": "time-series",
    "lazyconv1d wrong in_channels": "shapes errors",
    "causal conv1d padding with stride": "padding causal",
    "Given input size: (3x1x10). Calculated output size: (3x1x0). Output size is too small": "errors",
    "Input type (MPSFloatType) and weight type (torch.FloatTensor) should be the same": "errors",
    "forecast one step late": "forecast",
    "dilated convolution": "receptive-field kernel-size",
    "transposed convolution": "transposed",
    "grouped convolution": "groups",
    "number of parameters of a conv1d layer": "formula groups equations what-it-does",
    "what is the length of the output": "output-length",
    "conv1d to lstm": "shapes",
    "global average pooling": "dropout-pooling shapes text",
    "batchnorm1d": "norm shapes padding weights receptive-field errors",
    "LayerNorm after Conv1d": "norm",
    "batchnorm after conv1d which axis": "norm",
    "SpatialDropout1D pytorch": "dropout-pooling",
    "Dropout1d": "dropout-pooling",
    "GroupNorm": "norm",
    "residual block order": "norm tcn",
    "convtranspose1d": "transposed",
    "ConvTranspose1d": "transposed",
    "chomp1d": "padding",
    "classify accelerometer windows": "time-series",
    "how to choose kernel size": "kernel-size",
    "dynamic convolution kernel for each sample": "depthwise",
    "why does conv1d sum over channels": "groups",
    "filter each channel separately": "groups",
    "depthwise conv1d slow gpu": "depthwise speed",
    "kernel per sample vmap": "depthwise",
    "weight_norm": "state-dict",
    "Missing key(s) in state_dict weight_g weight_v": "state-dict errors",
    "stream in chunks": "streaming stream",
    "tabular data": "wrong-axis",
    "dna motif": "task",
    "gaussian filter not trained": "signals",
    "output changes with batch size": "precision padded-batches",
    "Expected more than 1 value per channel when training, got input size torch.Size([1, 2, 1])": "errors",
    "The size of tensor a (64) must match the size of tensor b (32) at non-singleton dimension 1": "errors",
    "1x1 convolution": "depthwise groups same-thing",
    "pointwise convolution": "depthwise groups same-thing",
    "upsampling": "transposed",
    "ecg": "time-series",
    # Pasted whole.
    "Expected all tensors to be on the same device, but found at least two devices": "errors",
    "RuntimeError: Error(s) in loading state_dict for Conv1d: size mismatch for weight": "errors",
    "requested an output size of [30], but valid sizes range from [22] to [23]": "errors transposed",
    "groups must be a positive integer": "parameters errors",
    "what does conv1d do": "what-it-does",
    "why conv1d and not linear": "what-it-does same-thing",
    "edge detection kernel": "what-it-does signals",
    # Asked in public; what was missing at the time has been written since.
    "mps conv1d apple": "production errors",
    "one of the variables needed for gradient computation has been modified by": "gradients#errors",
    "Output channels > 65536 not supported at the MPS device": "errors#mps",
    "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a": "errors#cudnn",
    "Input type (float) and bias type (struct c10::Half) should be the same": "errors#half",
    "fp16 model float input conv1d": "errors#half errors#dtype",
    "GPT2 Conv1D vs nn.Conv1d": "weights same-thing",
    "huggingface Conv1D transposed weight": "weights",
    "quantize_dynamic Conv1d not quantized": "production#int8",
    "int8 quantization": "production#int8",
    "why does conv1d sum over channels instead of independent": "groups#sum-over-channels",
    "why conv2d instead of conv1d for time series sensors": "time-series#conv2d",
    "conv1d or conv2d": "time-series#conv2d same-thing",
    "replace causal_conv1d with nn.Conv1d mamba": "mamba",
    "F.fold 1d overlap add windows back to signal": "overlap-add",
    "overlap-add": "overlap-add",
    "conv1d out of memory": "speed",
    "dilated conv slow cudnn.deterministic": "speed production",
    "TCN training slow": "production receptive-field tcn",
    "conv1d autoencoder compress 65536 to 1024": "autoencoder",
    "autoencoder": "autoencoder",
    "quantization": "production#int8",
    "onnx": "production#onnx",
    "compile": "production#compile",
    "out of memory": "production errors",
    "slow": "groups#depthwise-slow production",
    "batch_size": "glossary shapes precision",
    "TextCNN": "text text-classifier",
    "checkerboard": "transposed#checkerboard",
    "aliasing": "frequencies",
    "frequency response of a kernel": "frequencies",
    "conv1d vs conv2d": "same-thing",
    "what is the star in the conv1d formula": "formula",
    "what is in weight.grad": "gradients",
    "seeded and still different": "seeds",
    # However it is typed.
    "Ｃｏｎｖ１ｄ receptive field": "receptive-field",
    "PADDED BATCHES": "padded-batches",
    "timeseries": "time-series",
    "batch norm": "norm",
}
CHINESE = {
    "通道 维度": "shapes text",
    "词嵌入 permute": "text",
    "Expected 2D (unbatched) or 3D (batched) input to conv1d": "errors",
    "padding same": "padding same-padding",
    "结果相差 1e-7": "precision",
    "偏置": "one-output gradients initial-values recovered-seed",
    "初始值 √5": "initial-values",
    "感受野": "receptive-field",
    "输出长度": "output-length",
    "转置卷积": "transposed",
    "反卷积": "transposed glossary",
    "因果卷积": "padding",
    "步长": "output-length glossary",
    "深度可分离卷积": "depthwise",
    "分组卷积": "groups",
    "空洞卷积": "receptive-field kernel-size glossary",
    "随机种子": "seeds recovered-seed",
    "keras 权重": "weights keras",
    "in_channels must be divisible by groups": "errors groups",
    "报错": "errors trace",
    "时间序列": "time-series",
    "时间序列 预测": "time-series forecast",
    "预测曲线 滞后一步": "forecast",
    "多变量时间序列": "time-series",
    "滑动窗口": "time-series",
    "多传感器 Conv1d 还是 Conv2d": "time-series",
    "1x1 卷积": "depthwise groups same-thing",
    "上采样": "transposed",
    "池化": "dropout-pooling text shapes",
    "TCN 残差块 归一化 dropout 激活 顺序": "norm tcn",
    "Conv1d 后面 BatchNorm 还是 LayerNorm": "norm",
    "层归一化": "norm",
    "残差连接": "norm tcn",
    "半精度": "dtypes",
    "移动平均": "signals",
    # Without blanks, as most people type: the last word counts, and so do those behind one that no page has.
    "卷积核要不要翻转": "correlation weights",
    "卷积还是互相关": "correlation",
    "如何计算感受野": "receptive-field",
    "输出长度怎么计算": "output-length",
    "怎么做时间序列预测": "time-series forecast",
    "哪个维度是通道": "shapes",
    "权重怎么从keras转过来": "weights keras",
    "批量填充掩码": "padded-batches masked",
    "梯度怎么反向传播": "gradients",
    "感受": "receptive-field",
    "卷积核大小怎么选": "kernel-size",
    "动态卷积": "depthwise",
    "为什么把通道加起来": "groups",
    "每个通道单独卷积": "groups",
    "振动信号 分类": "time-series",
    "权重归一化": "state-dict",
    "流式推理": "streaming stream",
    "批量大小 结果不同": "precision",
    "全连接层 输入维度": "errors output-length network-length",
    "一维卷积 是什么": "what-it-does",
    "一维卷积 有什么用": "what-it-does",
    "为什么不用全连接": "what-it-does",
    # 有人公开问过的。
    "时间序列 输入层 为什么用卷积 embedding": "text",
    "TokenEmbedding kernel_size=3": "text",
    "流式推理 conv1d 不是因果的": "streaming signals stream",
    "weight_norm 加载模型 missing keys": "state-dict",
    "Missing key(s) in state_dict: weight_g, weight_v": "weights errors",
    "序列长度为1 卷积": "padding time-series",
    "感受野怎么算": "receptive-field",
    "输出长度的计算公式": "output-length",
    "棋盘效应": "transposed#checkerboard",
    "Conv1d 和 Conv2d 的区别": "same-thing",
    "逐通道卷积": "depthwise groups#depthwise",
    "groups 是什么": "groups",
    "卷积怎么算": "one-output what-it-does formula",
    "每次运行结果不同": "seeds precision",
    "混叠": "frequencies",
    "频率响应": "frequencies",
    "TextCNN": "text text-classifier",
    "维度": "shapes",
    "一维卷积": "what-it-does formula",
    "时间步": "glossary shapes receptive-field transposed output-length",
    "量化": "production#int8",
    "自编码器": "autoencoder",
    "显存不足": "production errors",
    "模型太慢": "production groups",
    "checkerboard": "transposed#checkerboard",
    "aliasing": "frequencies#aliasing",
    "slow": "production groups",
    "quantization": "production#int8",
    "onnx": "production#onnx",
    "compile": "production#compile",
    "心电信号": "time-series",
    "输入(720,1,1) kernel_size=3 padding=1 怎么卷积": "padding one-output",
}
# Of the site's subject, and on none of its pages; and what such a word leaves to be found.
UNKNOWN_ENGLISH = {
    "flurbification": ("flurbification", ""),
    "flurbification of padding": ("flurbification", "padding"),
    "overfitting": ("overfitting", ""),
}
UNKNOWN_CHINESE = {
    "缓存": ("缓存", ""),
    "魑魅魍魉": ("魑魅魍魉", ""),
    "魑魅 感受野": ("魑魅", "receptive-field"),
    "感受野魑魅": ("魑魅", "receptive-field"),
    "flurbification 感受野": ("flurbification", "receptive-field"),
}
# Messages of PyTorch and others that the site does not have.
UNKNOWN_MESSAGES = (
    "RuntimeError: the flux capacitor has not been charged",
    "AttributeError: 'Conv1d' object has no attribute 'frobnicate'",
    "TypeError: 'NoneType' object is not callable",
    "ModuleNotFoundError: No module named 'causal_conv1d_cuda'",
    "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed.",
)
KNOWN = (
    "Given groups=1, weight of size [4, 7, 3], expected input[1, 3, 10] to have 7 channels, "
    "but got 3 channels instead"
)
TRACEBACK = f"""Traceback (most recent call last):
  File "train.py", line 12, in <module>
    y = layer(x)
  File "/usr/lib/python3/site-packages/torch/nn/modules/module.py", line 1553, in _call_impl
    return forward_call(*args, **kwargs)
RuntimeError: {KNOWN}
"""


def both(english: object, chinese: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("folder", "questions"), [("", english), ("zh/", chinese)], ids=["en", "zh"]
    )


@both(ENGLISH, CHINESE)
def test_each_question_finds_its_page(site: Site, page: Page, folder: str, questions: dict[str, str]) -> None:
    answers = ask_all(site, page, folder, questions)
    missed = {
        question: answer.first()
        for (question, pages), answer in zip(questions.items(), answers, strict=True)
        if not answer.leads_to(pages) or answer.unknown_message
    }
    assert missed == {}


@both(UNKNOWN_ENGLISH, UNKNOWN_CHINESE)
def test_words_that_no_page_has_are_told_and_the_rest_is_answered(
    site: Site, page: Page, folder: str, questions: dict[str, tuple[str, str]]
) -> None:
    answers = ask_all(site, page, folder, questions)
    for (question, (unknown, pages)), answer in zip(questions.items(), answers, strict=True):
        assert answer.missing == (unknown,), question
        assert answer.leads_to(pages) if pages else not answer.places, question


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
def test_a_message_that_the_site_has_not_is_told(site: Site, page: Page, folder: str) -> None:
    traced = [TRACEBACK.replace(f"RuntimeError: {KNOWN}", message) for message in UNKNOWN_MESSAGES]
    for message, answer in zip(
        (*UNKNOWN_MESSAGES, *traced),
        ask_all(site, page, folder, (*UNKNOWN_MESSAGES, *traced)),
        strict=True,
    ):
        assert answer.unknown_message, message
        assert not answer.missing


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("joint", ["\n", " ", ""], ids=["lines", "spaces", "nothing"])
def test_a_traceback_leads_to_its_message(site: Site, page: Page, folder: str, joint: str) -> None:
    (answer,) = ask_all(site, page, folder, [joint.join(TRACEBACK.splitlines())])
    assert not answer.unknown_message
    assert answer.places[0] == "guide/errors/#channels"


def test_signs_before_words_keep_their_meaning(site: Site, page: Page) -> None:
    def places(folder: str, *questions: str) -> list[set[str]]:
        return [set(answer.places) for answer in ask_all(site, page, folder, questions)]

    for folder, one, other in (("", "causal", "padding"), ("zh/", "因果", "填充")):
        both_, without, titled, required = places(
            folder, f"{one} {other}", f"{one} -{other}", f"title:{other}", f"{one} +{other}"
        )
        assert both_ - without
        assert without
        assert required
        (answer,) = ask_all(site, page, folder, [f"title:{other}"])
        assert answer.titles
        assert all(other in title.lower().replace("padded", other) for title in answer.titles), answer.titles
        assert titled
    quoted, loose = places("", '"receptive field of"', "receptive field of")
    assert quoted
    assert quoted != loose


def test_a_word_finds_itself_before_the_names_that_hold_it(site: Site, page: Page) -> None:
    for folder in ("", "zh/"):
        (answer,) = ask_all(site, page, folder, ["output"])
        assert not any("output-padding" in place for place in answer.first()), answer.first()
