"""Writes pixart-vectors.json: what the transformer of PixArt-Sigma computes, in float64 with NumPy alone.

Written from the description of each operation in diffusers (pixart_transformer_2d.py, attention.py, embeddings.py), and sharing no
code with the adapter. Weights are sines of their place and name, so that no file of weights is needed. Made with Python 3.11 and
NumPy 2.4: python3 pixart-vectors.py > pixart-vectors.json
"""
import json

import numpy as np

CONFIG = {
    "_class_name": "PixArtTransformer2DModel", "activation_fn": "gelu-approximate", "attention_bias": True, "attention_head_dim": 8,
    "caption_channels": 6, "cross_attention_dim": 16, "in_channels": 4, "interpolation_scale": 2, "norm_elementwise_affine": False,
    "norm_eps": 1e-6, "norm_type": "ada_norm_single", "num_attention_heads": 2, "num_layers": 2, "out_channels": 8, "patch_size": 2,
    "sample_size": 8, "use_additional_conditions": False,
}
DIM = CONFIG["num_attention_heads"] * CONFIG["attention_head_dim"]
HEADS = CONFIG["num_attention_heads"]
PATCH = CONFIG["patch_size"]
BATCH, HEIGHT, WIDTH, WORDS = 2, 6, 10, 5


def parameter(name, *shape):
    count = int(np.prod(shape))
    inputs = int(np.prod(shape[1:]))
    sines = np.sin(np.arange(count) + sum(map(ord, name)))
    return (sines / np.sqrt(inputs)).astype(np.float32).astype(np.float64).reshape(shape)


def linear(name, x, out):
    return x @ parameter(name + ".weight", out, x.shape[-1]).T + parameter(name + ".bias", out)


def silu(x):
    return x / (1 + np.exp(-x))


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def norm(x):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + CONFIG["norm_eps"])


def positions(rows, columns):
    base = CONFIG["sample_size"] // PATCH
    omega = 1 / 10000 ** (np.arange(DIM // 4) / (DIM // 4))
    out = np.zeros((rows, columns, DIM))
    for i in range(rows):
        for j in range(columns):
            parts = []
            for place, count in ((j, columns), (i, rows)):
                angle = place / (count / base) / CONFIG["interpolation_scale"] * omega
                parts += [np.sin(angle), np.cos(angle)]
            out[i, j] = np.concatenate(parts)
    return out.reshape(rows * columns, DIM)


def patches(x):
    rows, columns = x.shape[2] // PATCH, x.shape[3] // PATCH
    weight = parameter("pos_embed.proj.weight", DIM, x.shape[1], PATCH, PATCH)
    out = np.zeros((x.shape[0], rows * columns, DIM))
    for i in range(rows):
        for j in range(columns):
            part = x[:, :, i * PATCH:(i + 1) * PATCH, j * PATCH:(j + 1) * PATCH]
            out[:, i * columns + j] = np.einsum("bcpq,dcpq->bd", part, weight) + parameter("pos_embed.proj.bias", DIM)
    return out + positions(rows, columns)


def sinusoid(t):
    angle = t[:, None] * np.exp(-np.log(10000) * np.arange(128) / 128)
    return np.concatenate([np.cos(angle), np.sin(angle)], -1)


def attention(name, x, seen, bias):
    def heads(y):
        return y.reshape(y.shape[0], y.shape[1], HEADS, -1).transpose(0, 2, 1, 3)

    q, k, v = heads(linear(name + ".to_q", x, DIM)), heads(linear(name + ".to_k", seen, DIM)), heads(linear(name + ".to_v", seen, DIM))
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(DIM // HEADS) + bias
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (weights / weights.sum(-1, keepdims=True)) @ v
    return linear(name + ".to_out.0", mixed.transpose(0, 2, 1, 3).reshape(x.shape), DIM)


def transformer(latents, caption, mask, timestep):
    hidden = patches(latents)
    embedded = linear("adaln_single.emb.timestep_embedder.linear_1", sinusoid(timestep), DIM)
    embedded = linear("adaln_single.emb.timestep_embedder.linear_2", silu(embedded), DIM)
    time = linear("adaln_single.linear", silu(embedded), 6 * DIM).reshape(-1, 6, DIM)
    text = linear("caption_projection.linear_2", gelu(linear("caption_projection.linear_1", caption, DIM)), DIM)
    bias = ((1 - mask) * -10000.0)[:, None, None, :]
    for i in range(CONFIG["num_layers"]):
        block = f"transformer_blocks.{i}"
        shift, scale, gate, shift_ff, scale_ff, gate_ff = np.split(parameter(block + ".scale_shift_table", 6, DIM)[None] + time, 6, 1)
        own = norm(hidden) * (1 + scale) + shift
        hidden = gate * attention(block + ".attn1", own, own, 0) + hidden
        hidden = attention(block + ".attn2", hidden, text, bias) + hidden
        wide = gelu(linear(block + ".ff.net.0.proj", norm(hidden) * (1 + scale_ff) + shift_ff, 4 * DIM))
        hidden = gate_ff * linear(block + ".ff.net.2", wide, DIM) + hidden
    shift, scale = np.split(parameter("scale_shift_table", 2, DIM)[None] + embedded[:, None], 2, 1)
    out = linear("proj_out", norm(hidden) * (1 + scale) + shift, PATCH * PATCH * CONFIG["out_channels"])
    rows, columns = latents.shape[2] // PATCH, latents.shape[3] // PATCH
    out = out.reshape(-1, rows, columns, PATCH, PATCH, CONFIG["out_channels"])
    return np.einsum("nhwpqc->nchpwq", out).reshape(-1, CONFIG["out_channels"], rows * PATCH, columns * PATCH)


def values(count, start):
    return np.sin(np.arange(count) * 0.7 + start).astype(np.float32).astype(np.float64)


latents = values(BATCH * 4 * HEIGHT * WIDTH, 1).reshape(BATCH, 4, HEIGHT, WIDTH)
caption = values(BATCH * WORDS * 6, 2).reshape(BATCH, WORDS, 6)
mask = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=np.float64)
timestep = np.array([500.0, 500.0])
sample = transformer(latents, caption, mask, timestep)
print(json.dumps({"config": CONFIG, "sample": [float(f"{v:.7g}") for v in sample.ravel()]}))
