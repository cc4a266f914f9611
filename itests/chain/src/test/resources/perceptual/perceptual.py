"""Makes perceptual.json beside this script: LPIPS distances and CLIP embeddings of networks whose weights a formula gives.

Made with Python 3.11 and numpy 2.4.6: python3 perceptual.py
Written from the papers and the published layouts with numpy alone, in float64; the test computes in float32.
"""
import json
import math
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent


def weights(name, *shape):
    """As PerceptualTest has it."""
    count = math.prod(shape)
    phase = numpy.sin(0.7071 * numpy.arange(count) + len(name))
    fan = math.prod(shape[1:])
    if name.startswith("lin"):
        values = 1 + phase
    elif len(shape) == 1:
        values = (1 if name.endswith("norm.weight") or "norm1.weight" in name or "norm2.weight" in name else 0) + 0.1 * phase
    else:
        values = 2 / math.sqrt(fan) * phase
    return values.reshape(shape).astype("f4").astype("f8")


def waves(height, width, disturbed):
    y, x = numpy.mgrid[0:height, 0:width]
    c = numpy.arange(3)[:, None, None]
    a = 0.5 + 0.4 * numpy.sin(0.11 * x + c) * numpy.cos(0.07 * y - c)
    b = 0.1 * numpy.sin(1.3 * x * y / 50.0 + 2 * c) + 0.02 * c
    return (a + b if disturbed else a).astype("f4").astype("f8")


def conv(name, x, out, kernel, stride, padding):
    channels = x.shape[0]
    x = numpy.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    windows = numpy.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
    y = numpy.tensordot(weights(name + ".weight", out, channels, kernel, kernel), windows, axes=((1, 2, 3), (0, 3, 4)))
    return numpy.maximum(y + weights(name + ".bias", out)[:, None, None], 0)


def pool(x, extent, ceiling=False):
    height, width = x.shape[1:]
    if ceiling:
        x = numpy.pad(x, ((0, 0), (0, (height - extent) % 2), (0, (width - extent) % 2)), constant_values=-numpy.inf)
    return numpy.lib.stride_tricks.sliding_window_view(x, (extent, extent), axis=(1, 2))[:, ::2, ::2].max((3, 4))


def fire(name, x, squeezed, expanded):
    x = conv(name + ".squeeze", x, squeezed, 1, 1, 0)
    return numpy.concatenate([conv(name + ".expand1x1", x, expanded, 1, 1, 0), conv(name + ".expand3x3", x, expanded, 3, 1, 1)])


def alex(x):
    x = conv("net.slice1.0", x, 64, 11, 4, 2)
    yield x
    x = conv("net.slice2.3", pool(x, 3), 192, 5, 1, 2)
    yield x
    x = conv("net.slice3.6", pool(x, 3), 384, 3, 1, 1)
    yield x
    x = conv("net.slice4.8", x, 256, 3, 1, 1)
    yield x
    yield conv("net.slice5.10", x, 256, 3, 1, 1)


