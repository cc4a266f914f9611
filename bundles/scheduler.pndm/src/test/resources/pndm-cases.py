"""Writes pndm-cases.json: what the formulas of diffusers' PNDMScheduler give, without Runge-Kutta steps.

Usage: python pndm-cases.py > pndm-cases.json
Written here in NumPy 2.4, float32 where diffusers' are.
"""
import json

import numpy as np

F = np.float32
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "skip_prk_steps": True}
SD15 = {**SD, "set_alpha_to_one": False, "steps_offset": 1}
CASES = {
    "stable diffusion 1.5, 7 steps": (SD15, 7),
    "stable diffusion 2, v_prediction": ({**SD15, "prediction_type": "v_prediction"}, 5),
    "one step": (SD15, 1),
    "two steps": (SD15, 2),
    "three steps to one": ({**SD, "set_alpha_to_one": True}, 3),
    "linspace": ({**SD, "timestep_spacing": "linspace"}, 6),
    "trailing, linear": ({"skip_prk_steps": True, "timestep_spacing": "trailing"}, 6),
}


def ramp(start, end, count):
    i = np.arange(count)
    step = F(F(end - start) / F(count - 1))
    return np.where(i < count // 2, start + step * i.astype(F), end - step * (count - i - 1).astype(F)).astype(F)


def signal(c):
    start, end = c.get("beta_start", 0.0001), c.get("beta_end", 0.02)
    b = ramp(F(start ** 0.5), F(end ** 0.5), 1000) ** 2 if "beta_schedule" in c else ramp(F(start), F(end), 1000)
    return np.cumprod((1 - b).astype(np.float64)).astype(F)


def spaced(c, steps):
    kind = c.get("timestep_spacing", "leading")
    if kind == "linspace":
        return np.linspace(0, 999, steps).round()[::-1].astype(int)
    if kind == "leading":
        return np.arange(steps)[::-1] * (1000 // steps) + c.get("steps_offset", 0)
    return np.round(np.arange(1000, 0, -1000 / steps)).astype(int) - 1


def run(c, steps):
    a = signal(c)
    end = F(1) if c.get("set_alpha_to_one", False) else a[0]
    ts = spaced(c, steps).tolist()
    calls = ts[:2] + ts[1:]                       # the second time step twice
    if steps == 1:
        calls = ts
    rng = np.random.default_rng(7)
    x = rng.standard_normal(3).astype(F)
    out = {"timesteps": calls, "initial_noise_scale": 1.0, "latents": x.tolist(), "outputs": [], "inputs": [], "after": []}
    history, start = [], x
    for call, t in enumerate(calls):
        v = rng.standard_normal(3).astype(F)
        out["inputs"].append(x.tolist())
        out["outputs"].append(v.tolist())
        previous = t - 1000 // steps
        if call == 1:
            t, previous = t + 1000 // steps, t
            m, x = (v + history[-1]) / F(2), start
        else:
            history = history[-3:] + [v]
            e = history[::-1]
            m = [lambda: v, lambda: (F(3) * e[0] - e[1]) / F(2), lambda: (F(23) * e[0] - F(16) * e[1] + F(5) * e[2]) / F(12),
                 lambda: F(1 / 24) * (F(55) * e[0] - F(59) * e[1] + F(37) * e[2] - F(9) * e[3])][len(history) - 1]()
        at, to = a[t], a[previous] if previous >= 0 else end
        if c.get("prediction_type") == "v_prediction":
            m = np.sqrt(at) * m + np.sqrt(F(1) - at) * x
        divisor = at * np.sqrt(F(1) - to) + np.sqrt(at * (F(1) - at) * to)
        x = np.sqrt(to / at) * x - (to - at) * m / divisor
        assert x.dtype == F
        out["after"].append(x.tolist())
    levels = np.append(a[ts], to)
    out["sigmas"] = np.sqrt((1 - levels) / levels).tolist()
    return out


print("[" + ",\n".join(json.dumps({"name": name, "config": c, "steps": steps, **run(c, steps)})
                       for name, (c, steps) in CASES.items()) + "]")
