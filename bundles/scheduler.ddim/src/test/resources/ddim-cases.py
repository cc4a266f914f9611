"""Writes ddim-cases.json: what the formulas of diffusers' DDIMScheduler (eta 0) give, and what diffusers itself gave.

Usage: python ddim-cases.py sd21.safetensors > ddim-cases.json
The formulas are written here in NumPy 2.4, float32 where diffusers' are. The first case is diffusers' own: the first elements of
what 0.40.0.dev0 computed for tiny-sd21 in 20 steps, guidance 5, taken from the golden file named on the command line.
"""
import json
import struct
import sys

import numpy as np

F = np.float32
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False}
SD21 = {**SD, "set_alpha_to_one": False, "steps_offset": 1, "prediction_type": "v_prediction"}
CASES = {
    "stable diffusion 2.1, 7 steps": (SD21, 7),
    "defaults clip": ({}, 5),
    "clips to a range": ({"clip_sample_range": 0.5}, 4),
    "as many steps as trained": ({**SD, "num_train_timesteps": 12}, 12),
    "trailing, sample": ({**SD, "timestep_spacing": "trailing", "prediction_type": "sample"}, 6),
    "linspace, one step": ({**SD, "timestep_spacing": "linspace"}, 1),
    "linspace, squaredcos_cap_v2": ({"beta_schedule": "squaredcos_cap_v2", "timestep_spacing": "linspace"}, 6),
    "no signal at the end": ({**SD, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
                              "prediction_type": "v_prediction"}, 4),
}


def ramp(start, end, count):
    i = np.arange(count)
    step = F(F(end - start) / F(count - 1))
    return np.where(i < count // 2, start + step * i.astype(F), end - step * (count - i - 1).astype(F)).astype(F)


def betas(c, n):
    kind = c.get("beta_schedule", "linear")
    start, end = c.get("beta_start", 0.0001), c.get("beta_end", 0.02)
    if kind == "linear":
        return ramp(F(start), F(end), n)
    if kind == "scaled_linear":
        return ramp(F(start ** 0.5), F(end ** 0.5), n) ** 2
    share = lambda t: np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
    t = np.arange(n)
    return np.minimum(1 - share((t + 1) / n) / share(t / n), 0.999).astype(F)


def product(b):
    return np.cumprod((1 - b).astype(np.float64)).astype(F)


def signal(c, n):
    b = betas(c, n)
    if c.get("rescale_betas_zero_snr"):
        root = np.sqrt(product(b))
        share = ((root - root[-1]) * (root[0] / (root[0] - root[-1]))) ** 2
        b = 1 - np.concatenate([share[:1], share[1:] / share[:-1]])
    return product(b)


def spaced(c, n, steps):
    kind = c.get("timestep_spacing", "leading")
    if kind == "linspace":
        return np.linspace(0, n - 1, steps).round()[::-1].astype(int)
    if kind == "leading":
        return np.arange(steps)[::-1] * (n // steps) + c.get("steps_offset", 0)
    return np.round(np.arange(n, 0, -n / steps)).astype(int) - 1


def run(c, steps):
    n = c.get("num_train_timesteps", 1000)
    a = signal(c, n)
    end = F(1) if c.get("set_alpha_to_one", True) else a[0]
    ts = spaced(c, n, steps)
    rng = np.random.default_rng(7)
    x = rng.standard_normal(3).astype(F)
    out = {"timesteps": ts.tolist(), "initial_noise_scale": 1.0, "latents": x.tolist(), "outputs": [], "inputs": [], "after": []}
    levels = []
    for t in ts:
        v = rng.standard_normal(3).astype(F)
        at, to = a[t], a[t - n // steps] if t >= n // steps else end
        levels.append(at)
        sa, sb = np.sqrt(at), np.sqrt(F(1) - at)
        kind = c.get("prediction_type", "epsilon")
        x0, eps = {"epsilon": lambda: ((x - sb * v) / sa, v), "sample": lambda: (v, (x - sa * v) / sb),
                   "v_prediction": lambda: (sa * x - sb * v, sa * v + sb * x)}[kind]()
        if c.get("clip_sample", True):
            x0 = np.clip(x0, -F(c.get("clip_sample_range", 1)), F(c.get("clip_sample_range", 1)))
        out["inputs"].append(x.tolist())
        out["outputs"].append(v.tolist())
        x = np.sqrt(to) * x0 + np.sqrt(F(1) - to) * eps
        assert x.dtype == F
        out["after"].append(x.tolist())
    with np.errstate(divide="ignore"):
        out["sigmas"] = np.sqrt((1 - np.array(levels + [to])) / np.array(levels + [to])).tolist()
    return out


def golden(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])

    def read(name):
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(data[8 + size + begin:8 + size + end], "<f4").reshape(header[name]["shape"])

    def guided(o):
        return o[:2] + F(5) * (o[2:] - o[:2])
    first = lambda t: t.reshape(-1)[:8].tolist()
    return {"timesteps": read("timesteps").tolist(), "initial_noise_scale": 1.0, "latents": first(read("initial_noise")),
            "outputs": [first(guided(read(f"step{i}.out"))) for i in range(2)],
            "inputs": [first(read(f"step{i}.in.sample")) for i in range(2)],
            "after": [first(read(f"step{i}.latents_after")) for i in range(2)], "sigmas": run(SD21, 20)["sigmas"]}


cases = [{"name": "golden of tiny-sd21", "config": SD21, "steps": 20, **golden(sys.argv[1])}]
cases += [{"name": name, "config": c, "steps": steps, **run(c, steps)} for name, (c, steps) in CASES.items()]
print("[" + ",\n".join(map(json.dumps, cases)) + "]")