def vgg(x):
    place = 0
    for part, (out, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for _ in range(count):
            x = conv(f"net.slice{part}.{place}", x, out, 3, 1, 1)
            place += 2
        yield x
        x = pool(x, 2)
        place += 1


def squeeze(x):
    x = conv("net.slice1.0", x, 64, 3, 2, 0)
    yield x
    x = fire("net.slice2.4", fire("net.slice2.3", pool(x, 3, True), 16, 64), 16, 64)
    yield x
    x = fire("net.slice3.7", fire("net.slice3.6", pool(x, 3, True), 32, 128), 32, 128)
    yield x
    x = fire("net.slice4.9", pool(x, 3, True), 48, 192)
    yield x
    x = fire("net.slice5.10", x, 48, 192)
    yield x
    x = fire("net.slice6.11", x, 64, 256)
    yield x
    yield fire("net.slice7.12", x, 64, 256)


def lpips(network, a, b):
    shift = numpy.array([-0.030, -0.088, -0.188])[:, None, None]
    scale = numpy.array([0.458, 0.448, 0.450])[:, None, None]
    seen = [list(network((2 * numpy.clip(p, 0, 1) - 1 - shift) / scale)) for p in (a, b)]
    total = 0
    for i, (x, y) in enumerate(zip(*seen)):
        x = x / (numpy.sqrt((x ** 2).sum(0)) + 1e-10)
        y = y / (numpy.sqrt((y ** 2).sum(0)) + 1e-10)
        channels = weights(f"lin{i}.model.1.weight", 1, x.shape[0], 1, 1)[0]
        total += (channels * (x - y) ** 2).sum(0).mean()
    return total


def norm(name, x):
    x = (x - x.mean(-1, keepdims=True)) / numpy.sqrt(x.var(-1, keepdims=True) + 1e-5)
    return x * weights(name + ".weight", x.shape[-1]) + weights(name + ".bias", x.shape[-1])


def linear(name, x, out, bias=True):
    y = x @ weights(name + ".weight", out, x.shape[-1]).T
    return y + weights(name + ".bias", out) if bias else y


def layer(name, x, heads, wide, causal):
    tokens, hidden = x.shape
    y = norm(name + ".layer_norm1", x)
    q, k, v = (linear(f"{name}.self_attn.{p}_proj", y, hidden).reshape(tokens, heads, -1).transpose(1, 0, 2) for p in "qkv")
    scores = q @ k.transpose(0, 2, 1) / math.sqrt(hidden / heads)
    if causal:
        scores = scores + numpy.triu(numpy.full((tokens, tokens), -numpy.inf), 1)
    scores = numpy.exp(scores - scores.max(-1, keepdims=True))
    scores /= scores.sum(-1, keepdims=True)
    x = x + linear(name + ".self_attn.out_proj", (scores @ v).transpose(1, 0, 2).reshape(tokens, hidden), hidden)
    y = linear(name + ".mlp.fc1", norm(name + ".layer_norm2", x), wide)
    return x + linear(name + ".mlp.fc2", y / (1 + numpy.exp(-1.702 * y)), hidden)


def cubic(x, a=-0.5):
    x = numpy.abs(x)
    return numpy.where(x < 1, (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1, numpy.where(x < 2, a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a, 0))


def resize(plane, to):
    """Along the last axis, as Pillow's bicubic filter: stretched over all pixels that a new one covers."""
    size = plane.shape[-1]
    scale = size / to
    stretch = max(1, scale)
    columns = []
    for i in range(to):
        centre = (i + 0.5) * scale
        first, end = max(0, int(centre - 2 * stretch + 0.5)), min(size, int(centre + 2 * stretch + 0.5))
        w = cubic((numpy.arange(first, end) - centre + 0.5) / stretch)
        columns.append((plane[..., first:end] * (w / w.sum())).sum(-1))
    return numpy.stack(columns, -1)


def pixels(picture, size):
    height, width = picture.shape[1:]
    short = min(height, width)
    tall, broad = int(size * height / short), int(size * width / short)
    x = resize(resize(numpy.clip(picture, 0, 1), broad).transpose(0, 2, 1), tall).transpose(0, 2, 1)
    top, left = (tall - size) // 2, (broad - size) // 2
    x = numpy.clip(x[:, top:top + size, left:left + size], 0, 1)
    mean = numpy.array([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    return (x - mean) / numpy.array([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def clip_image(picture, hidden=24, heads=3, wide=48, layers=2, size=32, patch=8, projection=16):
    x = pixels(picture, size)
    kernel = weights("vision_model.embeddings.patch_embedding.weight", hidden, 3, patch, patch)
    cut = x.reshape(3, size // patch, patch, size // patch, patch)
    tokens = numpy.einsum("hcpq,cypxq->yxh", kernel, cut).reshape(-1, hidden)
    x = numpy.concatenate([weights("vision_model.embeddings.class_embedding", hidden)[None], tokens])
    x = x + weights("vision_model.embeddings.position_embedding.weight", len(x), hidden)
    x = norm("vision_model.pre_layrnorm", x)
    for i in range(layers):
        x = layer(f"vision_model.encoder.layers.{i}", x, heads, wide, False)
    return linear("visual_projection", norm("vision_model.post_layernorm", x[0]), projection, False)


def clip_text(ids, hidden=20, heads=2, wide=40, layers=2, positions=8, vocabulary=50, projection=16):
    x = weights("text_model.embeddings.token_embedding.weight", vocabulary, hidden)[ids]
    x = x + weights("text_model.embeddings.position_embedding.weight", positions, hidden)[:len(ids)]
    for i in range(layers):
        x = layer(f"text_model.encoder.layers.{i}", x, heads, wide, True)
    return linear("text_projection", norm("text_model.final_layer_norm", x)[ids.index(49)], projection, False)


A, B = waves(64, 70, False), waves(64, 70, True)
IDS = [48, 3, 17, 30, 49, 0, 0, 0]
image, text = clip_image(B), clip_text(IDS)
(HERE / "perceptual.json").write_text(json.dumps({
    "alex": lpips(alex, A, B), "vgg": lpips(vgg, A, B), "squeeze": lpips(squeeze, A, B),
    "pixels": pixels(B, 32)[:, ::11, ::13].ravel().tolist(), "ids": IDS, "image": image.tolist(), "text": text.tolist(),
    "score": max(0, 100 * float(image @ text / numpy.linalg.norm(image) / numpy.linalg.norm(text))),
}, indent=1) + "\n")
