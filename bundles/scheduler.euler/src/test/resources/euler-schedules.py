"""Writes euler-schedules.json: what diffusers' EulerDiscreteScheduler makes of some configurations.

Usage: python euler-schedules.py > euler-schedules.json
The file beside this was made with diffusers 0.40.0.dev0, torch 2.13.0 (CPU), NumPy 2.4.6, Python 3.11.
"""
import json

from diffusers import EulerDiscreteScheduler

SDXL = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1}
TRAILING = {**SDXL, "timestep_spacing": "trailing", "steps_offset": 0}
CASES = {
    "defaults": ({}, 7),
    "linear, leading": ({"beta_schedule": "linear", "timestep_spacing": "leading"}, 6),
    "squaredcos_cap_v2, trailing": ({"beta_schedule": "squaredcos_cap_v2", "timestep_spacing": "trailing"}, 6),
    "leading, one step": (SDXL, 1),
    "linspace, one step": ({}, 1),
    "leading, 30 steps": (SDXL, 30),
    "leading, as many steps as trained": ({**SDXL, "num_train_timesteps": 12, "steps_offset": 0}, 12),
    "trailing, 4 steps": (TRAILING, 4),
    "trailing, 7 steps": (TRAILING, 7),
    "offset beyond the last time step": ({**SDXL, "steps_offset": 900}, 3),
    "sigma_min at the end": ({**SDXL, "final_sigmas_type": "sigma_min"}, 5),
    "log_linear": ({**SDXL, "interpolation_type": "log_linear"}, 5),
    "zero terminal signal": ({**TRAILING, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}, 5),
    "karras": ({**SDXL, "use_karras_sigmas": True}, 10),
    "karras, trailing, within bounds": ({**TRAILING, "use_karras_sigmas": True, "sigma_min": 0.03, "sigma_max": 20.0}, 6),
    "karras, log_linear": ({**SDXL, "use_karras_sigmas": True, "interpolation_type": "log_linear"}, 5),
    "exponential": ({**SDXL, "use_exponential_sigmas": True}, 8),
    "continuous, exponential": ({**SDXL, "use_exponential_sigmas": True, "sigma_min": 0.002, "sigma_max": 700.0,
                                 "timestep_type": "continuous", "prediction_type": "v_prediction"}, 6),
}


def main():
    lines = []
    for name, (config, steps) in CASES.items():
        scheduler = EulerDiscreteScheduler(**config)
        scheduler.set_timesteps(steps)
        lines.append(json.dumps({
            "name": name, "config": config, "steps": steps,
            "timesteps": scheduler.timesteps.tolist(), "sigmas": scheduler.sigmas.tolist()[:steps + 1],
            "initial_noise_scale": float(scheduler.init_noise_sigma)}))
    print("[" + ",\n".join(lines) + "]")


if __name__ == "__main__":
    main()
