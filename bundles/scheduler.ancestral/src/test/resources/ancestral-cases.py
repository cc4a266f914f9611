"""Writes ancestral-cases.json: what the formulas of diffusers' EulerAncestralDiscreteScheduler give.

Usage: python ancestral-cases.py > ancestral-cases.json
Written here in NumPy 2.4, float32 where diffusers' are.
"""
import json

import numpy as np

F = np.float32
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
CASES = {
    "stable diffusion, leading": ({**SD, "timestep_spacing": "leading", "steps_offset": 1}, 7),
    "defaults": ({}, 5),
    "v_prediction": ({**SD, "prediction_type": "v_prediction"}, 6),
    "one step": (SD, 1),
    "no signal at the end": ({**SD, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
                              "prediction_type": "v_prediction"}, 4),
}


def ramp(start, end, count):
    i = np.arange(count)
    step = F(F(end - start) / F(count - 1))
    return np.where(i < count // 2, start + step * i.astype(F), end - step * (count - i - 1).astype(F)).astype(F)


def product(b):
    return np.cumprod((1 - b).astype(np.float64)).astype(F)


def table(c):
    start, end = c.get("beta_start", 0.0001), c.get("beta_end", 0.02)
    b = ramp(F(start ** 0.5), F(end ** 0.5), 1000) ** 2 if "beta_schedule" in c else ramp(F(start), F(end), 1000)
    a = product(b)
    if c.get("rescale_betas_zero_snr"):
        root = np.sqrt(a)
        share = ((root - root[-1]) * (root[0] / (root[0] - root[-1]))) ** 2
        a = product(1 - np.concatenate([share[:1], share[1:] / share[:-1]]))
        a[-1] = F(2 ** -24)
    return np.sqrt((1 - a) / a)


def spaced(c, steps):
    kind = c.get("timestep_spacing", "linspace")
    if kind == "linspace":
        return np.linspace(0, 999, steps, dtype=F)[::-1]
    if kind == "leading":
        return (np.arange(steps)[::-1] * (1000 // steps) + c.get("steps_offset", 0)).astype(F)
    return (np.round(np.arange(1000, 0, -1000 / steps)) - 1).astype(F)


def run(c, steps):
    ts = spaced(c, steps)
    levels = np.append(np.interp(ts, np.arange(1000), table(c)), 0).astype(F)
    top = levels.max()
    scale = np.sqrt(top ** 2 + F(1)) if c.get("timestep_spacing") == "leading" else top
    rng = np.random.default_rng(7)
    x = rng.standard_normal(3).astype(F) * scale
    out = {"timesteps": ts.tolist(), "sigmas": levels.tolist(), "initial_noise_scale": float(scale), "latents": x.tolist(),
           "outputs": [], "noise": [], "inputs": [], "after": []}
    for s, to in zip(levels[:-1], levels[1:]):
        v, noise = rng.standard_normal((2, 3)).astype(F)
        out["inputs"].append((x / np.sqrt(s ** 2 + F(1))).tolist())
        if c.get("prediction_type") == "v_prediction":
            x0 = v * (-s / np.sqrt(s ** 2 + F(1))) + x / (s ** 2 + F(1))
        else:
            x0 = x - s * v
        up = np.sqrt(to ** 2 * (s ** 2 - to ** 2) / s ** 2)
        down = np.sqrt(to ** 2 - up ** 2)
        x = x + (x - x0) / s * (down - s) + noise * up
        assert x.dtype == F
        out["outputs"].append(v.tolist())
        out["noise"].append(noise.tolist())
        out["after"].append(x.tolist())
    return out


print("[" + ",\n".join(json.dumps({"name": name, "config": c, "steps": steps, **run(c, steps)})
                       for name, (c, steps) in CASES.items()) + "]")
