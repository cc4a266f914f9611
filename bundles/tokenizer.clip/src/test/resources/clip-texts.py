"""Writes clip-texts.json: what transformers' CLIPTokenizer makes of some texts, with three configurations of one vocabulary.

Usage: python clip-texts.py FOLDER > clip-texts.json, FOLDER with vocab.json and merges.txt.
The file beside this was made with transformers 5.18.0, tokenizers 0.23.2, Python 3.11 and tiny-sdxl's tokenizer.
"""
import json
import pathlib
import shutil
import sys
import tempfile

from transformers import CLIPTokenizer

BEGIN, END = "<|startoftext|>", "<|endoftext|>"


def added(content, special=True, normalized=True):
    return {"content": content, "lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False,
            "special": special}


def named(content):
    return {"__type": "AddedToken", **added(content)}


PLAIN = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77,
         "bos_token": BEGIN, "eos_token": END, "unk_token": END, "pad_token": END}
CONFIGS = {
    "plain": PLAIN,
    "named": {**PLAIN, "pad_token": "!", "bos_token": named(BEGIN), "eos_token": named(END), "unk_token": named(END)},
    "listed": {**PLAIN, "pad_token": "!", "added_tokens_decoder": {
        "0": added("!", normalized=False), "644": added(BEGIN), "645": added(END), "646": added("<Cat>", special=False)}},
}
TEXTS = [
    "", " ", "a large red circle", "A  LARGE\tred\n circle!", "it's they'll I'VE don't 'S", "hello! world!!", "12345 a1b2",
    "caf\u00e9 cafe\u0301 \u00c5 \u212b", "\u039f\u0394\u039f\u03a3 \u0130stanbul", "\U0001f600\U0001f468\u200d\U0001f469 smile",
    "\u0000\u0001 a\u0007b", f"a{BEGIN}b {END} c", "x<|STARTOFTEXT|>!y !<|STARTOFTEXT|>!", "\u00a0\u3000a\u2028b\u0085c\u200b d\ufeff",
    "\u4e2d\u6587\u5b57", "naive-na\u00efve_under_score...", "red" * 20, "\u0661\u0662\u00bd \u2167", "<Cat> sits <cat>",
    BEGIN + END, "\u1e9e \u01c5 \ufb01", "a\u0301\u0323", "\ufffd?",
]


def main(source):
    cases = []
    for name, config in CONFIGS.items():
        with tempfile.TemporaryDirectory() as folder:
            for file in ("vocab.json", "merges.txt"):
                shutil.copy(pathlib.Path(source, file), folder)
            pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
            tokenizer = CLIPTokenizer.from_pretrained(folder)
        texts = [{"text": text, "ids": tokenizer(text)["input_ids"]} for text in TEXTS]
        cut = [{"text": TEXTS[2], "length": n, "ids": tokenizer(TEXTS[2], padding="max_length", max_length=n, truncation=True)["input_ids"]}
               for n in (2, 3, 6, 7, 77)]
        cases.append({"name": name, "config": config, "texts": texts, "cut": cut})
    print("[" + ",\n".join("{" + ",\n ".join(json.dumps(key) + ": " + (
        "[\n  " + ",\n  ".join(map(json.dumps, value)) + "]" if isinstance(value, list) else json.dumps(value))
        for key, value in case.items()) + "}" for case in cases) + "]")


if __name__ == "__main__":
    main(sys.argv[1])
