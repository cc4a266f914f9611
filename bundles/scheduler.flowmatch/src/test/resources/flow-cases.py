"""Writes flow-cases.json: what the formulas of diffusers' FlowMatchEulerDiscreteScheduler give, and what diffusers itself gave.

Usage: python flow-cases.py sd3.safetensors flux.safetensors > flow-cases.json
The formulas are written here in NumPy 2.4, with its types. The first two cases are diffusers' own time steps and noise levels, as
0.40.0.dev0 had them for tiny-sd3 in 20 steps and tiny-flux in 12, taken from the golden files named on the command line.
"""
import json
import math
import struct
import sys

import numpy as np

F = np.float32
FLUX = {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 1.15, "base_image_seq_len": 256, "max_image_seq_len": 4096}
CASES = {  # configuration, steps, tokens, and whether the pipeline gives even levels, as FLUX.1's does
    "stable diffusion 3, 28 steps": ({"shift": 3.0}, 28, 4096, False),
    "flux dev, 1024 by 1024": ({**FLUX, "shift": 3.0}, 28, 4096, True),
    "flux dev, 512 by 768": ({**FLUX, "shift": 3.0}, 10, 1536, True),
    "flux schnell": ({"shift": 1.0}, 4, 4096, True),
    "dynamic, linear": ({**FLUX, "time_shift_type": "linear"}, 6, 2000, True),
    "dynamic, to a terminal level": ({**FLUX, "shift_terminal": 0.02}, 8, 4000, True),
    "static, to a terminal level": ({"shift": 7.0, "shift_terminal": 0.1}, 5, 0, False),
    "one step": ({"shift": 3.0}, 1, 0, False),
    "dynamic, one step": (FLUX, 1, 64, True),
    "karras": ({"shift": 3.0, "use_karras_sigmas": True}, 6, 0, False),
    "exponential, dynamic": ({**FLUX, "use_exponential_sigmas": True}, 6, 64, True),
    "stochastic": ({"shift": 3.0, "stochastic_sampling": True}, 5, 0, False),
    "stable diffusion 3, dynamic": (FLUX, 10, 1536, False),
    "stable diffusion 3, no shift": ({"shift": 1.0}, 10, 4096, False),
    "flux, static": ({"shift": 3.0}, 10, 4096, True),
}


def levels(c, steps, tokens, even):
    dynamic = c.get("use_dynamic_shifting")
    shift = c.get("shift", 1.0)
    if even:
        s = np.linspace(1.0, 1 / steps, steps).astype(F)
    else:
        trained = np.arange(1, 1001).astype(F)[::-1] / F(1000)
        if not dynamic:
            trained = shift * trained / (1 + (shift - 1) * trained)
        s = np.linspace(trained[0].item() * 1000, trained[-1].item() * 1000, steps) / 1000
    if dynamic:
        m = (c["max_shift"] - c["base_shift"]) / (c["max_image_seq_len"] - c["base_image_seq_len"])
        mu = tokens * m + (c["base_shift"] - m * c["base_image_seq_len"])
        strength = mu if c.get("time_shift_type") == "linear" else math.exp(mu)
        s = strength / (strength + (1 / s - 1))
    else:
        s = shift * s / (1 + (shift - 1) * s)
    if c.get("shift_terminal"):
        rest = 1 - s
        s = 1 - rest / (rest[-1] / (1 - c["shift_terminal"]))
    high, low = s[0].item(), s[-1].item()
    if c.get("use_karras_sigmas"):
        s = (high ** (1 / 7) + np.linspace(0, 1, steps) * (low ** (1 / 7) - high ** (1 / 7))) ** 7
    if c.get("use_exponential_sigmas"):
        s = np.exp(np.linspace(math.log(high), math.log(low), steps))
    return np.append(s.astype(F), F(0))


def run(c, steps, tokens, even):
    s = levels(c, steps, tokens, even)
    rng = np.random.default_rng(7)
    x = rng.standard_normal(3).astype(F)
    out = {"timesteps": (s[:-1] * F(1000)).tolist(), "sigmas": s.tolist(), "initial_noise_scale": 1.0, "latents": x.tolist(),
           "outputs": [], "noise": [], "inputs": [], "after": []}
    for at, to in zip(s[:-1], s[1:]):
        v, noise = rng.standard_normal((2, 3)).astype(F)
        out["inputs"].append(x.tolist())
        x = (F(1) - to) * (x - at * v) + to * noise if c.get("stochastic_sampling") else x + (to - at) * v
        assert x.dtype == F
        out["outputs"].append(v.tolist())
        out["noise"].append(noise.tolist())
        out["after"].append(x.tolist())
    return out


def golden(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])

    def read(name):
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(data[8 + size + begin:8 + size + end], "<f4").tolist()
    return {"timesteps": read("timesteps"), "sigmas": read("sigmas"), "initial_noise_scale": 1.0}


cases = [{"name": "golden of tiny-sd3", "config": {"shift": 3.0}, "steps": 20, "image_tokens": 64, "even_levels": False,
          **golden(sys.argv[1])},
         {"name": "golden of tiny-flux", "config": {**FLUX, "shift": 3.0}, "steps": 12, "image_tokens": 64, "even_levels": True,
          **golden(sys.argv[2])}]
cases += [{"name": name, "config": c, "steps": steps, "image_tokens": tokens, "even_levels": even, **run(c, steps, tokens, even)}
          for name, (c, steps, tokens, even) in CASES.items()]
print("[" + ",\n".join(map(json.dumps, cases)) + "]")
