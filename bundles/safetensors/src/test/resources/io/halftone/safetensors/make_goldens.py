"""Makes the golden files beside this script with the reference implementation.

Made with Python 3.11, numpy 2.4.6 and safetensors 0.8.0: python3 make_goldens.py
"""
import pathlib

import numpy
import safetensors

HERE = pathlib.Path(__file__).parent
SIZES = {"float32": 4, "float16": 2, "bfloat16": 2, "float64": 8, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
         "bool": 1, "float8_e4m3fn": 1, "float8_e5m2": 1}


def write(name, tensors, metadata):
    """Writes tensors given as (type, shape, seed): bytes that count up from the seed; truth values of 0 and 1."""
    specs, kept = {}, []
    for tensor, (dtype, shape, seed) in tensors.items():
        count = SIZES[dtype] * int(numpy.prod(shape, dtype=numpy.int64))
        data = numpy.array([(seed + i) % (2 if dtype == "bool" else 251) for i in range(count)], numpy.uint8)
        kept.append(data)
        specs[tensor] = safetensors.TensorSpec(dtype=dtype, shape=list(shape), data_ptr=data.ctypes.data, data_len=count)
    (HERE / name).write_bytes(safetensors.serialize(specs, metadata))


write("every-type.safetensors", {f"of.{dtype}": (dtype, (2, 3), i) for i, dtype in enumerate(SIZES)}, None)
write("layout.safetensors", {
    "b.weight": ("float32", (2, 2), 1),
    "a.weight": ("float32", (3,), 2),
    "half": ("float16", (3,), 3),
    "bytes": ("uint8", (5,), 4),
    "scalar": ("int64", (), 5),
    "empty": ("float32", (0, 4), 6),
    "n\u00e4me \"q\"": ("float16", (1,), 7),
}, {"format": "pt"})
