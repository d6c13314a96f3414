"""The search, asked in readers' own words: each question and error leads to the page that answers it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# What people type who ask on forums, and what they paste; and the pages that would do, without their folders.
ENGLISH = {
    "conv1d which dimension is channels": "shapes",
    "embedding permute conv1d": "text",
    "Expected 2D (unbatched) or 3D (batched) input to conv1d": "errors",
    "expected input to have 4 channels, but got 7 channels instead": "errors shapes text",
    "channels_last": "shapes",
    "padding same": "padding",
    "numbers differ by 1e-7": "precision",
    "one output by hand": "one-output",
    "kaiming_uniform sqrt(5)": "initial-values",
    "receptive field dilation": "receptive-field",
    "output length formula": "output-length",
    "Kernel size can't be greater than actual input size": "errors",
    "output_padding": "transposed",
    "causal convolution": "padding",
    "np.correlate flip": "same-thing weights",
    "pointwise linear": "same-thing",
    "padding batch leaks mask": "padded-batches masked text",
    "padding_mode reflect": "padding parameters",
    "depthwise separable parameters": "depthwise",
    "nondeterministic seed": "initial-values",
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
    "dilated convolution": "receptive-field",
    "transposed convolution": "transposed",
    "grouped convolution": "groups",
    "number of parameters of a conv1d layer": "formula groups equations what-it-does",
    "what is the length of the output": "output-length",
    "conv1d to lstm": "shapes",
    "global average pooling": "norm shapes text",
    "batchnorm1d": "norm shapes padding weights receptive-field errors",
    "LayerNorm after Conv1d": "norm",
    "batchnorm after conv1d which axis": "norm",
    "SpatialDropout1D pytorch": "norm",
    "Dropout1d": "norm",
    "GroupNorm": "norm",
    "residual block order": "norm tcn",
    "convtranspose1d": "transposed",
    "ConvTranspose1d": "transposed",
    "chomp1d": "padding",
    "classify accelerometer windows": "time-series",
    "how to choose kernel size": "receptive-field",
    "dynamic convolution kernel for each sample": "depthwise",
    "why does conv1d sum over channels": "groups",
    "filter each channel separately": "groups",
    "depthwise conv1d slow gpu": "depthwise speed",
    "conv1d out of memory": "speed",
    "kernel per sample vmap": "depthwise",
    "weight_norm": "state-dict",
    "Missing key(s) in state_dict weight_g weight_v": "state-dict errors",
    "stream in chunks": "streaming stream",
    "tabular data": "shapes",
    "dna motif": "task",
    "gaussian filter not trained": "signals",
    "output changes with batch size": "precision padded-batches",
    "Expected more than 1 value per channel when training, got input size torch.Size([1, 2, 1])": "errors",
    "The size of tensor a (64) must match the size of tensor b (32) at non-singleton dimension 1": "errors",
    "1x1 convolution": "depthwise groups same-thing",
    "pointwise convolution": "depthwise groups same-thing",
    "upsampling": "transposed",
    "ecg": "time-series",
    # Pasted whole: their short words and digits match everywhere, hence the `boost` of some pages.
    "Expected all tensors to be on the same device, but found at least two devices": "errors",
    "RuntimeError: Error(s) in loading state_dict for Conv1d: size mismatch for weight": "errors",
    "requested an output size of [30], but valid sizes range from [22] to [23]": "errors transposed",
    "groups must be a positive integer": "parameters errors",
    "what does conv1d do": "what-it-does",
    "why conv1d and not linear": "what-it-does same-thing",
    "edge detection kernel": "what-it-does signals",
}
CHINESE = {
    "通道 维度": "shapes text",
    "词嵌入 permute": "text",
    "Expected 2D (unbatched) or 3D (batched) input to conv1d": "errors",
    "padding same": "padding",
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
    "空洞卷积": "receptive-field glossary",
    "随机种子": "initial-values recovered-seed",
    "keras 权重": "weights keras",
    "in_channels must be divisible by groups": "errors groups",
    "报错": "errors",
    "时间序列": "time-series",
    "时间序列 预测": "time-series forecast",
    "预测曲线 滞后一步": "forecast",
    "多变量时间序列": "time-series",
    "滑动窗口": "time-series",
    "多传感器 Conv1d 还是 Conv2d": "time-series",
    "1x1 卷积": "depthwise groups same-thing",
    "上采样": "transposed",
    "池化": "norm text shapes",
    "TCN 残差块 归一化 dropout 激活 顺序": "norm tcn",
    "Conv1d 后面 BatchNorm 还是 LayerNorm": "norm",
    "层归一化": "norm",
    "残差连接": "norm tcn",
    "半精度": "dtypes",
    "移动平均": "signals",
    # Without blanks, as most people type: the last word counts, and so do those behind one that no page has.
    "卷积核要不要翻转": "same-thing weights",
    "如何计算感受野": "receptive-field",
    "输出长度怎么计算": "output-length",
    "怎么做时间序列预测": "time-series forecast",
    "哪个维度是通道": "shapes",
    "权重怎么从keras转过来": "weights keras",
    "批量填充掩码": "padded-batches masked",
    "梯度怎么反向传播": "gradients",
    "感受": "receptive-field",
    "卷积核大小怎么选": "receptive-field",
    "动态卷积": "depthwise",
    "为什么把通道加起来": "groups",
    "每个通道单独卷积": "groups",
    "振动信号 分类": "time-series",
    "权重归一化": "state-dict",
    "流式推理": "streaming stream",
    "批量大小 结果不同": "precision",
    "全连接层 输入维度": "errors output-length",
    "一维卷积 是什么": "what-it-does",
    "一维卷积 有什么用": "what-it-does",
    "为什么不用全连接": "what-it-does",
}
FIRST = 3  # pages of results that a reader looks at


@pytest.mark.parametrize(("folder", "questions"), [("", ENGLISH), ("zh/", CHINESE)], ids=["en", "zh"])
def test_each_question_finds_its_page(site: Site, page: Page, folder: str, questions: dict[str, str]) -> None:
    page.goto(site.address + folder)
    box, results = page.locator("input.md-search__input"), page.locator(".md-search-result__item")
    box.click()
    missed = {}
    for question, pages in questions.items():
        box.fill("")
        page.keyboard.press("End")  # the search listens to keys going up
        expect(results).to_have_count(0)
        box.fill(question)
        page.keyboard.press("End")
        expect(results.first).to_be_attached()
        told = page.locator(".md-search-result__meta").inner_text()
        count = min(FIRST, int((re.search(r"\d+", told) or ["1"])[0]))
        expect(results.nth(count - 1)).to_be_attached()  # the list is drawn a few results at a time
        links = results.locator("> a").evaluate_all("links => links.map(link => link.pathname)")
        found = [re.sub(r".*/", "", link.rstrip("/")) for link in links[:FIRST]]
        if not set(found) & set(pages.split()):
            missed[question] = found
    assert missed == {}
