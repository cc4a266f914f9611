"""Writes dpm-cases.json: what the formulas of diffusers' DPMSolverMultistepScheduler give, algorithm dpmsolver++.

Usage: python dpm-cases.py > dpm-cases.json
Written here in NumPy 2.4, float32 where diffusers' are.
"""
import json
import math

import numpy as np

F = np.float32
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1}
FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
CASES = {
    "stable diffusion": (SD, 8),
    "a long run ends in one step of order 1": (SD, 16),
    "a long run to the least level ends in order 2": ({**SD, "final_sigmas_type": "sigma_min"}, 16),
    "a short run to the least level ends in order 1": ({**SD, "final_sigmas_type": "sigma_min"}, 6),
    "a short run may end in order 2": ({**SD, "final_sigmas_type": "sigma_min", "lower_order_final": False}, 6),
    "the last step may be Euler's": ({**SD, "final_sigmas_type": "sigma_min", "euler_at_final": True}, 16),
    "order 1": ({**SD, "solver_order": 1}, 5),
    "order 3": ({**SD, "solver_order": 3}, 8),
    "order 3, long run": ({**SD, "solver_order": 3, "final_sigmas_type": "sigma_min"}, 16),
    "heun": ({**SD, "solver_type": "heun"}, 6),
    "v_prediction": ({**SD, "prediction_type": "v_prediction"}, 6),
    "sample, linspace": ({"prediction_type": "sample"}, 6),
    "trailing": ({**SD, "timestep_spacing": "trailing"}, 6),
    "one step": (SD, 1),
    "karras": ({**SD, "use_karras_sigmas": True}, 7),
    "exponential": ({**SD, "use_exponential_sigmas": True}, 7),
    "uniform in lambda": ({**SD, "use_lu_lambdas": True}, 7),
    "clipped, squaredcos_cap_v2": ({"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, 6),
    "clipped, leading": ({**SD, "lambda_min_clipped": -1.5}, 6),
    "flow": ({**FLOW, "flow_shift": 3.0}, 7),
    "flow, order 3": ({**FLOW, "flow_shift": 1.0, "solver_order": 3}, 16),
    "no signal at the end": ({**SD, "timestep_spacing": "trailing", "rescale_betas_zero_snr": True,
                              "prediction_type": "v_prediction"}, 5),
}


def ramp(start, end, count):
    i = np.arange(count)
    step = F(F(end - start) / F(count - 1))
    return np.where(i < count // 2, start + step * i.astype(F), end - step * (count - i - 1).astype(F)).astype(F)


def product(b):
    return np.cumprod((1 - b).astype(np.float64)).astype(F)


def signal(c):
    kind = c.get("beta_schedule", "linear")
    start, end = c.get("beta_start", 0.0001), c.get("beta_end", 0.02)
    if kind == "linear":
        b = ramp(F(start), F(end), 1000)
    elif kind == "scaled_linear":
        b = ramp(F(start ** 0.5), F(end ** 0.5), 1000) ** 2
    else:
        share = lambda t: np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
        t = np.arange(1000)
        b = np.minimum(1 - share((t + 1) / 1000) / share(t / 1000), 0.999).astype(F)
    a = product(b)
    if c.get("rescale_betas_zero_snr"):
        root = np.sqrt(a)
        share = ((root - root[-1]) * (root[0] / (root[0] - root[-1]))) ** 2
        a = product(1 - np.concatenate([share[:1], share[1:] / share[:-1]]))
        a[-1] = F(2 ** -24)
    return a


def schedule(c, steps):
    a = signal(c)
    table = np.sqrt((1 - a) / a)
    logs = np.log(table)
    cosine = c.get("beta_schedule") == "squaredcos_cap_v2"
    find = lambda s: np.interp(np.log(s), logs.astype(float), np.arange(1000))
    high, low = table[-1].item(), table[0].item()
    if c.get("use_flow_sigmas"):
        s = 1 - np.linspace(1, 1 / 1000, steps + 1)
        s = (c["flow_shift"] * s / (1 + (c["flow_shift"] - 1) * s))[::-1][:-1]
        ts = s * 1000
    elif c.get("use_karras_sigmas"):
        s = (high ** (1 / 7) + np.linspace(0, 1, steps) * (low ** (1 / 7) - high ** (1 / 7))) ** 7
        ts = find(s) if cosine else find(s).round()
    elif c.get("use_lu_lambdas"):
        s = np.exp(np.linspace(logs[-1].item(), logs[0].item(), steps))
        ts = find(s).round()
    elif c.get("use_exponential_sigmas"):
        s = np.exp(np.linspace(math.log(high), math.log(low), steps))
        ts = find(s)
    else:
        last = 1000 - int(np.searchsorted(-logs[::-1], c.get("lambda_min_clipped", -math.inf)))
        kind = c.get("timestep_spacing", "linspace")
        if kind == "linspace":
            ts = np.linspace(0, last - 1, steps + 1).round()[::-1][:-1]
        elif kind == "leading":
            ts = (np.arange(steps + 1) * (last // (steps + 1)))[::-1][:-1] + c.get("steps_offset", 0)
        else:
            ts = np.arange(1000, 0, -1000 / steps).round() - 1
        s = np.interp(ts, np.arange(1000), table)
    final = table[0] if c.get("final_sigmas_type") == "sigma_min" else 0
    return ts.astype(int), np.append(s, final).astype(F)


def order(c, i, steps):
    short = c.get("lower_order_final", True) and steps < 15
    if i == steps - 1 and (short or c.get("euler_at_final") or c.get("final_sigmas_type", "zero") == "zero"):
        return 1
    most = min(c.get("solver_order", 2), i + 1)
    return min(2, most) if short and i == steps - 2 else most


def run(c, steps):
    ts, s = schedule(c, steps)
    alpha = 1 - s if c.get("use_flow_sigmas") else 1 / np.sqrt(s ** 2 + F(1))
    sigma = s if c.get("use_flow_sigmas") else s * alpha
    with np.errstate(divide="ignore"):
        lam = np.log(alpha) - np.log(sigma)
    rng = np.random.default_rng(7)
    x = rng.standard_normal(3).astype(F)
    out = {"timesteps": ts.tolist(), "sigmas": s.tolist(), "initial_noise_scale": 1.0, "latents": x.tolist(), "outputs": [],
           "inputs": [], "after": []}
    m = []
    for i in range(steps):
        v = rng.standard_normal(3).astype(F)
        out["inputs"].append(x.tolist())
        out["outputs"].append(v.tolist())
        kind = c.get("prediction_type", "epsilon")
        m.insert(0, {"epsilon": (x - sigma[i] * v) / alpha[i], "sample": v, "v_prediction": alpha[i] * x - sigma[i] * v,
                     "flow_prediction": x - s[i] * v}[kind])
        h = lam[i + 1] - lam[i]
        e = np.exp(-h) - F(1)
        y = (sigma[i + 1] / sigma[i]) * x - (alpha[i + 1] * e) * m[0]
        o = order(c, i, steps)
        if o > 1:
            r0 = (lam[i] - lam[i - 1]) / h
            d10 = (F(1) / r0) * (m[0] - m[1])
        if o == 2 and c.get("solver_type") == "heun":
            y = y + (alpha[i + 1] * (e / h + F(1))) * d10
        elif o == 2:
            y = y - F(0.5) * (alpha[i + 1] * e) * d10
        elif o == 3:
            r1 = (lam[i - 1] - lam[i - 2]) / h
            d11 = (F(1) / r1) * (m[1] - m[2])
            d1 = d10 + (r0 / (r0 + r1)) * (d10 - d11)
            d2 = (F(1) / (r0 + r1)) * (d10 - d11)
            y = y + (alpha[i + 1] * (e / h + F(1))) * d1 - (alpha[i + 1] * ((e + h) / h ** 2 - F(0.5))) * d2
        assert y.dtype == F
        x = y
        out["after"].append(x.tolist())
    return out


print("[" + ",\n".join(json.dumps({"name": name, "config": c, "steps": steps, **run(c, steps)})
                       for name, (c, steps) in CASES.items()) + "]")
